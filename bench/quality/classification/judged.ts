import { predict, type Classifier } from '../../../src/engines/learning/classifier.js';
import { meaningOfMail } from '../meaning.js';
import { featuresOf, type FeatureSource } from '../../../src/engines/learning/text-features.js';
import { trainClassifier, type Example, type TrainingOptions } from '../../../src/engines/learning/train-classifier.js';

/** One answer of an engine: how sure it was, and whether it was right. */
export interface Judged {
  right: boolean;
  confidence: number;
}

/** An example as a worker sees it: its words, and what they mean. */
export function exampleOf({ label, ...source }: FeatureSource & { label: string }): Example {
  return { features: featuresOf({ meaning: meaningOfMail(source.subject, source.text), ...source }), label };
}

/** Trains on one part of a set and answers the other. */
export function trainedOn(
  {
    train,
    test,
  }: { train: readonly (FeatureSource & { label: string })[]; test: readonly (FeatureSource & { label: string })[] },
  options: Partial<TrainingOptions> = {},
): { model: Classifier; judged: Judged[] } {
  const model = trainClassifier(train.map(exampleOf), options);
  return { model, judged: test.map((text) => judgedBy(model, exampleOf(text))) };
}

export function judgedBy(model: Classifier, { features, label }: Example): Judged {
  const { label: said, confidence } = predict(model, features);
  return { right: said === label, confidence };
}

export function accuracyOf(judged: readonly Judged[]): number {
  return judged.filter(({ right }) => right).length / Math.max(1, judged.length);
}

/** Expected calibration error over ten bins of equal width. */
export function calibrationError(judged: readonly Judged[]): number {
  const bins = Map.groupBy(judged, ({ confidence }) => Math.min(9, Math.floor(confidence * 10)));
  const gaps = [...bins.values()].map((bin) =>
    Math.abs(bin.reduce((sum, { confidence, right }) => sum + confidence - (right ? 1 : 0), 0)),
  );
  return gaps.reduce((sum, gap) => sum + gap, 0) / Math.max(1, judged.length);
}

/** Of the answers at least so sure: their share of all, and the share of them that is right. */
export function sureOnes(judged: readonly Judged[], least: number): { share: number; right: number } {
  const sure = judged.filter(({ confidence }) => confidence >= least);
  return { share: sure.length / Math.max(1, judged.length), right: accuracyOf(sure) };
}

/** Agreement beyond chance of two readers of the same things (Cohen). */
export function kappaOf(pairs: readonly (readonly [string, string])[]): number {
  const labels = new Set(pairs.flat());
  const agreed = pairs.filter(([one, two]) => one === two).length / pairs.length;
  let chance = 0;
  for (const label of labels) {
    const share = (side: 0 | 1) => pairs.filter((pair) => pair[side] === label).length / pairs.length;
    chance += share(0) * share(1);
  }
  return (agreed - chance) / (1 - chance);
}
