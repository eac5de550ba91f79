import type { Row } from './classifier.js';
import { shuffled } from './shuffle.js';

export interface SolverSettings {
  /** What an error costs against the length of the weights: higher follows the examples more closely. */
  cost: number;
  epochs: number;
  /** 0 counts every example alike, 1 every label alike, however few examples it has. */
  balance: number;
  /** 0 to 1: how far terms are enlarged by how well they tell a label. */
  naiveBayes: number;
  seed: number;
}

export interface LinearWeights {
  /** By bucket the weights of all labels, one after another. */
  weights: Float32Array;
  bias: Float32Array;
}

/** The bias is one more term with this value, so that it is held small as the others are. */
const BIAS_VALUE = 0.5;
/** Gradients smaller than this no longer move an answer. */
const SETTLED = 0.02;

/**
 * One line against the rest for each label: a linear support vector machine with squared hinge loss, solved in its dual
 * by coordinate descent with shrinking (Hsieh et al., ICML 2008). It has no step size to choose, and the same examples give
 * the same weights.
 *
 * @param targets index of each row's label
 */
export function solveLinear(
  rows: readonly Row[],
  targets: readonly number[],
  labels: number,
  buckets: number,
  settings: SolverSettings,
): LinearWeights {
  const weights = new Float32Array(buckets * labels);
  const bias = new Float32Array(labels);
  const order = Int32Array.from(shuffled([...rows.keys()], settings.seed));
  for (let label = 0; label < labels; label++) {
    const signs = Int8Array.from(targets, (target) => (target === label ? 1 : -1));
    const scale = settings.naiveBayes > 0 ? logRatios(rows, signs, buckets, settings.naiveBayes) : null;
    const line = solveLine(rows, signs, scale, { ...settings, order, buckets });
    for (let bucket = 0; bucket < buckets; bucket++)
      weights[bucket * labels + label] = line[bucket]! * (scale?.[bucket] ?? 1);
    bias[label] = line[buckets]! * BIAS_VALUE;
  }
  return { weights, bias };
}

/**
 * How much more often each bucket occurs with the label than without (Wang and Manning, ACL 2012): terms that tell the label
 * are made larger before the line is fitted, so that few examples are enough.
 */
function logRatios(rows: readonly Row[], signs: Int8Array, buckets: number, share: number): Float32Array {
  const forLabel = new Float64Array(buckets).fill(1);
  const against = new Float64Array(buckets).fill(1);
  rows.forEach(({ buckets: places, values }, at) => {
    const side = signs[at] === 1 ? forLabel : against;
    for (let term = 0; term < places.length; term++) side[places[term]!]! += SMOOTH * values[term]!;
  });
  const sum = (side: Float64Array) => side.reduce((total, value) => total + value, 0);
  const [all, rest] = [sum(forLabel), sum(against)];
  return Float32Array.from(forLabel, (value, bucket) => {
    const ratio = Math.abs(Math.log(value / all / (against[bucket]! / rest)));
    return 1 - share + share * ratio;
  });
}

const SMOOTH = 10;

function solveLine(
  rows: readonly Row[],
  signs: Int8Array,
  scale: Float32Array | null,
  { order, buckets, epochs, cost, balance }: SolverSettings & { order: Int32Array; buckets: number },
): Float64Array {
  const line = new Float64Array(buckets + 1);
  const duals = new Float64Array(rows.length);
  const positive = signs.reduce((count, sign) => count + (sign === 1 ? 1 : 0), 0);
  const slackOf = (count: number) => 1 / (2 * cost * (rows.length / (2 * Math.max(1, count))) ** balance);
  const slacks = [slackOf(rows.length - positive), slackOf(positive)] as const;
  const lengths = rows.map((row) => squaredLength(row, scale));
  let active = order.slice();
  let limit = Infinity;
  for (let epoch = 0; epoch < epochs; epoch++) {
    let largest = 0;
    let kept = 0;
    for (const at of active) {
      const { buckets: places, values } = rows[at]!;
      const sign = signs[at]!;
      const slack = slacks[sign === 1 ? 1 : 0];
      const dual = duals[at]!;
      let score = line[buckets]! * BIAS_VALUE;
      if (scale === null)
        for (let term = 0; term < places.length; term++) score += line[places[term]!]! * values[term]!;
      else
        for (let term = 0; term < places.length; term++)
          score += line[places[term]!]! * values[term]! * scale[places[term]!]!;
      const gradient = sign * score - 1 + dual * slack;
      if (dual === 0 && gradient > limit) continue;
      active[kept++] = at;
      const projected = dual === 0 ? Math.min(0, gradient) : gradient;
      largest = Math.max(largest, Math.abs(projected));
      if (Math.abs(projected) < 1e-9) continue;
      const next = Math.max(0, dual - gradient / (lengths[at]! + slack));
      const change = (next - dual) * sign;
      duals[at] = next;
      line[buckets]! += change * BIAS_VALUE;
      if (scale === null)
        for (let term = 0; term < places.length; term++) line[places[term]!]! += change * values[term]!;
      else
        for (let term = 0; term < places.length; term++)
          line[places[term]!]! += change * values[term]! * scale[places[term]!]!;
    }
    active = active.subarray(0, kept);
    if (largest < SETTLED) {
      if (active.length === rows.length) break;
      // Those left aside are looked at once more before the line counts as settled.
      active = order.slice();
      limit = Infinity;
    } else limit = largest;
  }
  return line;
}

function squaredLength({ buckets, values }: Row, scale: Float32Array | null): number {
  let sum = BIAS_VALUE ** 2;
  for (let term = 0; term < values.length; term++) sum += (values[term]! * (scale?.[buckets[term]!] ?? 1)) ** 2;
  return sum;
}
