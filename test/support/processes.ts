import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Database } from '../../src/adapters/database/database.js';
import { freePort } from '../../src/stack/ports.js';
import { eventually } from './eventually.js';
import { startPostgres, startTemporal, type TestServer } from './servers.js';

const PROJECT = path.resolve(import.meta.dirname, '../..');
const READY_WITHIN_MS = 60_000;

export const PROCESSES = ['worker', 'api', 'ingress'] as const;
export type ProcessName = (typeof PROCESSES)[number];

type Environment = Record<string, string>;

/** Their programs, as they are built. */
export const ENTRY: Record<ProcessName, string> = {
  worker: 'dist/workers/main.js',
  api: 'dist/api/main.js',
  ingress: 'dist/ingress/main.js',
};

/** An intake that answers before the commit: what the durability tests are held against. Runs the sources. */
export const LEAKY_INGRESS = [
  '--disable-warning=ExperimentalWarning',
  '--experimental-transform-types',
  '--import',
  path.resolve(import.meta.dirname, 'run-typescript.mjs'),
  path.resolve(import.meta.dirname, 'leaky-ingress.ts'),
];

/** Everpost as it is built, on servers, ports and a home of its own; each part of it may be killed and started again. */
export class Processes {
  readonly #running = new Map<ProcessName, ChildProcess>();
  readonly #environment: Environment;

  private constructor(
    readonly postgres: TestServer & { url: string },
    readonly temporal: TestServer & { address: string; namespace: string },
    readonly home: string,
    readonly ports: Readonly<Record<ProcessName, number>>,
    environment: Environment,
  ) {
    this.#environment = {
      EVERPOST_HOME: home,
      DATABASE_URL: postgres.url,
      TEMPORAL_ADDRESS: temporal.address,
      EVERPOST_WORKER_PORT: String(ports.worker),
      EVERPOST_API_PORT: String(ports.api),
      EVERPOST_SMTP_PORT: String(ports.ingress),
      EVERPOST_SUBMISSION_PORT: '0',
      EVERPOST_SMTP_MAX_CONNECTIONS_PER_ADDRESS: '500',
      EVERPOST_SMTP_MESSAGES_PER_MINUTE_PER_ADDRESS: '10000000',
      EVERPOST_DNS: 'off',
      EVERPOST_LOG_LEVEL: 'error',
      NODE_ENV: 'production',
      // Standard input is a pipe from here: they end when the test run does, however it ends.
      EVERPOST_PARENT_PIPE: 'true',
      ...environment,
    };
  }

  /** Servers with the tables and the first organization; none of our own processes yet. */
  static async prepare(environment: Environment = {}): Promise<Processes> {
    const [postgres, temporal, home] = await Promise.all([
      startPostgres(),
      startTemporal(),
      mkdtemp(path.join(tmpdir(), 'everpost-home-')),
    ]);
    const ports = { worker: await freePort(), api: await freePort(), ingress: await freePort() };
    const processes = new Processes(postgres, temporal, home, ports, environment);
    const [code] = (await once(processes.#spawn(['dist/cli/migrate.js']), 'exit')) as [number];
    if (code !== 0) throw new Error('the migration failed');
    return processes;
  }

  /** The first administrator's. */
  async token(): Promise<string> {
    return (await readFile(path.join(this.home, 'admin-token'), 'utf8')).trim();
  }

  /** As the database's owner, who sees every organization; the caller closes it. */
  openDatabase(): Database {
    return new Database({
      url: this.postgres.url,
      role: 'owner',
      poolSize: 2,
      applicationName: 'test',
      onIdleError: () => undefined, // the test has killed the server
    });
  }

  pid(name: ProcessName): number {
    const pid = this.#running.get(name)?.pid;
    if (pid === undefined) throw new Error(`the ${name} is not running`);
    return pid;
  }

  /** Resolves when it serves. `program`: what is run in the place of the built one. */
  async start(
    name: ProcessName,
    { environment = {}, program = [ENTRY[name]] }: { environment?: Environment; program?: string[] } = {},
  ): Promise<void> {
    const child = this.#spawn(program, environment);
    this.#running.set(name, child);
    const died = once(child, 'exit').then(() => Promise.reject(new Error(`the ${name} ended before it was ready`)));
    await Promise.race([eventually(() => this.#probe(name), READY_WITHIN_MS), died]);
    died.catch(() => undefined); // what comes later is the test's doing
  }

  async kill(name: ProcessName): Promise<void> {
    await this.#end(name, 'SIGKILL');
  }

  /** @returns its exit code */
  async stop(name: ProcessName): Promise<number | null> {
    return this.#end(name, 'SIGTERM');
  }

  async end(): Promise<void> {
    await Promise.all(PROCESSES.map((name) => this.stop(name)));
    await Promise.all([this.postgres.stop(), this.temporal.stop()]);
    await rm(this.home, { recursive: true, force: true });
  }

  #spawn(program: string[], environment: Environment = {}): ChildProcess {
    return spawn(process.execPath, program, {
      cwd: PROJECT,
      env: { ...process.env, ...this.#environment, ...environment },
      stdio: ['pipe', 'ignore', 'inherit'],
    });
  }

  async #end(name: ProcessName, signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#running.get(name);
    this.#running.delete(name);
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const exited = once(child, 'exit');
    child.kill(signal);
    const [code] = (await exited) as [number | null];
    return code;
  }

  async #probe(name: ProcessName): Promise<void> {
    switch (name) {
      case 'worker':
        return answers(`http://127.0.0.1:${this.ports.worker}/healthz`);
      case 'api':
        return answers(`http://127.0.0.1:${this.ports.api}/readyz`);
      case 'ingress':
        return greets(this.ports.ingress);
    }
  }
}

async function answers(url: string): Promise<void> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
}

async function greets(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'data');
    socket.write('QUIT\r\n');
  } finally {
    socket.end();
  }
}
