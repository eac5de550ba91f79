import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseMessage } from '../../../src/engines/mime/parse-message.js';
import { lostBytes } from './accounting.js';

export const HOSTILE_FOLDERS = [
  'mime-james',
  'mime-mimekit',
  'mime-nodemailer',
  'mime-rspamd',
  'mime-stalwart',
  'spam-sa-tdata',
  'mail-spamassassin',
];

export interface SafetyReport {
  mails: number;
  megabytes: number;
  crashes: string[];
  lost: string[];
  /** CPU of the slowest mail. */
  slowest: { file: string; cpuMs: number };
  /** Resident memory above what the process had before the first mail, at its highest. */
  memoryMb: number;
  /** Bombs that no defect names. */
  unnamedBombs: string[];
}

/** Mails that are meant to be named: what they would unpack or nest to is above a limit. */
const NAMED_BOMBS: readonly [RegExp, RegExp][] = [
  [/zipbomb|gzip-bomb|zip-20000/, /^archive\.bomb$/],
  [/zip-slip/, /^archive\.path$/],
  [/nested.*(?:1000|5000)/, /^mime\.depth$/],
  [/parts.*(?:[2-9]|\d{2})000|20000-parts|20k/, /^mime\.parts$/],
];

/** Parses every file of the folders, and what gen_bombs.py writes, one after the other. */
export async function measureSafety(data: string): Promise<SafetyReport> {
  const bombs = mkdtempSync(join(tmpdir(), 'everpost-bombs-'));
  try {
    execFileSync('python3', [join(data, 'bombs', 'gen_bombs.py'), bombs], { stdio: 'ignore' });
    return await parseAll([
      ...HOSTILE_FOLDERS.flatMap((folder) => filesBelow(join(data, folder), data)),
      ...filesBelow(bombs, bombs).map(({ path, name }) => ({ path, name: `bombs/${name}` })),
    ]);
  } finally {
    rmSync(bombs, { recursive: true, force: true });
  }
}

async function parseAll(files: readonly { path: string; name: string }[]): Promise<SafetyReport> {
  const report: SafetyReport = {
    mails: files.length,
    megabytes: 0,
    crashes: [],
    lost: [],
    slowest: { file: '', cpuMs: 0 },
    memoryMb: 0,
    unnamedBombs: [],
  };
  const before = process.memoryUsage.rss();
  for (const { path, name } of files) {
    const raw = readFileSync(path);
    report.megabytes += raw.length / 1e6;
    const start = process.cpuUsage();
    try {
      const parsed = await parseMessage(raw);
      const { user, system } = process.cpuUsage(start);
      const cpuMs = (user + system) / 1_000;
      if (cpuMs > report.slowest.cpuMs) report.slowest = { file: name, cpuMs };
      report.memoryMb = Math.max(report.memoryMb, (process.memoryUsage.rss() - before) / 1e6);
      report.lost.push(...lostBytes(raw, parsed).map((lost) => `${name}: ${lost}`));
      const codes = parsed.defects.map(({ code }) => code);
      const wanted = name.startsWith('bombs/') ? NAMED_BOMBS.filter(([file]) => file.test(name)) : [];
      if (wanted.some(([, code]) => !codes.some((found) => code.test(found)))) report.unnamedBombs.push(name);
    } catch (error) {
      report.crashes.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return report;
}

function filesBelow(folder: string, base: string): { path: string; name: string }[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => ({ path, name: relative(base, path) }));
}
