import { randomBytes, randomUUID } from 'node:crypto';
import { chmod, chown, mkdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { commandLine, identify } from './process-identity.js';
import { endProcess } from './process-record.js';
import type { PostgresBinaries } from './postgres-binaries.js';
import { canUse, type RunAs } from './postgres-user.js';
import { reachableFolder } from './reachable-folder.js';

export const SUPERUSER = 'postgres';
export const DATABASE = 'everpost';

type Report = (text: string) => void;

/**
 * The folder that holds the cluster of this home: `$EVERPOST_HOME/postgres`, or a place outside where the user of
 * Postgres cannot reach that. `$EVERPOST_HOME/postgres/location` says which, for good: data never moves by itself.
 */
export async function clusterFolder(home: string, user: RunAs | null, report: Report): Promise<string> {
  const own = path.join(home, 'postgres');
  const note = path.join(own, 'location');
  await mkdir(own, { recursive: true });
  const noted = await readFile(note, 'utf8').catch(() => null);
  if (noted !== null) return path.resolve(own, noted.trim());

  await giveTo(own, user);
  const reachable = await canUse(own, user);
  const folder = reachable ? own : path.join(await reachableFolder(), `data-${randomUUID()}`);
  if (!reachable) {
    report(`keeping the database in ${folder}: the user of Postgres cannot reach ${own}`);
    await mkdir(folder, { mode: 0o700 });
    await writeFile(path.join(folder, 'home'), `${home}\n`);
    await giveTo(folder, user);
  }
  await writeFile(note, `${path.relative(own, folder) === '' ? '.' : folder}\n`);
  return folder;
}

/** The data of an earlier start belongs to whom it ran as then: root takes that user again. */
export async function ownerOf(folder: string, user: RunAs | null): Promise<RunAs | null> {
  const found = await stat(path.join(folder, 'data')).catch(() => null);
  if (found === null) return user;
  const uid = process.getuid?.() ?? found.uid;
  if (uid === 0 && found.uid !== 0) return { uid: found.uid, gid: found.gid };
  if (found.uid !== uid) {
    throw new Error(
      `${folder} belongs to user ${found.uid}: start as that user or as root, or choose another EVERPOST_HOME`,
    );
  }
  return null;
}

/**
 * The superuser's password: made once, kept in a file that only we can read. It stays `pending` until the cluster has
 * taken it, so that neither a start killed in between nor a lost file locks us out of the data.
 */
export async function superuserPassword(home: string): Promise<{ password: string; pending: boolean }> {
  const file = passwordFile(home);
  const kept = await readFile(file, 'utf8').catch(() => '');
  if (kept.trim() !== '') return { password: kept.trim(), pending: false };
  const begun = await readFile(`${file}.pending`, 'utf8').catch(() => '');
  if (begun.trim() !== '') return { password: begun.trim(), pending: true };
  const password = randomBytes(24).toString('hex');
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(`${file}.pending`, `${password}\n`, { mode: 0o600 });
  return { password, pending: true };
}

/** Called when the cluster has the password. */
export async function keepPassword(home: string): Promise<void> {
  await rename(`${passwordFile(home)}.pending`, passwordFile(home));
}

function passwordFile(home: string): string {
  return path.join(home, 'postgres', 'password');
}

interface Cluster {
  folder: string;
  binaries: PostgresBinaries;
  user: RunAs | null;
  password: string;
  /** The cluster, where it exists, has another password yet. */
  pendingPassword: boolean;
}

/** The data folder of a cluster that can be started: made at the first start, checked at later ones. */
export async function readyData(cluster: Cluster, report: Report): Promise<string> {
  const data = path.join(cluster.folder, 'data');
  const version = await readFile(path.join(data, 'PG_VERSION'), 'utf8').catch(() => null);
  if (version === null) {
    report('making the database cluster (once)');
    await createData(cluster, data);
  } else if (version.trim() !== cluster.binaries.major) {
    throw new Error(
      `${data} was made by PostgreSQL ${version.trim()}, the binaries are ${cluster.binaries.major}: ` +
        `dump it with the old version and restore it, or choose another EVERPOST_HOME`,
    );
  } else {
    await clearPidFile(data, report);
    // The old password is lost: who owns the data may set a new one.
    if (cluster.pendingPassword)
      await singleUser(cluster, data, `ALTER ROLE ${SUPERUSER} PASSWORD '${cluster.password}'`);
  }
  return data;
}

/** Made under another name and renamed when it is whole: a start that is killed in between leaves nothing half done. */
async function createData(cluster: Cluster, data: string): Promise<void> {
  const fresh = `${data}.new`;
  const handedOver = path.join(cluster.folder, 'initdb-password');
  await rm(fresh, { recursive: true, force: true });
  await writeFile(handedOver, cluster.password, { mode: 0o600 });
  await giveTo(handedOver, cluster.user);
  try {
    await asUser(cluster, cluster.binaries.initdb, [
      `--pgdata=${fresh}`,
      `--username=${SUPERUSER}`,
      `--pwfile=${handedOver}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--no-instructions',
    ]);
  } finally {
    await rm(handedOver, { force: true });
  }
  await singleUser(cluster, fresh, `CREATE DATABASE ${DATABASE}`);
  await rename(fresh, data);
}

/** Runs one statement without a server, as the superuser, while nothing else has the data open. */
async function singleUser(cluster: Cluster, data: string, statement: string): Promise<void> {
  await asUser(cluster, cluster.binaries.postgres, ['--single', '-j', '-D', data, 'postgres'], `${statement};\n`);
}

async function asUser({ user }: Cluster, file: string, args: string[], input = ''): Promise<void> {
  const result = await execa(file, args, {
    input,
    reject: false,
    extendEnv: false,
    env: { LC_ALL: 'C', TZ: 'UTC' },
    cwd: '/',
    ...user,
  });
  const errors = result.stderr.split('\n').filter((line) => /\b(ERROR|FATAL|PANIC|error):/.test(line));
  if (result.failed || errors.length > 0) {
    throw new Error(
      `${path.basename(file)} failed: ${errors.join('; ') || result.stderr.slice(-500) || result.shortMessage}`,
    );
  }
}

/**
 * A server that an earlier start left behind on this data is ended, and a postmaster.pid whose number belongs to some
 * other program by now (Postgres would take it for a living server) is removed. One whose process is gone stays: with
 * its help Postgres finds backends that still hold the old shared memory.
 */
async function clearPidFile(data: string, report: Report): Promise<void> {
  const file = path.join(data, 'postmaster.pid');
  const pid = Number((await readFile(file, 'utf8').catch(() => '')).split('\n')[0]);
  if (!Number.isInteger(pid) || pid <= 0) return;
  const running = await identify(pid);
  const command = running.began === null ? null : await commandLine(pid);
  if (command === null) return;
  if (!command.includes('postgres')) {
    await rm(file, { force: true });
  } else if (command.includes(data) || command.includes(await realpath(data))) {
    report(`stopping the Postgres (process ${pid}) that an earlier start left behind`);
    await endProcess({ ...running, stopSignal: 'SIGINT', graceMs: 20_000 });
  }
}

async function giveTo(place: string, user: RunAs | null): Promise<void> {
  if (user !== null) await chown(place, user.uid, user.gid);
  if ((await stat(place)).isDirectory()) await chmod(place, 0o700);
}
