import { stemmer } from 'stemmer';

/**
 * ROUGE (Lin 2004) as F1: overlap of single words, of pairs, and the longest common subsequence over the whole text.
 * Words are runs of letters and digits in lower case, those of more than three letters stemmed (Porter), none stopped:
 * what the package rouge_score does with its stemmer on.
 */
export interface Rouge {
  one: number;
  two: number;
  longest: number;
}

export function rougeWords(text: string): string[] {
  return (text.toLowerCase().match(/[a-z0-9]+/g) ?? []).map((word) => (word.length > 3 ? stemmer(word) : word));
}

/** Against each reference, and the mean of them. */
export function meanRouge(candidate: string, references: readonly string[]): Rouge {
  const scores = references.map((reference) => rougeOf(rougeWords(candidate), rougeWords(reference)));
  const mean = (pick: (score: Rouge) => number) =>
    scores.reduce((sum, score) => sum + pick(score), 0) / Math.max(1, scores.length);
  return { one: mean(({ one }) => one), two: mean(({ two }) => two), longest: mean(({ longest }) => longest) };
}

export function rougeOf(candidate: readonly string[], reference: readonly string[]): Rouge {
  return {
    one: overlap(candidate, reference),
    two: overlap(pairsOf(candidate), pairsOf(reference)),
    longest: f1(longestCommon(candidate, reference), candidate.length, reference.length),
  };
}

function pairsOf(words: readonly string[]): string[] {
  return words.slice(1).map((word, at) => `${words[at]} ${word}`);
}

function overlap(candidate: readonly string[], reference: readonly string[]): number {
  const left = new Map<string, number>();
  for (const gram of reference) left.set(gram, (left.get(gram) ?? 0) + 1);
  let matched = 0;
  for (const gram of candidate) {
    const count = left.get(gram) ?? 0;
    if (count === 0) continue;
    left.set(gram, count - 1);
    matched++;
  }
  return f1(matched, candidate.length, reference.length);
}

function longestCommon(one: readonly string[], other: readonly string[]): number {
  let row = new Uint32Array(other.length + 1);
  for (const word of one) {
    const next = new Uint32Array(other.length + 1);
    for (const [at, against] of other.entries()) {
      next[at + 1] = word === against ? (row[at] ?? 0) + 1 : Math.max(row[at + 1] ?? 0, next[at] ?? 0);
    }
    row = next;
  }
  return row[other.length] ?? 0;
}

function f1(matched: number, candidate: number, reference: number): number {
  return candidate + reference === 0 ? 0 : (2 * matched) / (candidate + reference);
}
