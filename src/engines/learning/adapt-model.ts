import type { Classifier } from './classifier.js';
import { rowOf, scoresOf } from './classifier.js';
import type { Example } from './train-classifier.js';

const COST = 2;
const SWEEPS = 30;
/** Steps smaller than this no longer move an answer. */
const SETTLED = 1e-3;
const BIAS_VALUE = 0.5;

/**
 * A classifier that has learned further examples, all at once: for each label the line that is nearest to the given one
 * and does them justice (a support vector machine with squared hinge loss around a prior, solved in its dual). What it
 * gets right by itself changes nothing, so that a few corrections do not undo what many had taught, and their order does
 * not count. A label that it did not know is added. The given classifier stays as it is.
 */
export function adaptClassifier(model: Classifier, examples: readonly Example[]): Classifier {
  const added = [...new Set(examples.map(({ label }) => label))].filter((label) => !model.labels.includes(label));
  const adapted = withLabels(model, added.toSorted());
  const count = adapted.labels.length;
  const rows = examples.map(({ features }) => rowOf(features, adapted));
  const offsets = rows.map((row) => scoresOf(adapted, row));
  const squares = rows.map(({ values }) => values.reduce((sum, value) => sum + value * value, BIAS_VALUE ** 2));
  const targets = examples.map(({ label }) => adapted.labels.indexOf(label));
  const { weights, bias } = adapted;
  const line = new Float64Array(adapted.buckets);
  for (let label = 0; label < count; label += 1) {
    line.fill(0);
    let shift = 0;
    const duals = new Float64Array(rows.length);
    for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
      let largest = 0;
      for (let at = 0; at < rows.length; at += 1) {
        const { buckets, values } = rows[at]!;
        const sign = targets[at] === label ? 1 : -1;
        let score = offsets[at]![label]! + shift * BIAS_VALUE;
        for (let term = 0; term < buckets.length; term += 1) score += line[buckets[term]!]! * values[term]!;
        const slack = 1 / (2 * COST);
        const dual = duals[at]!;
        const next = Math.max(0, dual - (sign * score - 1 + dual * slack) / (squares[at]! + slack));
        const change = (next - dual) * sign;
        if (change === 0) continue;
        duals[at] = next;
        largest = Math.max(largest, Math.abs(change));
        shift += change * BIAS_VALUE;
        for (let term = 0; term < buckets.length; term += 1) line[buckets[term]!]! += change * values[term]!;
      }
      if (largest < SETTLED) break;
    }
    bias[label]! += shift * BIAS_VALUE;
    for (let bucket = 0; bucket < line.length; bucket += 1) weights[bucket * count + label]! += line[bucket]!;
  }
  for (const { buckets } of rows) for (const bucket of buckets) adapted.seen[bucket] = 1;
  return { ...adapted, examples: model.examples + examples.length };
}

/** A copy that may be written to, with a place for further labels: as those of lines that never saw them, not likely. */
function withLabels(model: Classifier, added: readonly string[]): Classifier {
  const before = model.labels.length;
  const count = before + added.length;
  const weights = new Float32Array(model.buckets * count);
  for (let bucket = 0; bucket < model.buckets; bucket += 1)
    for (let label = 0; label < before; label += 1)
      weights[bucket * count + label] = model.weights[bucket * before + label]!;
  const bias = new Float32Array(count).fill(-1);
  bias.set(model.bias);
  return { ...model, labels: [...model.labels, ...added], weights, bias, seen: model.seen.slice() };
}
