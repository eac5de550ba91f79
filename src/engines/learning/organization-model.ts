import type { LearnedOpinion } from '../../domain/learned-opinion.js';
import type { PackedBase, PackedConsent, PackedExample } from '../../domain/learning-task.js';
import { adaptClassifier } from './adapt-model.js';
import { readClassifier } from './classifier-format.js';
import type { Classifier } from './classifier.js';
import { BLOCK_WEIGHTS, judge, rowOf, scoresOf } from './classifier.js';
import { unpackFeatures } from './packed-features.js';
import type { Features } from './text-features.js';
import { trainClassifier } from './train-classifier.js';

export const LEARNING_ENGINE = { engine: 'hashed-linear', version: '2' } as const;

/** Of one organization's mail, who sent it and which way tells more than it does of mail at large. */
const NAMED_WEIGHT = 1.5;

/** What an organization's corrections of one kind come to. */
export interface OrganizationModel {
  classifier: Classifier;
  /** Examples by label. */
  counts: ReadonlyMap<string, number>;
}

/**
 * How a model is trained, in full or where there is no version to build on; the same for the same examples. Mistakes alone
 * say what is hard and not how often an answer is right: with consents the mail is there as it comes, so that confidence
 * is fitted on it, and on how often mail is of a label that is not known.
 */
export function trainExamples(
  examples: readonly PackedExample[],
  consents: readonly PackedConsent[],
  seed: number,
): Classifier {
  const mails = [...examples, ...consents];
  const classifier = trainClassifier(
    mails.map(({ label, features }) => ({ label, features: unpackFeatures(features) })),
    { seed, blockWeights: { ...BLOCK_WEIGHTS, named: NAMED_WEIGHT } },
  );
  if (consents.length === 0) return classifier;
  const { scope } = classifier;
  return { ...classifier, scope: { ...scope, bias: scope.bias + strangerOdds(countsOf(mails)) } };
}

/**
 * The sense for strangers is fitted on as many of them as of others. How many there are in mail as it comes: the share of
 * examples that are the only one of their label (Good and Turing), never none.
 */
function strangerOdds(counts: ReadonlyMap<string, number>): number {
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const single = [...counts.values()].filter((count) => count === 1).length;
  const share = (single + 1) / (all + 2);
  return Math.log((1 - share) / share);
}

/**
 * The model that answers now: the promoted version with the later examples learned on top of it,
 * or, where none was promoted yet, one trained on the examples. A function of its arguments alone, so that every process
 * that reads the same examples answers the same. Null where there is nothing to learn from.
 */
export function currentModel(
  base: PackedBase | null,
  examples: readonly PackedExample[],
  seed: number,
): OrganizationModel | null {
  const counts = countsOf(examples);
  if (base === null) return examples.length === 0 ? null : { classifier: trainExamples(examples, [], seed), counts };
  const later = examples
    .filter(({ number }) => number > base.through)
    .toSorted((one, other) => one.number - other.number)
    .map(({ label, features }) => ({ label, features: unpackFeatures(features) }));
  const classifier = readClassifier(base.weights);
  return { classifier: later.length === 0 ? classifier : adaptClassifier(classifier, later), counts };
}

export function countsOf(examples: readonly Pick<PackedExample, 'label'>[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { label } of examples) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
}

/** Below so many labels nothing could be left out to learn what a stranger looks like: then known words must tell. */
const LABELS_THAT_TELL = 4;
const LEAST_COVERAGE = 0.25;
const FULL_COVERAGE = 0.75;

/**
 * What a model says of a mail, among the labels that `concerns` takes; null where it knows none of them.
 */
export function opinionOf(
  { classifier, counts }: OrganizationModel,
  features: Features,
  concerns: (label: string) => boolean = () => true,
): Pick<LearnedOpinion, 'distribution' | 'familiarity' | 'examples'> | null {
  const row = rowOf(features, classifier);
  const { distribution, inScope } = judge(classifier, scoresOf(classifier, row), row.coverage);
  const known = distribution.filter(({ label }) => concerns(label));
  const sum = known.reduce((all, { probability }) => all + probability, 0);
  if (known.length === 0 || sum <= 0) return null;
  const examples = [...counts].reduce((all, [label, count]) => all + (concerns(label) ? count : 0), 0);
  const covered = Math.max(0, Math.min(1, (row.coverage - LEAST_COVERAGE) / (FULL_COVERAGE - LEAST_COVERAGE)));
  return {
    distribution: new Map(known.map(({ label, probability }) => [label, probability / sum])),
    familiarity: classifier.labels.length < LABELS_THAT_TELL ? covered : inScope,
    examples,
  };
}
