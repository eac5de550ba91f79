import { asKey, hashOn, NGRAM_HASH, type NgramTable, slotOf } from './ngram-table.js';

/** Of a text, this many bytes are read, to the end of a word: more do not change the answer. */
const MOST_BYTES = 360;
const MOST_WORD_BYTES = 70;
/** Scores are stored without what the lowest of them has. */
const LEAST_SCORE = 53;
/** Brings mean scores between 0 and 1; 0.75 to 0.9 is usual for the language of a text (eld's avgScore). */
const SCALE = 25;
const SPACE = 32;
const NO_LETTERS = /[^\p{L}]+(?<!['`’])/gu;

export interface LanguageScores {
  /** By language, 0 to 1; languages without a sign are absent. */
  scores: Map<string, number>;
  /** How many different n-grams they come of. */
  ngrams: number;
}

/**
 * How much the words of a text look like those of each of 60 languages: eld's way of scoring (n-grams of four bytes at
 * every third byte of a word, each counted once), over its largest table.
 */
export function languageScores(table: NgramTable, text: string): LanguageScores {
  const sums = new Float64Array(table.languages.length);
  const seen = new Set<number>();
  let read = 0;
  for (const word of text.replace(NO_LETTERS, ' ').trim().toLowerCase().split(' ')) {
    if (read > MOST_BYTES) break;
    const bytes = Buffer.from(word);
    if (bytes.length === 0) continue;
    read += bytes.length + 1;
    addWord(bytes, table.letters, seen);
  }
  for (const key of seen) {
    const slot = slotOf(table, key);
    if (table.hashes[slot] === 0) continue;
    const span = table.spans[slot]!;
    const start = Math.floor(span / 64);
    for (let at = start; at < start + 2 * (span % 64); at += 2) {
      sums[table.pairs[at]!]! += table.pairs[at + 1]! + LEAST_SCORE;
    }
  }
  const scores = new Map<string, number>();
  for (const [index, sum] of sums.entries()) {
    const mean = sum / seen.size;
    if (sum > 0) scores.set(table.languages[index]!, mean / (mean + SCALE));
  }
  return { scores, ngrams: seen.size };
}

/** The word's n-grams: of its beginning and end the space is part. */
function addWord(bytes: Uint8Array, letters: Uint16Array, seen: Set<number>): void {
  const length = Math.min(bytes.length, MOST_WORD_BYTES);
  const hashOf = (from: number, to: number, first: boolean, last: boolean) => {
    let hash = first ? hashOn(NGRAM_HASH, SPACE) : NGRAM_HASH;
    for (let at = from; at < to; at++) hash = hashOn(hash, letters[bytes[at]!]!);
    return asKey(last ? hashOn(hash, SPACE) : hash);
  };
  let at = 0;
  for (; at + 4 < length; at += 3) seen.add(hashOf(at, at + 4, at === 0, false));
  seen.add(hashOf(length > 3 ? length - 4 : 0, bytes.length, at === 0, true));
}
