import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

const ENTRIES = { real: '../../src/ingress/main.ts', leaky: 'leaky-ingress.ts' };

/** An intake as a process of its own, on one port over all its lives. */
export class IngressProcess {
  readonly #entry: string;
  readonly #databaseUrl: string;
  readonly #environment: Record<string, string>;
  #home = '';
  #child: ChildProcess | null = null;
  port = 0;
  /** Of its present life. */
  submissionPort = 0;

  constructor(kind: keyof typeof ENTRIES, databaseUrl: string, environment: Record<string, string> = {}) {
    this.#entry = path.resolve(import.meta.dirname, ENTRIES[kind]);
    this.#databaseUrl = databaseUrl;
    this.#environment = environment;
  }

  /** Resolves when it listens. */
  async start(): Promise<void> {
    this.#home ||= await mkdtemp(path.join(tmpdir(), 'everpost-ingress-'));
    const hooks = path.resolve(import.meta.dirname, 'run-typescript.mjs');
    const child = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', '--experimental-transform-types', '--import', hooks, this.#entry],
      {
        env: {
          ...process.env,
          DATABASE_URL: this.#databaseUrl,
          EVERPOST_HOME: this.#home,
          EVERPOST_SMTP_PORT: String(this.port),
          EVERPOST_SUBMISSION_PORT: '0',
          EVERPOST_SMTP_MESSAGES_PER_MINUTE_PER_ADDRESS: '10000000',
          ...this.#environment,
        },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    this.#child = child;
    for await (const line of createInterface({ input: child.stdout })) {
      const { msg, port } = JSON.parse(line) as { msg: string; port: number };
      if (msg === 'listening for submissions') this.submissionPort = port;
      if (msg !== 'listening') continue;
      this.port = port;
      child.stdout.resume();
      return;
    }
    throw new Error('the intake process ended before it listened');
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM');
    await rm(this.#home, { recursive: true, force: true });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  }
}
