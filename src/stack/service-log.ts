import { mkdir, open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';

const ROTATE_AT_BYTES = 10 * 1024 * 1024;
const KEPT = 3;

/** Where a service writes; `offset` is where this start's lines begin. */
export interface ServiceLog {
  path: string;
  handle: FileHandle;
  offset: number;
}

export function logPath(home: string, service: string): string {
  return path.join(home, 'logs', `${service}.log`);
}

/** Opens a service's log to append to; one that has grown past 10 MB is set aside first (.1 is the newest of three). */
export async function openServiceLog(home: string, service: string, rotateAt = ROTATE_AT_BYTES): Promise<ServiceLog> {
  const file = logPath(home, service);
  await mkdir(path.dirname(file), { recursive: true });
  const size = await sizeOf(file);
  if (size >= rotateAt) await rotate(file);
  const handle = await open(file, 'a', 0o640);
  return { path: file, handle, offset: size >= rotateAt ? 0 : size };
}

/** The last lines of a log, read from its end: a log may be large. */
export async function lastLines(file: string, lines: number, from = 0): Promise<string[]> {
  const text = await textFrom(file, Math.max(from, (await sizeOf(file)) - 64 * 1024));
  return text
    .trimEnd()
    .split('\n')
    .slice(-lines)
    .filter((line) => line !== '');
}

export async function textFrom(file: string, offset: number): Promise<string> {
  const handle = await open(file, 'r').catch(() => null);
  if (handle === null) return '';
  try {
    const { size } = await handle.stat();
    const length = Math.max(0, size - offset);
    const { buffer } = await handle.read(Buffer.alloc(length), 0, length, offset);
    return buffer.toString('utf8');
  } finally {
    await handle.close();
  }
}

async function rotate(file: string): Promise<void> {
  await rm(`${file}.${KEPT}`, { force: true });
  for (let number = KEPT - 1; number >= 1; number -= 1) {
    await rename(`${file}.${number}`, `${file}.${number + 1}`).catch(() => undefined); // not that many yet
  }
  await rename(file, `${file}.1`);
}

async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}
