import {
  contextForm,
  endsSentence,
  isMark,
  LINE_END,
  OPAQUE,
  predictionTokens,
} from '../../domain/prediction-tokens.js';
import { commonestOf, LONGEST_SEQUENCE, type PhraseLevel, type PhraseModel } from './phrase-model.js';

/** A mail of the organization's own, as it is learned. */
export interface PhraseLesson {
  /** Its new text, without quotes; see lessonText. */
  text: string;
  /** Mails that count once, however many they are, for what may be proposed: of one writer, or to one audience. */
  group: string;
}

export interface PhraseModelOptions {
  /** Words and sequences are kept that stand in mails of so many groups at least. */
  leastGroups: number;
  mostWords: number;
  mostSequences: number;
}

export const PHRASE_MODEL_OPTIONS: PhraseModelOptions = {
  leastGroups: 2,
  mostWords: 30_000,
  mostSequences: 400_000,
};

const MOST_COUNT = 65_535;

/** Counts what was written. Same lessons, same model, in whatever order they come. */
export function buildPhraseModel(
  lessons: readonly PhraseLesson[],
  options: PhraseModelOptions = PHRASE_MODEL_OPTIONS,
): PhraseModel {
  // Lessons of one group follow each other: how many groups have a thing is then how often the group changed.
  const mails = lessons
    .toSorted((a, b) => order(a.group, b.group) || order(a.text, b.text))
    .map(({ text, group }) => ({
      group,
      tokens: [LINE_END, ...predictionTokens(text).map((token) => token.text)],
    }));
  const vocabulary = countWords(mails, options);
  const ids = new Map(vocabulary.words.map((word, id) => [word, id]));
  const nodes = countSequences(mails, ids);
  return {
    ...vocabulary,
    commonest: commonestOf(vocabulary.counts),
    levels: levelsOf(nodes, vocabulary.words.length, options),
    lessons: lessons.length,
  };
}

interface Mail {
  group: string;
  tokens: string[];
}

interface WordCount {
  count: number;
  groups: number;
  lastGroup: string | null;
  surfaces: Map<string, number>;
}

function countWords(mails: readonly Mail[], { leastGroups, mostWords }: PhraseModelOptions) {
  const known = new Map<string, WordCount>();
  let total = 0;
  for (const { group, tokens } of mails) {
    let before = LINE_END;
    for (const token of tokens) {
      const form = contextForm(token);
      total += 1;
      const beginsSentence = endsSentence(before);
      before = token;
      if (form === OPAQUE) continue;
      const word = known.get(form) ?? { count: 0, groups: 0, lastGroup: null, surfaces: new Map() };
      word.count += 1;
      if (word.lastGroup !== group) {
        word.groups += 1;
        word.lastGroup = group;
      }
      // A capital at the beginning of a sentence says nothing of the word.
      if (!isMark(form) && !beginsSentence) {
        const surface = token.replaceAll('’', "'");
        word.surfaces.set(surface, (word.surfaces.get(surface) ?? 0) + 1);
      }
      known.set(form, word);
    }
  }
  const kept = [...known]
    .filter(([, { groups }]) => groups >= leastGroups)
    .toSorted(([a, { count: ofA }], [b, { count: ofB }]) => ofB - ofA || order(a, b))
    .slice(0, mostWords)
    .toSorted(([a], [b]) => order(a, b));
  return {
    words: kept.map(([word]) => word),
    surfaces: kept.map(([word, { surfaces }]) => commonest(surfaces) ?? word),
    counts: Uint32Array.from(kept, ([, { count }]) => count),
    total,
  };
}

function commonest(surfaces: ReadonlyMap<string, number>): string | null {
  let best: string | null = null;
  let most = 0;
  for (const [surface, count] of surfaces) {
    if (count > most || (count === most && best !== null && order(surface, best) > 0)) [best, most] = [surface, count];
  }
  return best;
}

/** Sequences of two words and more, each a node under the one that it continues. */
class SequenceNodes {
  readonly parents: number[] = [];
  readonly words: number[] = [];
  readonly depths: number[] = [];
  readonly counts: number[] = [];
  readonly groups: number[] = [];
  readonly #last: number[] = [];
  readonly #known = new Map<number, number>();

  /** @param parent of a sequence of two, its first word; else a node */
  add(parent: number, depth: number, word: number, group: number): number {
    // Depth 2 hangs on words, deeper ones on nodes: kept apart by the sign. Below 2^53 by the caps on both.
    const key = (parent * 65_536 + word) * (depth === 2 ? -1 : 1) - (depth === 2 ? 1 : 0);
    let node = this.#known.get(key);
    if (node === undefined) {
      node = this.parents.length;
      this.#known.set(key, node);
      this.parents.push(parent);
      this.words.push(word);
      this.depths.push(depth);
      this.counts.push(0);
      this.groups.push(0);
      this.#last.push(-1);
    }
    this.counts[node] = (this.counts[node] ?? 0) + 1;
    if (this.#last[node] !== group) {
      this.#last[node] = group;
      this.groups[node] = (this.groups[node] ?? 0) + 1;
    }
    return node;
  }
}

function countSequences(mails: readonly Mail[], ids: ReadonlyMap<string, number>): SequenceNodes {
  const nodes = new SequenceNodes();
  const groups = new Map<string, number>();
  for (const { group, tokens } of mails) {
    const number = groups.get(group) ?? groups.size;
    groups.set(group, number);
    /** The sequences that end at the token before, longest last: of one word its id, of more their nodes. */
    let open: number[] = [];
    for (const token of tokens) {
      const word = ids.get(contextForm(token));
      if (word === undefined) {
        open = [];
        continue;
      }
      const next = [word];
      for (const [index, sequence] of open.slice(0, LONGEST_SEQUENCE - 1).entries()) {
        next.push(nodes.add(sequence, index + 2, word, number));
      }
      open = next;
    }
  }
  return nodes;
}

/** Keeps what enough groups have, and of that the most frequent. */
function levelsOf(
  { parents, words, depths, counts, groups }: SequenceNodes,
  vocabulary: number,
  { leastGroups, mostSequences }: PhraseModelOptions,
): PhraseLevel[] {
  const allowed = parents.flatMap((_, node) => ((groups[node] ?? 0) >= leastGroups ? [node] : []));
  // A sequence is never more frequent than its beginning, so no node loses its parent to the cap.
  const least =
    allowed.length <= mostSequences
      ? 0
      : (allowed.map((node) => counts[node] ?? 0).toSorted((a, b) => b - a)[mostSequences] ?? 0) + 1;
  const kept = allowed.filter((node) => (counts[node] ?? 0) >= least);
  const levels: PhraseLevel[] = [];
  let places = new Map<number, number>();
  let above = vocabulary;
  for (let depth = 2; depth <= LONGEST_SEQUENCE; depth++) {
    const placeOf = (node: number) => (depth === 2 ? parents[node] : places.get(parents[node] ?? -1)) ?? -1;
    const ofLevel = kept
      .filter((node) => depths[node] === depth && placeOf(node) >= 0)
      .toSorted((a, b) => placeOf(a) - placeOf(b) || (words[a] ?? 0) - (words[b] ?? 0));
    const starts = new Uint32Array(above + 1);
    for (const node of ofLevel) starts[placeOf(node) + 1] = (starts[placeOf(node) + 1] ?? 0) + 1;
    for (let at = 1; at < starts.length; at++) starts[at] = (starts[at] ?? 0) + (starts[at - 1] ?? 0);
    levels.push({
      starts,
      words: Uint16Array.from(ofLevel, (node) => words[node] ?? 0),
      counts: Uint16Array.from(ofLevel, (node) => Math.min(MOST_COUNT, counts[node] ?? 0)),
    });
    places = new Map(ofLevel.map((node, place) => [node, place]));
    above = ofLevel.length;
  }
  return levels;
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
