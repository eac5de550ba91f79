import {
  continuationsOf,
  firstNode,
  indexOfWord,
  wordsBeginning,
  type PhraseLevel,
  type PhraseModel,
} from './phrase-model.js';
import type { RecentWords } from './recent-words.js';

/** What is predicted from, and how much each counts. */
export interface PredictionSources {
  /** The organization's own model first; shares add up to 1. */
  models: readonly { model: PhraseModel; share: number }[];
  recent: RecentWords;
}

/** Taken from each count for what was never written after a context; chosen on held-out training mail. */
const DISCOUNT = [0.5, 0.6, 0.7] as const;
/** Words without a context that are looked at where nothing is typed of the word yet. */
const MOST_UNTYPED = 40;

/**
 * How likely each word, mark or line end comes next, given what it begins with: interpolated absolute discounting over
 * contexts of three words, two, one and none, mixed with the words of this mail and of the one that it answers.
 *
 * @param context folded tokens before it, the nearest last
 */
export function nextWords(
  sources: PredictionSources,
  context: readonly string[],
  beginning: string,
): Map<string, number> {
  const found = new Map<string, number>();
  const { recent } = sources;
  const recentShare = recent.share;
  for (const { model, share } of sources.models) addModel(found, model, share * (1 - recentShare), context, beginning);
  recent.add(found, recentShare, context, beginning);
  return found;
}

function addModel(
  found: Map<string, number>,
  model: PhraseModel,
  share: number,
  context: readonly string[],
  beginning: string,
): void {
  const [first, last] = wordsBeginning(model.words, beginning);
  let rest = share;
  const ids = idsBefore(model, context);
  for (let length = ids.length; length >= 1; length--) {
    const next = continuationsOf(model, ids.slice(ids.length - length));
    if (next === null) continue;
    const { level, from, to, total } = next;
    const discount = DISCOUNT[length - 1] ?? 0.5;
    const given = givenBy(level, from, to) - (to - from) * discount;
    for (let node = firstNode(level, from, to, first); node < to; node++) {
      const id = level.words[node] ?? 0;
      if (id >= last) break;
      const word = model.words[id] ?? '';
      found.set(word, (found.get(word) ?? 0) + (rest * ((level.counts[node] ?? 0) - discount)) / total);
    }
    rest *= Math.max(0.001, 1 - given / total);
  }
  if (model.total === 0) return;
  if (beginning === '') {
    for (const id of model.commonest.slice(0, MOST_UNTYPED)) addWord(found, model, id, rest);
  } else {
    for (let id = first; id < last; id++) addWord(found, model, id, rest);
  }
}

/** How often what follows was written, by where its nodes begin: summed up once, a frequent word has thousands. */
const sums = new WeakMap<PhraseLevel, Map<number, number>>();

function givenBy(level: PhraseLevel, from: number, to: number): number {
  const known = sums.get(level) ?? new Map<number, number>();
  sums.set(level, known);
  let sum = known.get(from);
  if (sum !== undefined) return sum;
  sum = 0;
  for (let node = from; node < to; node++) sum += level.counts[node] ?? 0;
  known.set(from, sum);
  return sum;
}

function addWord(found: Map<string, number>, model: PhraseModel, id: number, rest: number): void {
  const word = model.words[id] ?? '';
  found.set(word, (found.get(word) ?? 0) + (rest * (model.counts[id] ?? 0)) / model.total);
}

/** The last three tokens that the model knows, as far as they follow each other. */
function idsBefore(model: PhraseModel, context: readonly string[]): number[] {
  const ids: number[] = [];
  for (const word of context.slice(-3).toReversed()) {
    const id = indexOfWord(model.words, word);
    if (id < 0) break;
    ids.unshift(id);
  }
  return ids;
}
