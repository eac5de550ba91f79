import { mkdtemp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';

export type Report = (text: string) => void;

/** The newest release that `go install` accepts: later ones have replace directives in their go.mod. */
const MODULE = 'github.com/temporalio/cli/cmd/temporal@v1.5.1';
const NEEDS_GO: Version = [1, 25];
/** From this one on Go fetches a newer toolchain by itself, unless told not to. */
const FETCHES_TOOLCHAIN: Version = [1, 21];
const DEADLINE_MS = 45 * 60_000;
const REPORT_EVERY_MS = 10_000;

type Version = readonly [major: number, minor: number];

/** Why Temporal cannot be built here; null when it can. */
export async function buildObstacle(): Promise<string | null> {
  const { stdout, failed } = await execa('go', ['env', 'GOVERSION', 'GOTOOLCHAIN'], { reject: false, timeout: 30_000 });
  if (failed) return 'no Go toolchain on PATH';
  const [found = '', toolchain = ''] = stdout.split('\n');
  const match = /go(\d+)\.(\d+)/.exec(found);
  if (match === null) return `the Go toolchain calls itself ${JSON.stringify(found)}`;
  const version: Version = [Number(match[1]), Number(match[2])];
  if (atLeast(version, NEEDS_GO)) return null;
  if (atLeast(version, FETCHES_TOOLCHAIN) && toolchain !== 'local') return null;
  return `${found} is too old (${NEEDS_GO.join('.')} or newer is needed)`;
}

function atLeast(version: Version, least: Version): boolean {
  return version[0] > least[0] || (version[0] === least[0] && version[1] >= least[1]);
}

/**
 * Builds Temporal from its sources into `file`; about 7 minutes on two cores.
 *
 * @throws Error with the end of the compiler's output
 */
export async function buildTemporal(file: string, report: Report, signal?: AbortSignal): Promise<void> {
  const folder = await mkdtemp(`${file}-build-`);
  const begun = Date.now();
  let compiled = 0;
  const say = () =>
    report(
      `building Temporal from source (once, about 7 minutes on two cores): ${minutes(begun)}, ${compiled} packages compiled`,
    );
  say();
  const ticking = setInterval(say, REPORT_EVERY_MS);
  try {
    const build = execa('go', ['install', '-v', MODULE], {
      // Without cgo no C compiler is needed; the database driver is pure Go.
      env: { GOBIN: folder, CGO_ENABLED: '0' },
      reject: false,
      timeout: DEADLINE_MS,
      ...(signal === undefined ? {} : { cancelSignal: signal }),
    });
    build.stderr.on('data', (chunk: Buffer) => {
      compiled += chunk
        .toString()
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('go: ')).length;
    });
    const result = await build;
    signal?.throwIfAborted();
    if (result.failed)
      throw new Error(`go install ${MODULE} failed: ${result.stderr.trimEnd().split('\n').slice(-5).join('\n')}`);
    await rename(path.join(folder, 'temporal'), file);
  } finally {
    clearInterval(ticking);
    await rm(folder, { recursive: true, force: true });
  }
}

function minutes(since: number): string {
  const seconds = Math.round((Date.now() - since) / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')} passed`;
}
