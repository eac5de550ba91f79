import { readFileSync } from 'node:fs';
import { createRequire, findPackageJSON } from 'node:module';
import path from 'node:path';
import type { NgramSource } from '../domain/ngram-source.js';

/**
 * The largest n-gram table of eld (Apache-2.0, github.com/nitotm/efficient-language-detector-js), read from its package
 * as text: as JavaScript it would stay in memory a hundred times as large as packed.
 */
export function readNgramSource(): NgramSource {
  const manifest = findPackageJSON('eld', import.meta.url);
  if (manifest === undefined) throw new Error('the package eld is not installed');
  const folder = path.join(path.dirname(manifest), 'src');
  const { dictionary } = createRequire(import.meta.url)(path.join(folder, 'dictionary.js')) as { dictionary: string[] };
  return { ngrams: readFileSync(path.join(folder, 'ngrams', 'large.js'), 'utf8'), letters: dictionary };
}
