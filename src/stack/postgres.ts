import { rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ChildCommand } from './child-process.js';
import { postgresBinaries } from './postgres-binaries.js';
import {
  clusterFolder,
  DATABASE,
  keepPassword,
  ownerOf,
  readyData,
  SUPERUSER,
  superuserPassword,
} from './postgres-cluster.js';
import { postgresUser } from './postgres-user.js';

export interface PostgresOptions {
  home: string;
  port: number;
}

type Report = (text: string) => void;

/** Kept small: the stack shares a developer's machine. Commits are durable, as intake promises after its 250. */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '128MB',
  synchronous_commit: 'on',
  wal_compression: 'on',
  max_wal_size: '1GB',
  checkpoint_timeout: '10min',
  // A young table soon has statistics: by those it starts with, it is better read whole than by key.
  autovacuum_naptime: '5s',
  jit: 'off', // short statements only: compiling one costs more than running it
  timezone: 'UTC',
  log_min_messages: 'warning',
  log_checkpoints: 'off',
  log_line_prefix: '%m [%p] ',
} as const;

/** The connection of the database's owner; migrations make the roles that the processes then take. */
export async function embeddedDatabaseUrl({ home, port }: PostgresOptions): Promise<string> {
  const { password } = await superuserPassword(home);
  return urlOf(password, port);
}

/** `$EVERPOST_HOME/postgres/url` holds the same for programs started by hand. */
function urlOf(password: string, port: number): string {
  return `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/${DATABASE}`;
}

/**
 * Makes the embedded PostgreSQL of this home ready and gives the command that starts it.
 *
 * Binaries and data are put where its user can reach them, the cluster is made at the first start, and what a killed
 * start has left is cleared away. Running it twice changes nothing.
 */
export async function preparePostgres({ home, port }: PostgresOptions, report: Report): Promise<ChildCommand> {
  const anyUser = await postgresUser();
  const folder = await clusterFolder(home, anyUser, report);
  const user = await ownerOf(folder, anyUser);
  const binaries = await postgresBinaries(user, report);
  const { password, pending } = await superuserPassword(home);
  const data = await readyData({ folder, binaries, user, password, pendingPassword: pending }, report);
  if (pending) await keepPassword(home);

  const urlFile = path.join(home, 'postgres', 'url');
  await writeFile(`${urlFile}.new`, `${urlOf(password, port)}\n`, { mode: 0o600 });
  await rename(`${urlFile}.new`, urlFile);

  return {
    file: binaries.postgres,
    args: [
      '-D',
      data,
      '-p',
      String(port),
      ...Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    env: { LC_ALL: 'C', TZ: 'UTC' },
    inheritEnv: false,
    cwd: '/',
    parentPipe: false,
    user: user ?? undefined,
  };
}
