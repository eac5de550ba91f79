import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { userInfo } from 'node:os';
import { freePort } from '../../src/stack/ports.js';
import { eventually } from './eventually.js';

const SMTP_SINK = '/usr/sbin/smtp-sink';

export const smtpSinkInstalled = existsSync(SMTP_SINK);

/** Postfix's smtp-sink: an SMTP (or, with `-L`, LMTP) server that refuses, hangs or breaks off as it is told. */
export class SmtpSink {
  #process: ChildProcess | null = null;

  private constructor(
    readonly port: number,
    readonly folder: string,
  ) {}

  /** @param options of smtp-sink(1): `-r rcpt` refuses for now, `-f .` for good, `-q .` breaks off, `-W .:60` hangs */
  static async start(...options: string[]): Promise<SmtpSink> {
    const folder = await mkdtemp('/tmp/everpost-sink-');
    await chmod(folder, 0o777);
    const sink = new SmtpSink(await freePort(), folder);
    await sink.start(...options);
    return sink;
  }

  async start(...options: string[]): Promise<void> {
    const user = userInfo().uid === 0 ? ['-u', 'nobody'] : [];
    const child = spawn(
      SMTP_SINK,
      [...user, ...options, '-d', path.join(this.folder, '%M.'), `127.0.0.1:${this.port}`, '100'],
      { stdio: ['pipe', 'ignore', 'ignore'], cwd: this.folder },
    );
    this.#process = child;
    await eventually(async () => {
      if (child.exitCode !== null) throw new Error(`smtp-sink ended with ${child.exitCode}`);
      const socket = connect(this.port, '127.0.0.1');
      await once(socket, 'connect').finally(() => socket.destroy());
    });
  }

  async shutDown(): Promise<void> {
    const child = this.#process;
    this.#process = null;
    if (child === null || child.exitCode !== null) return;
    const exited = once(child, 'exit');
    child.kill();
    await exited;
  }

  async stop(): Promise<void> {
    await this.shutDown();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** What it took to the end, with the X- fields of smtp-sink that tell the envelope. */
  async messages(): Promise<string[]> {
    const names = (await readdir(this.folder)).sort();
    const files = await Promise.all(names.map((name) => readFile(path.join(this.folder, name), 'latin1')));
    return files.filter((text) => text.includes('\n'));
  }
}
