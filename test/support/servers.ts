import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import pg from 'pg';
import { readConfig } from '../../src/config.js';
import { launch, type Child, type ChildCommand } from '../../src/stack/child-process.js';
import { freePort } from '../../src/stack/ports.js';
import { preparePostgres, embeddedDatabaseUrl } from '../../src/stack/postgres.js';
import { lastLines, openServiceLog } from '../../src/stack/service-log.js';
import { prepareTemporal } from '../../src/stack/temporal.js';
import { ensureTemporal } from '../../src/stack/temporal-supply.js';
import { family, isAlive, killNow } from './process-family.js';

/** A server that a test may kill and start again on the same data and port. */
export interface TestServer {
  /** Of the running server. */
  readonly pid: number;
  /** Where its data lies, until it is stopped. */
  readonly folder: string;
  /** kill -9 of it and of every process that it has started, at once. */
  kill(): Promise<void>;
  /** Ends it in good order and leaves its data, for `start` to go on with. */
  shutDown(): Promise<void>;
  start(): Promise<void>;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

const READY_WITHIN_MS = 60_000;
/** Where the local stack keeps its Temporal server too: it is fetched or built once. */
export const TEMPORAL_FOLDER = path.join(readConfig().cacheFolder, 'bin');

/** A program that runs as a server in a folder of its own. */
export class ChildServer implements TestServer {
  #child: Child | null = null;
  #guard: ChildProcess | null = null;
  constructor(
    readonly command: () => Promise<ChildCommand>,
    readonly ready: () => Promise<unknown>,
    readonly signal: NodeJS.Signals,
    readonly folder: string,
  ) {}

  get pid(): number {
    if (this.#child === null) throw new Error('the server is not running');
    return this.#child.pid;
  }

  async start(): Promise<void> {
    const log = await openServiceLog(this.folder, 'server');
    const child = launch(await this.command(), log);
    this.#child = child;
    this.#guard = endWithThisProcess(child.pid);
    await log.handle.close();
    const end = Date.now() + READY_WITHIN_MS;
    for (;;) {
      try {
        await this.ready();
        return;
      } catch (error) {
        const exit = child.exit();
        const reason = exit === null ? '' : `the server ${exit.text}: ${(await lastLines(log.path, 5)).join('\n')}`;
        if (reason !== '') throw new Error(reason, { cause: error });
        if (Date.now() > end) throw error;
        await sleep(50);
      }
    }
  }

  async kill(): Promise<void> {
    // Backends of Postgres lead process groups of their own, so each is named.
    const pids = await family(this.pid);
    for (const pid of pids) killNow(pid);
    await this.#ended();
    // It starts again only when the last of them has let go of the shared memory.
    while (pids.some(isAlive)) await sleep(5);
  }

  async shutDown(): Promise<void> {
    this.#child?.signal(this.signal);
    await this.#ended();
  }

  async stop(): Promise<void> {
    await this.shutDown();
    // Where Postgres runs as another user, its data may lie outside (src/stack/postgres-cluster.ts).
    const location = await readFile(path.join(this.folder, 'postgres', 'location'), 'utf8').catch(() => '.');
    if (path.isAbsolute(location.trim())) await rm(location.trim(), { recursive: true, force: true });
    await rm(this.folder, { recursive: true, force: true });
  }

  async #ended(): Promise<void> {
    await this.#child?.exited;
    this.#child = null;
    this.#guard?.kill();
  }
}

/** A test run that is killed leaves no server behind: its end of the pipe closes. Postgres takes its own children along. */
function endWithThisProcess(pid: number): ChildProcess {
  const guard = spawn('sh', ['-c', `read -r _; kill -QUIT ${pid}`], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guard.unref();
  return guard;
}

/**
 * The Temporal dev server of the local stack, without its Web UI, on a port and data of its own.
 *
 * @param dynamicConfig settings of the server beside those of the stack, for example lower limits
 */
export async function startTemporal(
  dynamicConfig: Record<string, number> = {},
): Promise<TestServer & { address: string; namespace: string }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'everpost-temporal-'));
  const binary = await ensureTemporal({ binFolder: TEMPORAL_FOLDER });
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  const server = new ChildServer(
    async () => {
      const command = await prepareTemporal({ binary, home: folder, port, uiPort: null, namespace: 'default' });
      const settings = Object.entries(dynamicConfig).map(([key, value]) => `--dynamic-config-value=${key}=${value}`);
      return { ...command, args: [...command.args, ...settings] };
    },
    async () => {
      const connection = await Connection.connect({ address, connectTimeout: '2s' });
      await connection.workflowService.describeNamespace({ namespace: 'default' });
      await connection.close();
    },
    'SIGTERM',
    folder,
  );
  await server.start();
  return Object.assign(server, { address, namespace: 'default' });
}

/** A Postgres server of its own with an empty database; `url` is its owner's. */
export async function startPostgres(): Promise<TestServer & { url: string }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'everpost-postgres-'));
  const port = await freePort();
  const command = await preparePostgres({ home: folder, port }, () => undefined);
  const url = await embeddedDatabaseUrl({ home: folder, port });
  const administration = new URL(url);
  administration.pathname = '/postgres';
  const server = new ChildServer(
    () => Promise.resolve(command),
    async () => {
      const client = new pg.Client({ connectionString: administration.href });
      client.on('error', () => undefined); // it is not up yet
      await client.connect();
      await client.query('select 1');
      await client.end();
    },
    'SIGINT',
    folder,
  );
  await server.start();
  return Object.assign(server, { url: administration.href });
}
