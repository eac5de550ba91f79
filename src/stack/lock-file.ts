import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { identify, isRunning, type ProcessIdentity } from './process-identity.js';

/** Removing a dead lock takes milliseconds: a turn this old was left by a process killed in between. */
const TURN_LASTS_MS = 10_000;

const owner = z.object({ pid: z.number().int(), began: z.string().nullable() });

export type LockResult = { held: true; release: () => Promise<void> } | { held: false; owner: ProcessIdentity };

/**
 * Takes a lock that one process holds at a time; what a dead process left behind is taken over.
 *
 * The file appears under its name with its content already in it (a hard link), so nobody reads half an owner.
 */
export async function takeLock(file: string): Promise<LockResult> {
  await mkdir(path.dirname(file), { recursive: true });
  const mine = `${file}.${process.pid}.${randomUUID()}`;
  const me = await identify(process.pid);
  await writeFile(mine, JSON.stringify(me), { mode: 0o644 });
  try {
    for (;;) {
      if (await linked(mine, file)) return { held: true, release: () => releaseLock(file, me) };
      const holder = await lockOwner(file);
      if (holder !== null) return { held: false, owner: holder };
      await removeStale(file);
    }
  } finally {
    await rm(mine, { force: true });
  }
}

/** The living process that holds the lock, null when nobody does. */
export async function lockOwner(file: string): Promise<ProcessIdentity | null> {
  const holder = await readOwner(file);
  return holder !== null && (await isRunning(holder)) ? holder : null;
}

async function readOwner(file: string): Promise<ProcessIdentity | null> {
  const text = await readFile(file, 'utf8').catch(() => '');
  try {
    return owner.parse(JSON.parse(text));
  } catch {
    return null; // torn by a full disk, or not ours: nobody can hold it
  }
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Removes a lock whose holder is dead. One process at a time does so, and looks again first: else the second of two
 * that saw the same dead holder would remove the lock that the first has just taken.
 */
async function removeStale(file: string): Promise<void> {
  const turn = `${file}.turn`;
  try {
    await (await open(turn, 'wx')).close();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const age = Date.now() - (await stat(turn).catch(() => ({ mtimeMs: Date.now() }))).mtimeMs;
    if (age > TURN_LASTS_MS) await rm(turn, { force: true });
    else await sleep(10);
    return;
  }
  try {
    if ((await lockOwner(file)) === null) await rm(file, { force: true });
  } finally {
    await rm(turn, { force: true });
  }
}

async function releaseLock(file: string, me: ProcessIdentity): Promise<void> {
  const holder = await readOwner(file);
  if (holder?.pid === me.pid && holder.began === me.began) await rm(file, { force: true });
}
