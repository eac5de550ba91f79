import { fitScope, fitTemperature, USUAL_SCOPE } from './calibration.js';
import type { Held } from './calibration.js';
import type { Classifier, Doubt, Row } from './classifier.js';
import { BLOCK_WEIGHTS, doubtOf, MOST_BUCKETS, rowOf, scoresOf, softmax } from './classifier.js';
import { solveLinear } from './linear-solver.js';
import { shuffled } from './shuffle.js';
import type { BlockKind, Features } from './text-features.js';

export interface Example {
  features: Features;
  label: string;
}

export interface TrainingOptions {
  seed: number;
  /** A power of two. */
  buckets: number;
  cost: number;
  epochs: number;
  /** 0 counts every example alike, 1 every label alike. */
  balance: number;
  /** 0 to 1: how far terms are enlarged by how well they tell a label; helps where examples are few. */
  naiveBayes: number;
  /** Parts that the examples are held out in to calibrate. */
  folds: number;
  blockWeights: Readonly<Record<BlockKind, number>>;
  /** Texts that belong to none of the labels, where there are any. */
  outside: readonly Features[];
}

export const TRAINING_DEFAULTS = {
  seed: 1,
  buckets: 2 ** 15,
  cost: 1,
  epochs: 30,
  balance: 0.3,
  naiveBayes: 0,
  folds: 4,
  blockWeights: BLOCK_WEIGHTS,
  outside: [],
} satisfies TrainingOptions;

/** Fewer labels than this are all needed to learn anything: none can be left out to see what a stranger looks like. */
const LABELS_TO_OMIT = 4;
const CALIBRATING_EPOCHS = 12;

/**
 * A classifier of examples. Confidence is fitted on parts of the examples held out in turn; so is the sense for what
 * belongs to no label: in each turn some labels are left out, and their examples are strangers to it.
 */
export function trainClassifier(examples: readonly Example[], given: Partial<TrainingOptions> = {}): Classifier {
  const options = { ...TRAINING_DEFAULTS, ...given };
  if (options.buckets > MOST_BUCKETS || (options.buckets & (options.buckets - 1)) !== 0)
    throw new RangeError(`${options.buckets} buckets are no power of two up to ${MOST_BUCKETS}`);
  const labels = [...new Set(examples.map(({ label }) => label))].toSorted();
  const rarity = rarityOf(examples, options.buckets);
  const seen = Uint8Array.from(rarity, (value) => (value < 0 ? 0 : 1));
  const weighing = { buckets: options.buckets, blockWeights: options.blockWeights, rarity: rarity.map(Math.abs), seen };
  const rows = examples.map(({ features }) => rowOf(features, weighing));
  const targets = examples.map(({ label }) => labels.indexOf(label));
  const { weights, bias } = solveLinear(rows, targets, labels.length, options.buckets, options);
  const outside = options.outside.map((features) => rowOf(features, weighing));
  const calibration = calibrate(rows, targets, labels.length, outside, options);
  return { labels, ...weighing, weights, bias, ...calibration, examples: examples.length };
}

/** Inverse document frequency by bucket; negative where no example has a term in it. */
function rarityOf(examples: readonly Example[], buckets: number): Float32Array {
  const found = new Float32Array(buckets);
  for (const { features } of examples) {
    const own = new Set<number>();
    for (const { hashes } of features.blocks) for (const hash of hashes) own.add(hash & (buckets - 1));
    for (const bucket of own) found[bucket]!++;
  }
  const all = examples.length + 1;
  return found.map((count) => (1 + Math.log(all / (count + 1))) * (count === 0 ? -1 : 1));
}

function calibrate(
  rows: readonly Row[],
  targets: readonly number[],
  labels: number,
  outside: readonly Row[],
  options: TrainingOptions,
): Pick<Classifier, 'temperature' | 'scope'> {
  const held: (Held & { row: Row })[] = [];
  const strangers: { scores: Float64Array; row: Row }[] = [];
  const order = shuffled([...rows.keys()], options.seed + 1);
  const labelOrder = shuffled([...Array(labels).keys()], options.seed + 2);
  const folds = Math.min(options.folds, rows.length);
  if (labels < 2 || folds < 2) return { temperature: fitTemperature([]), scope: USUAL_SCOPE };
  for (let fold = 0; fold < folds; fold++) {
    const omitted = new Set(
      labels < LABELS_TO_OMIT ? [] : labelOrder.filter((_, at) => at % Math.max(folds, 4) === fold),
    );
    const within = order.filter((row, at) => at % folds !== fold && !omitted.has(targets[row]!));
    const kept = [...new Set(within.map((row) => targets[row]!))].toSorted((one, two) => one - two);
    if (kept.length < 2) continue;
    const place = new Map(kept.map((target, at) => [target, at]));
    const part = within.map((row) => rows[row]!);
    const goals = within.map((row) => place.get(targets[row]!)!);
    const settings = { ...options, epochs: Math.min(options.epochs, CALIBRATING_EPOCHS) };
    const solved = solveLinear(part, goals, kept.length, options.buckets, settings);
    const scoring = { labels: kept.map(String), ...solved } as unknown as Classifier;
    const known = new Uint8Array(options.buckets);
    for (const { buckets } of part) for (const bucket of buckets) known[bucket] = 1;
    order.forEach((at, position) => {
      const row = rows[at]!;
      const target = place.get(targets[at]!);
      if (target !== undefined && position % folds !== fold) return;
      if (target === undefined) strangers.push({ scores: scoresOf(scoring, row), row: asSeenBy(row, known) });
      else held.push({ scores: scoresOf(scoring, row), target, row: asSeenBy(row, known) });
    });
    for (const row of outside) strangers.push({ scores: scoresOf(scoring, row), row: asSeenBy(row, known) });
  }
  const temperature = fitTemperature(held);
  const doubt = ({ scores, row }: { scores: Float64Array; row: Row }): Doubt =>
    doubtOf(scores, Math.max(...softmax(scores, temperature)), row.coverage);
  return { temperature, scope: fitScope(held.map(doubt), strangers.map(doubt)) };
}

/** Coverage as a classifier has it that knows only a part of the examples. */
function asSeenBy(row: Row, known: Uint8Array): Row {
  let all = 0;
  let found = 0;
  row.buckets.forEach((bucket, at) => {
    const value = row.values[at]!;
    all += value;
    if (known[bucket]) found += value;
  });
  return { ...row, coverage: all === 0 ? 0 : found / all };
}
