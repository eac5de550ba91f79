import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import type { Concept, SentenceSignals } from '../engines/prediction/reply-signals.js';
import { CONCEPTS, signalsOf } from '../engines/prediction/reply-signals.js';

/**
 * Trains the weights in src/engines/prediction/reply-weights.ts: whether a sentence asks its reader for something.
 *
 * Data: intent-parakweet (ParakweetLabs/EmailIntentDataSet, Apache-2.0), which may train what ships. Its first file
 * trains. Its second, without the sentences that the first has as well, is nearer to ordinary mail (a third of it asks,
 * against half of the first): every third sentence calibrates (Platt), the others only measure. No randomness: the split
 * goes by position, steps are full batches; the same data give the same weights.
 */

const TERMS = 300;
/** Rarer ones are names of people in the data and accidents. */
const LEAST_OCCURRENCES = 8;
const CALIBRATE_EVERY = 3;
const STEPS = 600;
const RATE = 1.2;
const RIDGE = 0.002;

interface Example {
  signals: SentenceSignals;
  asks: boolean;
}

interface Weights {
  bias: number;
  concepts: Record<Concept, number>;
  terms: Map<string, number>;
}

interface Calibrated extends Weights {
  slope: number;
  shift: number;
}

const sigmoid = (logit: number) => 1 / (1 + Math.exp(-logit));

function read(file: string): Map<string, boolean> {
  const examples = new Map<string, boolean>();
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const [label, sentence] = line.split('\t');
    if ((label === 'Yes' || label === 'No') && sentence) examples.set(sentence.trim(), label === 'Yes');
  }
  return examples;
}

/** The terms that tell the classes apart best: mutual information with the label. */
function chooseTerms(examples: readonly Example[], limit: number): string[] {
  const counts = new Map<string, { yes: number; no: number }>();
  for (const { signals, asks } of examples) {
    for (const term of signals.terms) {
      const count = counts.get(term) ?? { yes: 0, no: 0 };
      count[asks ? 'yes' : 'no']++;
      counts.set(term, count);
    }
  }
  const yes = examples.filter(({ asks }) => asks).length;
  const scored = [...counts]
    .filter(([, count]) => count.yes + count.no >= LEAST_OCCURRENCES)
    .map(([term, count]) => ({ term, score: information(count.yes, count.no, yes, examples.length - yes) }));
  return scored
    .sort((a, b) => b.score - a.score || (a.term < b.term ? -1 : 1))
    .slice(0, limit)
    .map(({ term }) => term);
}

function information(withYes: number, withNo: number, yes: number, no: number): number {
  const total = yes + no;
  const cell = (count: number, row: number, column: number) =>
    count === 0 ? 0 : (count / total) * Math.log((count * total) / (row * column));
  const present = withYes + withNo;
  const absent = total - present;
  return (
    cell(withYes, present, yes) +
    cell(withNo, present, no) +
    cell(yes - withYes, absent, yes) +
    cell(no - withNo, absent, no)
  );
}

function train(examples: readonly Example[], terms: readonly string[]): Weights {
  const index = new Map(terms.map((term, at) => [term, CONCEPTS.length + at]));
  const rows = examples.map(({ signals, asks }) => ({ features: sparse(signals, index), target: asks ? 1 : 0 }));
  const weights = new Float64Array(CONCEPTS.length + terms.length);
  const velocity = new Float64Array(weights.length);
  let bias = 0;
  for (let step = 0; step < STEPS; step++) {
    const gradient = new Float64Array(weights.length);
    let biasGradient = 0;
    for (const { features, target } of rows) {
      const error = sigmoid(bias + features.reduce((sum, [at, value]) => sum + (weights[at] ?? 0) * value, 0)) - target;
      biasGradient += error;
      for (const [at, value] of features) gradient[at] = (gradient[at] ?? 0) + error * value;
    }
    for (let at = 0; at < weights.length; at++) {
      const slope = (gradient[at] ?? 0) / rows.length + RIDGE * (weights[at] ?? 0);
      velocity[at] = 0.9 * (velocity[at] ?? 0) - RATE * slope;
      weights[at] = (weights[at] ?? 0) + (velocity[at] ?? 0);
    }
    bias -= (RATE * biasGradient) / rows.length;
  }
  const concepts = Object.fromEntries(CONCEPTS.map((concept, at) => [concept, weights[at] ?? 0])) as Record<
    Concept,
    number
  >;
  return { bias, concepts, terms: new Map(terms.map((term, at) => [term, weights[CONCEPTS.length + at] ?? 0])) };
}

function sparse(signals: SentenceSignals, index: ReadonlyMap<string, number>): [number, number][] {
  const concepts = CONCEPTS.map((concept, at): [number, number] => [at, signals.concepts[concept] ?? 0]);
  const terms = signals.terms.map((term): [number, number] => [index.get(term) ?? -1, 1]);
  return [...concepts.filter(([, value]) => value !== 0), ...terms.filter(([at]) => at >= 0)];
}

function logitOf({ concepts, terms }: SentenceSignals, weights: Weights): number {
  const byConcept = CONCEPTS.reduce((sum, concept) => sum + (concepts[concept] ?? 0) * weights.concepts[concept], 0);
  return weights.bias + byConcept + terms.reduce((sum, term) => sum + (weights.terms.get(term) ?? 0), 0);
}

/** Platt: a slope and a shift that make logits of unseen folds true probabilities. */
function calibrate(pairs: readonly { logit: number; asks: boolean }[]): { slope: number; shift: number } {
  let slope = 1;
  let shift = 0;
  for (let step = 0; step < 2_000; step++) {
    let bySlope = 0;
    let byShift = 0;
    for (const { logit, asks } of pairs) {
      const error = sigmoid(slope * logit + shift) - (asks ? 1 : 0);
      bySlope += error * logit;
      byShift += error;
    }
    slope -= (0.3 * bySlope) / pairs.length;
    shift -= (0.3 * byShift) / pairs.length;
  }
  return { slope, shift };
}

function fit(examples: readonly Example[], calibrating: readonly Example[], limit: number): Calibrated {
  const weights = train(examples, chooseTerms(examples, limit));
  return {
    ...weights,
    ...calibrate(calibrating.map(({ signals, asks }) => ({ logit: logitOf(signals, weights), asks }))),
  };
}

interface Quality {
  accuracy: number;
  f1: number;
  /** Expected calibration error over ten bins of equal width. */
  ece: number;
  brier: number;
}

function measure(examples: readonly Example[], model: Calibrated): Quality {
  const judged = examples.map(({ signals, asks }) => ({
    probability: sigmoid(model.slope * logitOf(signals, model) + model.shift),
    target: asks ? 1 : 0,
  }));
  const right = judged.filter(({ probability, target }) => (probability >= 0.5 ? 1 : 0) === target).length;
  const hits = judged.filter(({ probability, target }) => probability >= 0.5 && target === 1).length;
  const said = judged.filter(({ probability }) => probability >= 0.5).length;
  const asking = judged.filter(({ target }) => target === 1).length;
  const bins = Map.groupBy(judged, ({ probability }) => Math.min(9, Math.floor(probability * 10)));
  const gaps = [...bins.values()].map((bin) =>
    Math.abs(bin.reduce((sum, { probability, target }) => sum + probability - target, 0)),
  );
  return {
    accuracy: right / judged.length,
    f1: (2 * hits) / (said + asking),
    ece: gaps.reduce((sum, gap) => sum + gap, 0) / judged.length,
    brier: judged.reduce((sum, { probability, target }) => sum + (probability - target) ** 2, 0) / judged.length,
  };
}

function moduleText(models: { english: Calibrated; anyLanguage: Calibrated }): string {
  const rounded = (value: number) => Number(value.toFixed(3));
  const text = ({ bias, concepts, terms, slope, shift }: Calibrated) => {
    const named = Object.fromEntries(CONCEPTS.map((concept) => [concept, rounded(concepts[concept])]));
    const listed = [...terms].map(([term, weight]) => `${term}=${rounded(weight)}`).join('|');
    const map = listed === '' ? 'new Map<string, number>()' : `readTerms(${JSON.stringify(listed)})`;
    return `{ bias: ${rounded(bias)}, concepts: ${JSON.stringify(named)}, slope: ${rounded(slope)}, shift: ${rounded(shift)}, terms: ${map} }`;
  };
  return `// Generated by src/cli/train-reply.ts from intent-parakweet (Apache-2.0); change the script, not this file.
import type { SentenceModel } from './reply-model.js';

const readTerms = (list: string): Map<string, number> =>
  new Map(
    list.split('|').map((entry): [string, number] => {
      const at = entry.lastIndexOf('=');
      return [entry.slice(0, at), Number(entry.slice(at + 1))];
    }),
  );

export const REPLY_WEIGHTS: { english: SentenceModel; anyLanguage: SentenceModel } = {
  english: ${text(models.english)},
  anyLanguage: ${text(models.anyLanguage)},
};
`;
}

function toExamples(sentences: Iterable<readonly [string, boolean]>): Example[] {
  return [...sentences].map(([sentence, asks]) => ({ signals: signalsOf(sentence), asks }));
}

function main(data: string, output: string): void {
  const forTraining = read(join(data, 'intent-parakweet', 'Ask0729-fixed.txt'));
  const forTest = read(join(data, 'intent-parakweet', 'testSet-qualifiedBatch-fixed.txt'));
  const examples = toExamples(forTraining);
  const held = toExamples([...forTest].filter(([sentence]) => !forTraining.has(sentence)));
  const calibrating = held.filter((_example, at) => at % CALIBRATE_EVERY === 0);
  const unseen = held.filter((_example, at) => at % CALIBRATE_EVERY !== 0);
  const english = fit(examples, calibrating, TERMS);
  const anyLanguage = fit(examples, calibrating, 0);
  writeFileSync(output, moduleText({ english, anyLanguage }));
  for (const [name, model] of Object.entries({ english, anyLanguage })) {
    const figures = Object.entries(measure(unseen, model)).map(([figure, value]) => `${figure} ${value.toFixed(3)}`);
    process.stdout.write(`${name}: ${figures.join(', ')} on ${unseen.length} unseen sentences\n`);
  }
}

new Command()
  .description('trains the weights of replyNeeded and measures them on sentences that it did not see')
  .requiredOption('--data <folder>', 'folder that holds intent-parakweet')
  .option('--output <file>', 'module to write', 'src/engines/prediction/reply-weights.ts')
  .action(({ data, output }: { data: string; output: string }) => main(data, output))
  .parse();
