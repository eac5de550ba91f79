/**
 * What an organization, or one of its mailboxes, was learned to write: words, and sequences of up to four of them with
 * how often each was written. A trie in flat arrays, so that it is stored as it is searched.
 */
export interface PhraseModel {
  /** As people write them inside a sentence, in the order of their folded forms; marks and the line end among them. */
  surfaces: readonly string[];
  /** The same in lower case; sorted by code units, so that a beginning is a range. */
  words: readonly string[];
  /** Of each word. */
  counts: Uint32Array;
  /** The most frequent words, those first. */
  commonest: readonly number[];
  /** All tokens, those that are not kept too. */
  total: number;
  /** Sequences of two, three and four words. */
  levels: readonly PhraseLevel[];
  /** Lessons it was made of. */
  lessons: number;
}

export interface PhraseLevel {
  /** For each node of the level above, where its continuations begin here; one more at the end. */
  starts: Uint32Array;
  /** The last word of each sequence; ascending within one beginning. */
  words: Uint16Array;
  counts: Uint16Array;
}

/** Nodes of a level that continue one sequence. */
export interface Continuations {
  level: PhraseLevel;
  from: number;
  to: number;
  /** How often the sequence was written, with whatever after it. */
  total: number;
}

export const LONGEST_SEQUENCE = 4;
const MOST_COMMON = 200;

/** The most frequent words by their counts. */
export function commonestOf(counts: Uint32Array): number[] {
  return Array.from(counts.keys())
    .toSorted((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0) || a - b)
    .slice(0, MOST_COMMON);
}

/** The index of a word, or of the first one after it, negated less one. */
export function indexOfWord(words: readonly string[], word: string): number {
  let low = 0;
  let high = words.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const at = words[middle] ?? '';
    if (at === word) return middle;
    if (at < word) low = middle + 1;
    else high = middle - 1;
  }
  return -low - 1;
}

/** The words that begin so, as a range of indexes. */
export function wordsBeginning(words: readonly string[], beginning: string): [from: number, to: number] {
  if (beginning === '') return [0, words.length];
  const from = indexOfWord(words, beginning);
  const to = indexOfWord(words, `${beginning}\uffff`);
  return [from < 0 ? -from - 1 : from, to < 0 ? -to - 1 : to];
}

/** What was written after a sequence of one to three words; null where it was never kept. */
export function continuationsOf(model: PhraseModel, sequence: readonly number[]): Continuations | null {
  let [node = -1] = sequence;
  if (node < 0) return null;
  let total = model.counts[node] ?? 0;
  for (let depth = 1; depth <= sequence.length; depth++) {
    const level = model.levels[depth - 1];
    if (level === undefined) return null;
    const from = level.starts[node] ?? 0;
    const to = level.starts[node + 1] ?? 0;
    if (depth === sequence.length) return from === to ? null : { level, from, to, total };
    node = nodeOf(level, from, to, sequence[depth] ?? -1);
    if (node < 0) return null;
    total = level.counts[node] ?? 0;
  }
  return null;
}

/** The first node at or after a word. */
export function firstNode(level: PhraseLevel, from: number, to: number, word: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((level.words[middle] ?? 0) < word) low = middle + 1;
    else high = middle;
  }
  return low;
}

function nodeOf(level: PhraseLevel, from: number, to: number, word: number): number {
  const at = firstNode(level, from, to, word);
  return at < to && level.words[at] === word ? at : -1;
}
