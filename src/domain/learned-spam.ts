import { SPAM_BUCKETS, type SignalVector } from './spam-evidence.js';

/** A mail that a person called spam or wanted. */
export interface SpamLesson {
  isSpam: boolean;
  /** Logits of the prior and of the rules when it was scored. */
  prior: number;
  rules: number;
  signals: SignalVector;
}

/** What a scope's lessons come to: a logistic regression on top of the prior. */
export interface LearnedSpam {
  /** Share of the prior's logit that still counts: the more lessons of both kinds, the less. */
  trust: number;
  bias: number;
  /** Logits of one step of a weight. */
  scale: number;
  weights: Int8Array;
}

/** The newest lessons of each kind that a scope learns from; bounds the time of a correction. */
export const MAX_LESSONS_OF_A_KIND = 500;
/** No set of lessons moves a mail by more logits than this. */
export const LEARNED_LIMIT = 12;

const HEADER_BYTES = 16;
const MAGIC = 0x4c535645;
const COST = 100;
const SWEEPS = 40;
const SETTLED = 1e-3;
const TRUSTING_LESSONS = 8;
/**
 * What is learned ranks mail well and, regularised as it is, says too little of mail that it did not learn from: with
 * lessons of both kinds it is multiplied, up to MOST_GAIN. Lessons of one kind alone would take all mail along.
 */
const LEAST_GAIN = 2;
const MOST_GAIN = 8;
const GAINING_LESSONS = 8;
const PRIOR_LIMIT = 6;

export function boundedPrior(prior: number): number {
  return Math.max(-PRIOR_LIMIT, Math.min(PRIOR_LIMIT, prior));
}

/**
 * Learns from all lessons of a scope at once: L2-regularised logistic regression, solved in its dual one lesson at a
 * time (Yu, Huang, Lin 2011), so that the time is linear in their signals. The same lessons in the same order give the
 * same weights. Null for no lesson.
 */
export function learnSpam(lessons: readonly SpamLesson[]): LearnedSpam | null {
  if (lessons.length === 0) return null;
  const spam = lessons.filter(({ isSpam }) => isSpam).length;
  const fewer = Math.min(spam, lessons.length - spam);
  const solution: Solution = {
    gain: LEAST_GAIN + ((MOST_GAIN - LEAST_GAIN) * fewer) / (fewer + GAINING_LESSONS),
    trust: 1 / (1 + (Math.min(lessons.length, 6 * fewer) / TRUSTING_LESSONS) ** 2),
    bias: 0,
    weights: new Float64Array(SPAM_BUCKETS),
  };
  // Lessons of one kind alone say nothing of how frequent spam is: then there is no bias to learn.
  const biasVariance = fewer / Math.max(1, lessons.length - fewer);
  const norms = lessons.map(({ signals }) => signals.values.reduce((sum, value) => sum + value * value, biasVariance));
  const shares = new Float64Array(lessons.length);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    let largest = 0;
    lessons.forEach((lesson, index) => {
      const norm = norms[index] ?? 0;
      const share = shares[index] ?? 0;
      const change = settle(lesson.isSpam, logitOf(lesson, solution) - share * norm, norm) - share;
      if (Math.abs(change) < SETTLED / 100) return;
      largest = Math.max(largest, Math.abs(change));
      shares[index] = share + change;
      solution.bias += change * biasVariance;
      add(lesson.signals, change, solution.weights);
    });
    if (largest < SETTLED) break;
  }
  return quantised(solution);
}

interface Solution {
  gain: number;
  trust: number;
  bias: number;
  weights: Float64Array;
}

function logitOf({ prior, rules, signals }: SpamLesson, { gain, trust, bias, weights }: Solution): number {
  return (trust * boundedPrior(prior) + rules) / gain + bias + dot(signals, weights);
}

function add({ buckets, values }: SignalVector, times: number, weights: Float64Array): void {
  for (let index = 0; index < buckets.length; index += 1) {
    const bucket = buckets[index] ?? 0;
    weights[bucket] = (weights[bucket] ?? 0) + times * (values[index] ?? 0);
  }
}

/** The lesson's share at which its part of the dual is least: the root of a rising function, by bisection. */
function settle(isSpam: boolean, logitWithout: number, norm: number): number {
  const label = isSpam ? 1 : 0;
  let low = isSpam ? 0 : -COST;
  let high = isSpam ? COST : 0;
  for (let step = 0; step < 22; step += 1) {
    const middle = (low + high) / 2;
    const error = label - 1 / (1 + Math.exp(-(logitWithout + middle * norm)));
    if (middle > COST * error) high = middle;
    else low = middle;
  }
  return (low + high) / 2;
}

function dot({ buckets, values }: SignalVector, weights: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < buckets.length; index += 1)
    sum += (weights[buckets[index] ?? 0] ?? 0) * (values[index] ?? 0);
  return sum;
}

function quantised({ gain, trust, bias, weights }: Solution): LearnedSpam {
  const scale = Math.fround(weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 1e-6) / 127);
  return {
    trust: Math.fround(trust),
    bias: Math.fround(gain * bias),
    scale: Math.fround(gain * scale),
    weights: Int8Array.from(weights, (weight) => Math.round(weight / scale)),
  };
}

export interface LearnedShift {
  /** Logits that the lessons add to prior and rules; never beyond LEARNED_LIMIT. */
  logit: number;
  /** Its parts, before the limit, times what the limit left of them. */
  trust: number;
  bias: number;
  signals: Float64Array;
}

/** How far a scope's lessons move a mail, and each signal's part in it. */
export function learnedShift(learned: LearnedSpam, prior: number, { buckets, values }: SignalVector): LearnedShift {
  const trust = (learned.trust - 1) * boundedPrior(prior);
  const signals = Float64Array.from(
    buckets,
    (bucket, index) => (learned.weights[bucket] ?? 0) * learned.scale * (values[index] ?? 0),
  );
  const whole = signals.reduce((sum, part) => sum + part, learned.bias);
  // Taking the prior back is no lesson's own weight and is not limited with it.
  const limited = LEARNED_LIMIT * Math.tanh(whole / LEARNED_LIMIT);
  const left = whole === 0 ? 1 : limited / whole;
  return { logit: trust + limited, trust, bias: learned.bias * left, signals: signals.map((part) => part * left) };
}

export function encodeLearnedSpam({ trust, bias, scale, weights }: LearnedSpam): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + weights.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setFloat32(4, trust, true);
  view.setFloat32(8, bias, true);
  view.setFloat32(12, scale, true);
  bytes.set(new Uint8Array(weights.buffer, weights.byteOffset, weights.length), HEADER_BYTES);
  return bytes;
}

/** @throws for bytes that encodeLearnedSpam did not write */
export function decodeLearnedSpam(bytes: Uint8Array): LearnedSpam {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength !== HEADER_BYTES + SPAM_BUCKETS || view.getUint32(0, true) !== MAGIC)
    throw new Error(`${bytes.byteLength} bytes are nothing that was learned of spam`);
  return {
    trust: view.getFloat32(4, true),
    bias: view.getFloat32(8, true),
    scale: view.getFloat32(12, true),
    weights: new Int8Array(bytes.buffer, bytes.byteOffset + HEADER_BYTES, SPAM_BUCKETS),
  };
}
