import { readFileSync } from 'node:fs';
import path from 'node:path';

const FILE = path.resolve(import.meta.dirname, '../../../weights/meaning.bin');

/** What words mean, as `npm run train:meaning` wrote it: 8 MB, to be read once a process. */
export function readMeaningFile(): Uint8Array {
  return readFileSync(FILE);
}
