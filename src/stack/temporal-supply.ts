import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { takeLock } from './lock-file.js';
import { buildObstacle, buildTemporal, type Report } from './temporal-build.js';

/** Worker deployments are generally available from this server on. */
const LEAST_SERVER = [1, 28] as const;
/** A download that brings no byte for this long has failed; one that goes on may take its time. */
const STALL_MS = 20_000;

export interface TemporalSupply {
  binFolder: string;
  report?: Report;
  signal?: AbortSignal;
  /** What is tried, in order; all of it where left out. */
  sources?: readonly TemporalSource[];
}

export type TemporalSource = 'path' | 'cache' | 'download' | 'build';

/**
 * The path of a `temporal` that runs here: on PATH, in the cache folder, downloaded or built into it (DESIGN.md, fact 4).
 *
 * Two callers at once fetch it once: the second waits for the first.
 *
 * @throws Error that tells what was tried, why each failed, and what to do
 */
export async function ensureTemporal(supply: TemporalSupply): Promise<string> {
  const sources = supply.sources ?? ['path', 'cache', 'download', 'build'];
  const cached = path.join(supply.binFolder, 'temporal');
  const reasons: string[] = [];
  const present = await firstPresent(sources, cached, reasons);
  if (present !== null) return present;

  const release = await waitForLock(`${cached}.lock`, supply);
  try {
    // Whoever held the lock before us may have fetched it.
    if (sources.includes('cache') && (await unusable(cached)) === null) return cached;
    for (const source of sources) {
      if (source !== 'download' && source !== 'build') continue;
      const reason = await fetchBy(source, cached, supply);
      if (reason === null) return cached;
      reasons.push(reason);
    }
  } finally {
    await release();
  }
  throw new Error(
    `There is no Temporal server to start:\n${reasons.map((line) => `  - ${line}`).join('\n')}\n` +
      `Do one of these: put a temporal binary on PATH or at ${cached} (https://temporal.download/cli), ` +
      `install Go 1.25 or newer, or set TEMPORAL_ADDRESS to a server that runs already.`,
  );
}

async function firstPresent(
  sources: readonly TemporalSource[],
  cached: string,
  reasons: string[],
): Promise<string | null> {
  const places = { path: 'temporal', cache: cached } as const;
  for (const source of sources) {
    if (source !== 'path' && source !== 'cache') continue;
    const reason = await unusable(places[source]);
    if (reason === null) return places[source];
    reasons.push(source === 'path' ? `on PATH: ${reason}` : `${cached}: ${reason}`);
  }
  return null;
}

/** Why a binary cannot serve; null when it can. */
async function unusable(binary: string): Promise<string | null> {
  const result = await execa(binary, ['--version'], { reject: false, timeout: 30_000 });
  if (result.code === 'ENOENT') return 'not there';
  if (result.failed) return `does not run: ${result.stderr || result.shortMessage}`;
  const server = /Server (\d+)\.(\d+)/.exec(result.stdout);
  if (server === null) return null;
  const [major, minor] = [Number(server[1]), Number(server[2])];
  const recent = major > LEAST_SERVER[0] || (major === LEAST_SERVER[0] && minor >= LEAST_SERVER[1]);
  return recent ? null : `its server ${major}.${minor} is too old (${LEAST_SERVER.join('.')} or newer is needed)`;
}

async function fetchBy(source: 'download' | 'build', cached: string, supply: TemporalSupply): Promise<string | null> {
  const report = supply.report ?? (() => undefined);
  try {
    if (source === 'download') {
      await downloadTemporal(cached, report, supply.signal);
    } else {
      const obstacle = await buildObstacle();
      if (obstacle !== null) return `build: ${obstacle}`;
      await buildTemporal(cached, report, supply.signal);
    }
    const reason = await unusable(cached);
    return reason === null ? null : `${source}: what came ${reason}`;
  } catch (error) {
    supply.signal?.throwIfAborted();
    return `${source}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

async function waitForLock(file: string, { report, signal }: TemporalSupply): Promise<() => Promise<void>> {
  for (let looks = 0; ; looks += 1) {
    const lock = await takeLock(file);
    if (lock.held) return lock.release;
    if (looks % 10 === 0) report?.(`waiting for process ${lock.owner.pid}, which is fetching Temporal`);
    await sleep(1_000, undefined, signal === undefined ? {} : { signal });
  }
}

/** Lets the testing package download into a folder of its own, watched from here, and takes what it brought. */
async function downloadTemporal(cached: string, report: Report, signal?: AbortSignal): Promise<void> {
  await mkdir(path.dirname(cached), { recursive: true });
  const folder = await mkdtemp(`${cached}-download-`);
  const program = fileURLToPath(import.meta.url).replace(/temporal-supply(\.\w+)$/, 'temporal-download$1');
  const download = execa(process.execPath, [program, folder], {
    reject: false,
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  });
  let ended = false;
  let stalled = false;
  const result = download.finally(() => {
    ended = true;
  });
  try {
    let size = 0;
    let progressAt = Date.now();
    report('downloading Temporal');
    while (!ended) {
      await Promise.race([result, sleep(500)]);
      const now = await folderSize(folder);
      if (now > size) progressAt = Date.now();
      if (now > size) report(`downloading Temporal: ${Math.round(now / 1_048_576)} MB`);
      size = now;
      stalled = !ended && Date.now() - progressAt > STALL_MS;
      if (stalled) download.kill('SIGKILL');
    }
    const { failed, stderr } = await result;
    signal?.throwIfAborted();
    if (stalled) throw new Error(`no answer for ${STALL_MS / 1000} s`);
    if (failed) throw new Error(reasonOf(stderr));
    const [binary] = await readdir(folder);
    if (binary === undefined) throw new Error('it brought nothing');
    await rename(path.join(folder, binary), cached);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The line of a stack trace that names the error. */
function reasonOf(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  return (lines.find((line) => /error/i.test(line)) ?? lines.at(-1) ?? 'no reason given').trim().slice(0, 300);
}

async function folderSize(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true });
  const sizes = await Promise.all(
    names.map((name) =>
      stat(path.join(folder, name)).then(
        (found) => (found.isFile() ? found.size : 0),
        () => 0, // renamed meanwhile
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
