import type { Hunspell } from 'hunspell-wasm';
import iconv from 'iconv-lite';
import { LRUCache } from 'lru-cache';
import type { DictionaryFiles } from '../../domain/composition.js';

const KEPT = 6;
const loaded = new LRUCache<string, { dictionary: Hunspell | null }>({
  max: KEPT,
  dispose: ({ dictionary }) => dictionary?.dispose(),
});

/** The dictionary of a language as it was loaded here: null where there is none, undefined where nobody has said. */
export function loadedDictionary(language: string): Hunspell | null | undefined {
  return loaded.get(language)?.dictionary;
}

/** @param files null: the language has no dictionary */
export async function loadDictionary(language: string, files: DictionaryFiles | null): Promise<Hunspell | null> {
  const dictionary = files === null ? null : await read(files);
  loaded.set(language, { dictionary });
  return dictionary;
}

async function read(files: DictionaryFiles): Promise<Hunspell> {
  const { createHunspellFromStrings } = await import('hunspell-wasm');
  const affixes = Buffer.from(files.affixes);
  const words = Buffer.from(files.words);
  const ascii = affixes.toString('latin1');
  const charset = /^SET[ \t]+(\S+)/m.exec(ascii)?.[1] ?? 'ISO8859-1';
  if (/^utf-?8$/i.test(charset)) return createHunspellFromStrings(affixes.toString('utf8'), words.toString('utf8'));
  const decode = (bytes: Buffer) => iconv.decode(bytes, iconv.encodingExists(charset) ? charset : 'latin1');
  // Flags of one byte are letters of that charset: in UTF-8 they have to be called so.
  const flags = /^FLAG\s/m.test(ascii) ? '' : 'FLAG UTF-8\n';
  const converted = `SET UTF-8\n${flags}${decode(affixes).replace(/^SET[ \t].*$/m, '')}`;
  return createHunspellFromStrings(converted, decode(words));
}
