import type { PackedBase, PackedConsent, PackedExample } from '../../../src/domain/learning-task.js';
import { mergeOpinions, type MergedOpinion } from '../../../src/domain/learned-opinion.js';
import { decidePromotion, together } from '../../../src/domain/promotion.js';
import {
  CONSENTS_PER_EXAMPLE,
  foldOf,
  MOST_CONSENTS,
  MOST_UPDATES,
  TRAIN_AFTER,
  TRAINING_FOLDS,
  TRAINING_SEED,
} from '../../../src/domain/training.js';
import { writeClassifier } from '../../../src/engines/learning/classifier-format.js';
import { evaluateFold } from '../../../src/engines/learning/evaluate-fold.js';
import {
  currentModel,
  opinionOf,
  trainExamples,
  type OrganizationModel,
} from '../../../src/engines/learning/organization-model.js';
import { unpackFeatures } from '../../../src/engines/learning/packed-features.js';
import type { LabelledMail } from './mailbox.js';

/** How answers stand after some corrections. */
export interface Standing {
  corrections: number;
  /** Mails that had come by then. */
  mails: number;
  /** Share of the test mails that are called right. */
  accuracy: number;
  /** Of the answers with a confidence of 0.9 or more: how many of all, and how many of them right. */
  sureShare: number;
  sureAccuracy: number;
  calibrationError: number;
  promoted: number;
  rejected: number;
}

/**
 * A person reads the mailbox from its beginning and corrects each answer that is wrong, until `corrections` were given;
 * between them the product learns as it does: one by one at once, and a training after each TRAIN_AFTER, promoted by the
 * product's rule. Nothing of the test mails is ever seen.
 */
export function correctMailbox(
  mails: readonly LabelledMail[],
  test: readonly LabelledMail[],
  labels: ReadonlySet<string>,
  corrections: number,
  every: number,
  { confirms = false, diligence = 1 }: { confirms?: boolean; diligence?: number } = {},
): Standing[] {
  const consents: PackedConsent[] = [];
  const examples: PackedExample[] = [];
  let base: PackedBase | null = null;
  let model: OrganizationModel | null = null;
  const trainings = { promoted: 0, rejected: 0 };
  const standings = [standing(test, model, labels, examples.length, 0, trainings)];
  let come = 0;
  for (const mail of mails) {
    if (examples.length >= corrections) break;
    come += 1;
    const said = answer(mail, model, labels).label;
    const isSilent = said === mail.label ? !confirms : come % 10 >= 10 * diligence;
    if (isSilent) {
      if (examples.length > 0)
        consents.push({ label: said, features: mail.features, rules: Object.fromEntries(mail.rules), isNew: true });
      continue;
    }
    const { label, features, rules } = mail;
    examples.push({ number: examples.length + 1, label, features, rules: Object.fromEntries(rules) });
    if (examples.length % TRAIN_AFTER === 0) {
      const trained = train(
        base,
        examples,
        consents.slice(-Math.min(MOST_CONSENTS, CONSENTS_PER_EXAMPLE * examples.length)),
      );
      trainings[trained === null ? 'rejected' : 'promoted'] += 1;
      base = trained ?? base;
      if (trained !== null) for (const consent of consents) consent.isNew = false;
    }
    model = currentModel(base, examples, TRAINING_SEED);
    if (examples.length % every === 0) standings.push(standing(test, model, labels, examples.length, come, trainings));
  }
  return standings;
}

/** What the trainModel workflow does. */
function train(
  base: PackedBase | null,
  examples: readonly PackedExample[],
  consents: readonly PackedConsent[],
): PackedBase | null {
  const unseen = examples.filter(({ number }) => number > (base?.through ?? 0)).map(({ number }) => number);
  const folds = Array.from({ length: TRAINING_FOLDS }, (_, fold) => unseen.filter((number) => foldOf(number) === fold));
  const parts = folds
    .map((heldOut, fold) => ({ heldOut, fold }))
    .filter(({ heldOut }) => heldOut.length > 0)
    .map((part) => evaluateFold({ base, examples, consents, ...part, seed: TRAINING_SEED }));
  const mustReplace = base !== null && unseen.length >= MOST_UPDATES ? 'long' : null;
  if (!decidePromotion(together(parts), mustReplace).promoted) return null;
  return { weights: writeClassifier(trainExamples(examples, consents, TRAINING_SEED)), through: examples.length };
}

function answer(mail: LabelledMail, model: OrganizationModel | null, labels: ReadonlySet<string>): MergedOpinion {
  const opinion = model === null ? null : opinionOf(model, unpackFeatures(mail.features));
  const learned = opinion === null ? [] : [{ ...opinion, scope: 'organization' as const, version: null }];
  return mergeOpinions(mail.rules, learned, (label) => labels.has(label));
}

function standing(
  test: readonly LabelledMail[],
  model: OrganizationModel | null,
  labels: ReadonlySet<string>,
  corrections: number,
  mails: number,
  { promoted, rejected }: { promoted: number; rejected: number },
): Standing {
  const answers = test.map((mail) => ({ ...answer(mail, model, labels), right: mail.label }));
  const right = (some: typeof answers) => some.filter((one) => one.label === one.right).length;
  const sure = answers.filter(({ confidence }) => confidence >= 0.9);
  const bins = Map.groupBy(answers, ({ confidence }) => Math.min(9, Math.floor(confidence * 10)));
  const error = [...bins.values()].reduce(
    (sum, bin) => sum + Math.abs(bin.reduce((all, { confidence }) => all + confidence, 0) - right(bin)),
    0,
  );
  return {
    corrections,
    mails,
    accuracy: right(answers) / answers.length,
    sureShare: sure.length / answers.length,
    sureAccuracy: sure.length === 0 ? 0 : right(sure) / sure.length,
    calibrationError: error / answers.length,
    promoted,
    rejected,
  };
}
