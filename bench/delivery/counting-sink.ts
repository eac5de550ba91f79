import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../src/stack/ports.js';

const SMTP_SINK = '/usr/sbin/smtp-sink';
const READY_WITHIN_MS = 10_000;
/** What is on its way to it may take so long without a sign of life. */
const STILL_MS = 60_000;

/** Postfix's smtp-sink: takes all mail, throws it away and counts it. */
export class CountingSink {
  #taken = 0;
  #at = performance.now();

  private constructor(
    readonly port: number,
    readonly child: ChildProcess,
  ) {
    child.stdout!.on('data', (chunk: Buffer) => this.#read(chunk.toString('latin1')));
  }

  static async start(): Promise<CountingSink> {
    const port = await freePort();
    const user = userInfo().uid === 0 ? ['-u', 'nobody'] : [];
    const child = spawn(SMTP_SINK, [...user, '-c', `127.0.0.1:${port}`, '200'], {
      stdio: ['ignore', 'pipe', 'ignore'],
      cwd: '/tmp',
    });
    const sink = new CountingSink(port, child);
    for (const end = Date.now() + READY_WITHIN_MS; ; await sleep(50)) {
      if (await listens(port)) return sink;
      if (child.exitCode !== null || Date.now() > end) throw new Error('smtp-sink did not start');
    }
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** Mails that it has taken since it started. */
  get taken(): number {
    return this.#taken;
  }

  /** @returns when the last of so many came, on the clock of `performance` */
  async until(count: number): Promise<number> {
    while (this.#taken < count) {
      if (performance.now() - this.#at > STILL_MS) throw new Error(`smtp-sink has ${this.#taken} mails of ${count}`);
      await sleep(20);
    }
    return this.#at;
  }

  /** Waiting for mail begins anew: what came before is long ago. */
  expect(): void {
    this.#at = performance.now();
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.kill();
    await exited;
  }

  /** It writes its counters over each other: `sess=    1 quit=    0 mesg=    7`. */
  #read(text: string): void {
    const seen = [...text.matchAll(/mesg=\s*(\d+)/g)].at(-1);
    if (seen === undefined || Number(seen[1]) === this.#taken) return;
    this.#taken = Number(seen[1]);
    this.#at = performance.now();
  }
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('data', () => {
      socket.end('QUIT\r\n');
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
