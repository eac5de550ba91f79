import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Figures } from './figures.js';
import { ACCEPTS_AND_HOLDS, startPostfix } from './smtp-postfix.js';

export interface SmtpAcceptOptions {
  /** Port of the intake that runs: the real process, with its limits by address out of the way. */
  port: number;
  recipient?: string;
  sessions?: number;
  bytes?: number;
  /** Of one measurement. Each server is measured `rounds` times, in turn. */
  milliseconds?: number;
  rounds?: number;
}

interface Measured {
  accepted: number;
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
}

const HERE = import.meta.dirname;
const EXTENSION = path.extname(import.meta.filename);

/**
 * Accepts a second of the intake next to a bare smtp-server that appends to one file with a shared fsync, and next to
 * Postfix where it is installed (accepted into the hold queue): the same client program and the same disk, in turn, so
 * that whatever else the machine does meets all of them. The first round warms up and does not count.
 */
export async function benchSmtpAccept(options: SmtpAcceptOptions): Promise<Figures> {
  const { port, recipient = 'team@example.org', sessions = 12, bytes = 10_240 } = options;
  const { milliseconds = 8_000, rounds = 3 } = options;
  const folder = await mkdtemp(path.join(tmpdir(), 'everpost-bench-smtp-'));
  const bare = await startBareServer(path.join(folder, 'messages'));
  const postfix = await startPostfix(folder, ACCEPTS_AND_HOLDS).catch((error: unknown) => {
    process.stderr.write(`without Postfix: ${String(error)}\n`);
    return null;
  });
  const measure = (ofPort: number) => runClient([ofPort, sessions, bytes, milliseconds, recipient].map(String));
  const everpost: Measured[] = [];
  const bares: Measured[] = [];
  const postfixes: Measured[] = [];
  try {
    for (let round = 0; round <= rounds; round++) {
      bares.push(await measure(bare.port));
      everpost.push(await measure(port));
      if (postfix !== null) postfixes.push(await measure(postfix.port));
    }
  } finally {
    bare.process.kill('SIGTERM');
    await postfix?.stop();
    await rm(folder, { recursive: true, force: true });
  }
  const rate = (of: Measured[]) => median(of.slice(1).map(({ perSecond }) => perSecond));
  return {
    'bare smtp-server, accepts a second': rate(bares),
    'Everpost, accepts a second': rate(everpost),
    'ratio (target 0.7)': rate(everpost) / rate(bares),
    ...(postfix === null ? {} : { 'Postfix, accepts a second': rate(postfixes) }),
    'Everpost, end of data to 250, p50 ms': median(everpost.slice(1).map(({ p50Ms }) => p50Ms)),
    'Everpost, end of data to 250, p99 ms': median(everpost.slice(1).map(({ p99Ms }) => p99Ms)),
  };
}

async function startBareServer(file: string): Promise<{ port: number; process: ChildProcess }> {
  const child = runBeside('smtp-bare-server', [file]);
  for await (const line of createInterface({ input: child.stdout! })) return { port: Number(line), process: child };
  throw new Error('the bare smtp-server ended before it listened');
}

async function runClient(given: string[]): Promise<Measured> {
  const child = runBeside('smtp-client', given);
  let output = '';
  child.stdout!.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  if (code !== 0) throw new Error('the SMTP client failed');
  return JSON.parse(output) as Measured;
}

/** A program of this folder, run as this one is: built, or as TypeScript through the same loader. */
function runBeside(name: string, given: string[]): ChildProcess {
  return spawn(process.execPath, [...process.execArgv, path.join(HERE, `${name}${EXTENSION}`), ...given], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
