import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { env } from 'node:process';

/** Test material of other projects, read in place and never copied (../shared/data/README.md). */
const DATA = resolve(env['EVERPOST_TEST_DATA'] ?? '../shared/data');

/** Where a folder of it is, and whether it is there; `title` adds the reason to a test's name where it is skipped. */
export function testData(folder: string): { path: string; absent: boolean; title(name: string): string } {
  const path = resolve(DATA, folder);
  const absent = !existsSync(path);
  return { path, absent, title: (name) => (absent ? `${name} (skipped: there is no test data at ${path})` : name) };
}
