import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { identify, isRunning } from './process-identity.js';

const record = z.object({
  pid: z.number().int().positive(),
  began: z.string().nullable(),
  stopSignal: z.enum(['SIGTERM', 'SIGINT', 'SIGQUIT']),
  graceMs: z.number(),
});
type ProcessRecord = z.infer<typeof record>;

function folder(home: string): string {
  return path.join(home, 'run');
}

/** Notes a started process on disk, so that the next start finds it when the stack is killed before it. */
export async function recordProcess(
  home: string,
  service: string,
  pid: number,
  stop: { signal: ProcessRecord['stopSignal']; graceMs: number },
): Promise<void> {
  const file = path.join(folder(home), `${service}.json`);
  const content: ProcessRecord = { ...(await identify(pid)), stopSignal: stop.signal, graceMs: stop.graceMs };
  await mkdir(folder(home), { recursive: true });
  await writeFile(`${file}.new`, JSON.stringify(content));
  await rename(`${file}.new`, file);
}

export async function forgetProcess(home: string, service: string): Promise<void> {
  await rm(path.join(folder(home), `${service}.json`), { force: true });
}

/** Ends, all at once, what a killed stack has left running on this home; tells the names of what it found. */
export async function endOrphans(home: string, found: (service: string, pid: number) => void): Promise<void> {
  const files = (await readdir(folder(home)).catch(() => [])).filter((name) => name.endsWith('.json'));
  await Promise.all(
    files.map(async (name) => {
      const service = path.basename(name, '.json');
      const orphan = await readRecord(path.join(folder(home), name));
      if (orphan !== null && (await isRunning(orphan))) {
        found(service, orphan.pid);
        await endProcess(orphan);
      }
      await forgetProcess(home, service);
    }),
  );
}

async function readRecord(file: string): Promise<ProcessRecord | null> {
  try {
    return record.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return null; // a torn record names no process
  }
}

/** Asks a process to end and kills it after its grace. It is looked at before each signal: its number may be reused. */
export async function endProcess(orphan: ProcessRecord): Promise<void> {
  if (await isRunning(orphan)) send(orphan.pid, orphan.stopSignal);
  if (await ended(orphan, orphan.graceMs)) return;
  send(orphan.pid, 'SIGKILL');
  if (!(await ended(orphan, 5_000)))
    throw new Error(`process ${orphan.pid} of an earlier start cannot be ended: end it by hand`);
}

async function ended(orphan: ProcessRecord, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  while (await isRunning(orphan)) {
    if (Date.now() > deadline) return false;
    await sleep(50);
  }
  return true;
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EPERM')
      throw new Error(`process ${pid} of an earlier start belongs to another user: end it by hand`, { cause: error });
    if (code !== 'ESRCH') throw error;
  }
}
