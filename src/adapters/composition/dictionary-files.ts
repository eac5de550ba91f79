import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { DictionaryFiles } from '../../domain/composition.js';

/** Those whose licences let them come with the program; all others are read from the operator's folder. */
const SHIPPED: Readonly<Record<string, string>> = { en: 'dictionary-en', fr: 'dictionary-fr', es: 'dictionary-es' };
const PREFERRED: Readonly<Record<string, string>> = { en: 'en_US', de: 'de_DE', fr: 'fr_FR', es: 'es_ES', pt: 'pt_PT' };

/**
 * The Hunspell dictionary of a language (ISO 639-1), the operator's before the program's; null where there is none.
 *
 * @param folder of `xx_YY.aff` and `xx_YY.dic` files; null, or one that is not there: none
 */
export async function readDictionary(language: string, folder: string | null): Promise<DictionaryFiles | null> {
  if (!/^[a-z]{2,3}$/.test(language)) return null;
  const file = (folder === null ? null : await inFolder(language, folder)) ?? shipped(language);
  if (file === null) return null;
  const [affixes, words] = await Promise.all([readFile(`${file}.aff`), readFile(`${file}.dic`)]);
  return { language, affixes, words };
}

function shipped(language: string): string | null {
  const name = SHIPPED[language];
  if (name === undefined) return null;
  return path.join(path.dirname(createRequire(import.meta.url).resolve(name)), 'index');
}

async function inFolder(language: string, folder: string): Promise<string | null> {
  const names = await readdir(folder).catch((): string[] => []); // no such folder: there is none in it
  const ofLanguage = new RegExp(`^${language}(?:[_-][A-Za-z]+)*\\.aff$`);
  const found = names
    .filter((name) => ofLanguage.test(name))
    .map((name) => name.slice(0, -'.aff'.length))
    .filter((name) => names.includes(`${name}.dic`))
    .toSorted((a, b) => rank(a, language) - rank(b, language) || a.length - b.length || (a < b ? -1 : 1));
  return found[0] === undefined ? null : path.join(folder, found[0]);
}

const rank = (name: string, language: string) => (name.replace('-', '_') === PREFERRED[language] ? 0 : 1);
