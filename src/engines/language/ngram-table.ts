import type { NgramSource } from '../../domain/ngram-source.js';

/** N-grams of bytes with the languages that they speak for: what eld holds in 400 MB of objects, packed into 5 MB. */
export interface NgramTable {
  /** ISO 639-1, by the number that scores are kept under. */
  languages: readonly string[];
  /** The letter that stands for each byte of UTF-8 in the n-grams. */
  letters: Uint16Array;
  /** Open addressing; 0 is an empty slot. */
  hashes: Uint32Array;
  /** By slot, where its pairs begin and how many there are: `start * 64 + count`. */
  spans: Uint32Array;
  /** Language and score by turns. */
  pairs: Uint8Array;
}

/** A power of two, half of it used. */
const SLOTS = 2 ** 19;
const LEAST_NGRAMS = 200_000;
const [QUOTE, BACKSLASH, COLON, COMMA, CLOSE] = [39, 92, 58, 44, 125];

/**
 * Reads `ngrams:{'abcd':{0:176,11:20},efgh:{...` in one pass.
 *
 * @throws where the source has another form than the one that this reads
 */
export function packNgrams({ ngrams: source, letters: dictionary }: NgramSource): NgramTable {
  const table = {
    languages: languagesOf(source),
    letters: Uint16Array.from({ length: 256 }, (_, byte) => letterOf(byte, dictionary)),
    hashes: new Uint32Array(SLOTS),
    spans: new Uint32Array(SLOTS),
    pairs: new Uint8Array(source.length / 4),
  };
  const begin = 'ngrams:{';
  let at = source.indexOf(begin) + begin.length;
  let ngrams = 0;
  let end = 0;
  while (at < source.length && source.charCodeAt(at) !== CLOSE) {
    let hash = NGRAM_HASH;
    const quoted = source.charCodeAt(at) === QUOTE;
    for (at += quoted ? 1 : 0; ; at++) {
      let letter = source.charCodeAt(at);
      if (Number.isNaN(letter) || letter === (quoted ? QUOTE : COLON)) break;
      if (letter === BACKSLASH) letter = source.charCodeAt(++at);
      hash = hashOn(hash, letter);
    }
    const start = end;
    at = source.indexOf('{', at) + 1;
    for (let number = 0; ; at++) {
      const letter = source.charCodeAt(at);
      if (letter >= 48 && letter <= 57) {
        number = 10 * number + letter - 48;
        continue;
      }
      table.pairs[end++] = number;
      number = 0;
      if (letter !== COLON && letter !== COMMA) break;
    }
    const slot = slotOf(table, asKey(hash));
    table.hashes[slot] = asKey(hash);
    table.spans[slot] = start * 64 + (end - start) / 2;
    ngrams++;
    at = source.charCodeAt(at + 1) === COMMA ? at + 2 : at + 1;
  }
  if (ngrams < LEAST_NGRAMS || ngrams > SLOTS / 1.5 || table.languages.length > 63) {
    throw new Error('the package eld has a form that this version does not read');
  }
  return { ...table, pairs: table.pairs.slice(0, end) };
}

/** The package writes bytes that are no letters of ASCII by letters of Latin-1. */
function letterOf(byte: number, dictionary: readonly string[]): number {
  return (byte < 0x80 ? String.fromCharCode(byte) : (dictionary[byte] ?? ' ')).charCodeAt(0);
}

function languagesOf(source: string): string[] {
  const [, listed = ''] = /languages:\{([^}]*)\}/.exec(source) ?? [];
  return [...listed.matchAll(/\d+:'(\w+)'/g)].map(([, language]) => language!);
}

/** Where the hash of an n-gram begins; `hashOn` goes on by a letter, `asKey` ends it. */
export const NGRAM_HASH = 0x811c9dc5;

/** FNV-1a. */
export function hashOn(hash: number, letter: number): number {
  return Math.imul(hash ^ letter, 0x01000193);
}

export function asKey(hash: number): number {
  return hash >>> 0 || 1;
}

/** The slot that holds a key, or the empty one where it belongs. */
export function slotOf({ hashes }: Pick<NgramTable, 'hashes'>, key: number): number {
  let slot = (key ^ (key >>> 15)) & (SLOTS - 1);
  while (hashes[slot] !== 0 && hashes[slot] !== key) slot = (slot + 1) & (SLOTS - 1);
  return slot;
}
