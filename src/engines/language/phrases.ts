import { readable } from './text-bounds.js';

const WORD = /[\p{L}\p{N}]+(?:['’][\p{L}\p{N}]+)*/gu;
const MARKS = /\p{M}+/gu;
// Everything that folding could change lies beyond ASCII.
const BEYOND_ASCII = /[\u0080-\uffff]/;

/** Lower case without diacritics, so that `Über`, `uber` and `ÜBER` are one word; ß becomes ss. */
export function fold(text: string): string {
  const lower = text.toLowerCase();
  if (!BEYOND_ASCII.test(lower)) return lower;
  return lower.normalize('NFD').replace(MARKS, '').replaceAll('ß', 'ss').replaceAll('’', "'");
}

/** The folded words of a text in order, apostrophes kept (`don't`, `d'accord`). */
export function wordsOf(text: string): string[] {
  return fold(readable(text)).match(WORD) ?? [];
}

export interface PhraseHit<Meaning> {
  meaning: Meaning;
  phrase: string;
  /** Index of the phrase's first word. */
  at: number;
}

interface Continuation<Meaning> {
  rest: string[];
  phrase: string;
  meaning: Meaning;
}

/**
 * Finds phrases in words by their first word: time grows with the text, not with the number of phrases, and no
 * pattern of an attacker's can make it slow.
 */
export class PhraseBook<Meaning> {
  private readonly byFirstWord = new Map<string, Continuation<Meaning>[]>();

  constructor(entries: Iterable<readonly [phrase: string, meaning: Meaning]>) {
    for (const [phrase, meaning] of entries) this.add(phrase, meaning);
  }

  private add(phrase: string, meaning: Meaning): void {
    const [first, ...rest] = wordsOf(phrase);
    if (first === undefined) throw new Error(`a phrase without words: "${phrase}"`);
    const known = this.byFirstWord.get(first);
    const continuation = { rest, phrase, meaning };
    if (known) known.push(continuation);
    else this.byFirstWord.set(first, [continuation]);
  }

  find(words: readonly string[]): PhraseHit<Meaning>[] {
    const hits: PhraseHit<Meaning>[] = [];
    for (let at = 0; at < words.length; at++) {
      const starting = this.byFirstWord.get(words[at] ?? '');
      if (!starting) continue;
      for (const { rest, phrase, meaning } of starting) {
        if (rest.every((word, offset) => words[at + 1 + offset] === word)) hits.push({ meaning, phrase, at });
      }
    }
    return hits;
  }

  has(words: readonly string[]): boolean {
    return this.find(words).length > 0;
  }
}
