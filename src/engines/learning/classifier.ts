import { isVector, MEANING_ZERO, type BlockKind, type Features } from './text-features.js';

/** Buckets are a power of two up to this; examples are kept with so many bits of their hashes. */
export const MOST_BUCKETS = 2 ** 16;

/**
 * A linear classifier over hashed terms. `weights` holds for each bucket the weights of all labels one after another, so
 * that one term costs one place in memory. Immutable: training and learning give new ones.
 */
export interface Classifier {
  labels: readonly string[];
  buckets: number;
  weights: Float32Array;
  bias: Float32Array;
  /** By bucket, how much a term in it tells at all (inverse document frequency). */
  rarity: Float32Array;
  /** By bucket, 1 where an example had a term in it: what it never saw it cannot judge. */
  seen: Uint8Array;
  blockWeights: Readonly<Record<BlockKind, number>>;
  /** Divides the scores so that what comes out are true probabilities (fitted on examples that it did not see). */
  temperature: number;
  scope: Scope;
  /** Examples that it was trained on and has learned since. */
  examples: number;
}

/** Logistic weights over Doubt: how likely a text belongs to any of the labels at all. */
export interface Scope {
  bias: number;
  best: number;
  margin: number;
  certainty: number;
  coverage: number;
}

export const BLOCK_WEIGHTS: Readonly<Record<BlockKind, number>> = {
  subjectWords: 0.8,
  textWords: 1,
  subjectLetters: 0.6,
  textLetters: 0.8,
  named: 0.6,
  meaning: 2.4,
  wordMeaning: 1.2,
};

export interface Prediction {
  label: string;
  /** Calibrated probability that the label is right for a text that belongs to one of the labels. */
  confidence: number;
  /** How likely it belongs to one of them at all. */
  inScope: number;
  /** All labels, likeliest first, summing to 1. */
  distribution: { label: string; probability: number }[];
}

/** Buckets and values of one text for one classifier. */
export interface Row {
  buckets: Int32Array;
  values: Float32Array;
  /** Share of the text's terms that examples had, weighed as the values are. */
  coverage: number;
}

/** @throws where the classifier has no labels */
export function predict(model: Classifier, features: Features): Prediction {
  const row = rowOf(features, model);
  return judge(model, scoresOf(model, row), row.coverage);
}

export function judge(model: Classifier, scores: ArrayLike<number>, coverage: number): Prediction {
  const probabilities = softmax(scores, model.temperature);
  const distribution = model.labels
    .map((label, at) => ({ label, probability: probabilities[at] ?? 0 }))
    .sort((one, two) => two.probability - one.probability);
  const [first] = distribution;
  if (first === undefined) throw new Error('a classifier without labels answers nothing');
  return {
    label: first.label,
    confidence: first.probability,
    inScope: scopeOf(model.scope, doubtOf(scores, first.probability, coverage)),
    distribution,
  };
}

export interface Doubt {
  best: number;
  margin: number;
  certainty: number;
  coverage: number;
}

export function doubtOf(scores: ArrayLike<number>, certainty: number, coverage: number): Doubt {
  let best = -Infinity;
  let second = -Infinity;
  for (let at = 0; at < scores.length; at++) {
    const score = scores[at] ?? 0;
    if (score > best) {
      second = best;
      best = score;
    } else if (score > second) second = score;
  }
  return { best, margin: Number.isFinite(second) ? best - second : 1, certainty, coverage };
}

export function scopeOf(scope: Scope, doubt: Doubt): number {
  const logit =
    scope.bias +
    scope.best * doubt.best +
    scope.margin * doubt.margin +
    scope.certainty * doubt.certainty +
    scope.coverage * doubt.coverage;
  return 1 / (1 + Math.exp(-logit));
}

export type Weighing = Pick<Classifier, 'buckets' | 'rarity' | 'blockWeights'> & { seen?: Uint8Array };

/** Sublinear frequency times rarity; each block has the length of its weight, all together length 1. */
export function rowOf({ blocks }: Features, { buckets, rarity, blockWeights, seen }: Weighing): Row {
  const length = blocks.reduce((sum, { hashes }) => sum + hashes.length, 0);
  const places = new Int32Array(length);
  const values = new Float32Array(length);
  const present = Math.hypot(...blocks.map(({ kind }) => blockWeights[kind])) || 1;
  let at = 0;
  let known = 0;
  let all = 0;
  for (const { kind, hashes, counts } of blocks) {
    const start = at;
    let squares = 0;
    for (let term = 0; term < hashes.length; term++, at++) {
      const bucket = (hashes[term] ?? 0) & (buckets - 1);
      const value = isVector(kind)
        ? (counts[term] ?? MEANING_ZERO) - MEANING_ZERO
        : (1 + Math.log(counts[term] ?? 1)) * (rarity[bucket] ?? 1);
      places[at] = bucket;
      values[at] = value;
      squares += value * value;
    }
    const factor = blockWeights[kind] / (Math.sqrt(squares) || 1) / present;
    for (let term = start; term < at; term++) {
      const value = (values[term] ?? 0) * factor;
      values[term] = value;
      // Every text has all dimensions: that says nothing of whether examples had its words.
      if (isVector(kind)) continue;
      all += value;
      if (seen?.[places[term] ?? 0]) known += value;
    }
  }
  return { buckets: places, values, coverage: all === 0 ? 0 : known / all };
}

export function scoresOf({ labels, weights, bias }: Classifier, { buckets, values }: Row): Float64Array {
  const scores = Float64Array.from(bias);
  const count = labels.length;
  for (let term = 0; term < buckets.length; term++) {
    const value = values[term] ?? 0;
    const base = (buckets[term] ?? 0) * count;
    for (let label = 0; label < count; label++) scores[label]! += value * weights[base + label]!;
  }
  return scores;
}

export function softmax(scores: ArrayLike<number>, temperature: number): Float64Array {
  let highest = -Infinity;
  for (let at = 0; at < scores.length; at++) highest = Math.max(highest, scores[at] ?? 0);
  const powers = Float64Array.from(scores, (score) => Math.exp((score - highest) / temperature));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}
