import { mergeOpinions } from '../../domain/learned-opinion.js';
import { evaluate, withMailAsItCame, type Evaluation, type Judged } from '../../domain/promotion.js';
import type { FoldTask, PackedConsent, PackedExample } from '../../domain/learning-task.js';
import { TRAINING_FOLDS } from '../../domain/training.js';
import { countsOf, currentModel, opinionOf, trainExamples } from './organization-model.js';
import type { OrganizationModel } from './organization-model.js';
import { unpackFeatures } from './packed-features.js';

type Answered = Omit<PackedExample, 'number'>;

/**
 * Candidate and current model on examples that neither sees: one trained in full on all the others, the other the base
 * with the others after it learned on top. Where there is no base, the current answer is that of the rules alone. Both
 * are asked as mail asks them: merged with what the rules said.
 */
export function evaluateFold(task: Omit<FoldTask, 'task'>): Evaluation {
  const { base, examples, consents, heldOut, fold, seed } = task;
  const held = new Set(heldOut);
  const seen = examples.filter(({ number }) => !held.has(number));
  const isHeld = ({ isNew }: PackedConsent, at: number) => isNew && at % TRAINING_FOLDS === fold;
  const others = consents.filter((consent, at) => !isHeld(consent, at));
  const candidate: OrganizationModel | null =
    seen.length === 0 ? null : { classifier: trainExamples(seen, others, seed), counts: countsOf(seen) };
  const current = base === null ? null : currentModel(base, seen, seed);
  const judged = examples.filter(({ number }) => held.has(number)).map((example) => judge(example, candidate, current));
  const consented = consents.filter(isHeld).map((consent) => judge(consent, candidate, current));
  return withMailAsItCame(evaluate(judged), judged, consented);
}

function judge(example: Answered, candidate: OrganizationModel | null, current: OrganizationModel | null): Judged {
  const one = answer(example, candidate);
  const other = answer(example, current);
  const ofRight = (given: typeof one) => given.distribution.get(example.label) ?? 0;
  return {
    right: example.label,
    candidate: { label: one.label, confidence: one.confidence, ofRight: ofRight(one) },
    current: { label: other.label, ofRight: ofRight(other) },
  };
}

function answer({ features, rules, label }: Answered, model: OrganizationModel | null) {
  const concerns = concernsOf(label);
  const opinion = model === null ? null : opinionOf(model, unpackFeatures(features), concerns);
  const learned = opinion === null ? [] : [{ ...opinion, scope: 'organization' as const, version: null }];
  return mergeOpinions(new Map(Object.entries(rules)), learned);
}

/** Suggestions are judged each for itself: `archive:accepted` against `archive:dismissed`. */
export function concernsOf(label: string): (other: string) => boolean {
  const colon = label.indexOf(':');
  if (colon < 0) return () => true;
  const action = label.slice(0, colon + 1);
  return (other) => other.startsWith(action);
}
