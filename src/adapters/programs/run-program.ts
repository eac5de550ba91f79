import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, open, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { platform, tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';

export interface ProgramRun {
  /** Looked for in the system's folders of programs, never through a shell. */
  program: string;
  args: readonly string[];
  input: Buffer;
  deadlineMs: number;
  /** It is ended when it writes more. */
  maxOutputBytes: number;
  /** Address space, where the system can limit it (Linux with util-linux). */
  maxMemoryMb: number;
  signal: AbortSignal;
  cwd?: string;
}

export type ProgramProblem = 'absent' | 'deadline' | 'output' | 'canceled' | 'exit';

/** It did not do its work. `stderr` is what it wrote last, for an operator; it may name what it read. */
export class ProgramFailure extends Error {
  override name = 'ProgramFailure';

  constructor(
    readonly problem: ProgramProblem,
    message: string,
    readonly stderr = '',
  ) {
    super(message);
  }
}

type Child = ChildProcessByStdio<null, Readable, Readable>;

const PROGRAM_FOLDERS = ['/usr/local/bin', '/usr/bin', '/bin', '/opt/homebrew/bin'];
const LIMITER = '/usr/bin/prlimit';
const STDERR_BYTES = 16 * 1024;
const limited = platform() === 'linux' && existsSync(LIMITER);

/** Whether a program is installed where runProgram looks for it. */
export function hasProgram(program: string): boolean {
  return PROGRAM_FOLDERS.some((folder) => existsSync(`${folder}/${program}`));
}

/**
 * Runs a program over bytes from elsewhere: no shell, nothing of our environment, a group of its own that ends as one
 * (apertium is a pipe of eleven), a deadline, limits for memory and output.
 *
 * @returns what it wrote to its standard output
 * @throws ProgramFailure
 */
export async function runProgram(run: ProgramRun): Promise<Buffer> {
  if (run.signal.aborted) throw new ProgramFailure('canceled', `${run.program} was not begun: it was canceled`);
  if (!hasProgram(run.program)) throw new ProgramFailure('absent', `${run.program} is not installed`);
  const input = await openNameless(run.input);
  const child = begin(run, input);
  const output = collect(child, run.maxOutputBytes);
  let problem: ProgramProblem | null = null;
  const end = (why: ProgramProblem) => {
    problem ??= why;
    endGroup(child);
  };
  const timer = setTimeout(() => end('deadline'), run.deadlineMs);
  const onAbort = () => end('canceled');
  run.signal.addEventListener('abort', onAbort);
  output.onOverflow = () => end('output');
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    if (problem !== null) throw new ProgramFailure(problem, explain(run, problem), output.stderr());
    if (code !== 0)
      throw new ProgramFailure('exit', `${run.program} ended with ${code ?? 'a signal'}`, output.stderr());
    return output.stdout();
  } finally {
    clearTimeout(timer);
    run.signal.removeEventListener('abort', onAbort);
    // What it may have left behind in its group.
    endGroup(child);
    await input.close();
  }
}

/**
 * A file without a name, to read from. Node's pipes are sockets, which a program cannot open as /dev/stdin as
 * apertium does.
 */
async function openNameless(bytes: Buffer): Promise<FileHandle> {
  const folder = await mkdtemp(path.join(tmpdir(), 'everpost-'));
  try {
    const name = path.join(folder, 'input');
    await writeFile(name, bytes, { mode: 0o600 });
    return await open(name, 'r');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function begin({ program, args, maxMemoryMb, cwd }: ProgramRun, input: FileHandle): Child {
  const bytes = maxMemoryMb * 1024 * 1024;
  const command = limited ? [LIMITER, `--as=${bytes}`, '--core=0', '--', program, ...args] : [program, ...args];
  const child = spawn(command[0]!, command.slice(1), {
    env: { PATH: PROGRAM_FOLDERS.join(':'), LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8', HOME: '/nonexistent' },
    cwd: cwd ?? '/',
    detached: true,
    shell: false,
    stdio: [input.fd, 'pipe', 'pipe'],
  });
  // Of an open file the types make a stream that may be null; the other two are pipes.
  return child as unknown as Child;
}

function collect(child: Child, most: number) {
  const out: Buffer[] = [];
  let size = 0;
  let err = '';
  const collected = {
    onOverflow: () => undefined as void,
    stdout: () => Buffer.concat(out, size),
    stderr: () => err,
  };
  child.stdout.on('data', (chunk: Buffer) => {
    if (size + chunk.length > most) return collected.onOverflow();
    size += chunk.length;
    out.push(chunk);
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err = (err + chunk.toString('utf8')).slice(-STDERR_BYTES);
  });
  return collected;
}

function endGroup(child: Child): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The whole group has ended.
  }
}

function explain({ program, deadlineMs, maxOutputBytes }: ProgramRun, problem: ProgramProblem): string {
  if (problem === 'deadline') return `${program} took longer than ${deadlineMs} ms`;
  if (problem === 'output') return `${program} wrote more than ${maxOutputBytes} bytes`;
  return `${program} was ended: it was canceled`;
}
