import type { TrainedKind } from './correction.js';
import type { Evaluation, Verdict } from './promotion.js';

/** What a trainModel workflow is started with: ids. */
export interface TrainingInput {
  organizationId: string;
  modelId: string;
  /** Counted from 1 for each model. */
  training: number;
}

/** What a training looks at, fixed at its beginning: later corrections are the next one's. */
export interface TrainingPlan {
  kind: TrainedKind;
  baseId: string | null;
  /** The newest correction, and the newest that the base has learned. */
  through: number;
  learned: number;
  /** By the database's clock: what is taken back later may be in it. */
  plannedAt: string;
  examples: number;
  labels: string[];
  mustReplace: 'withdrawn' | 'long' | null;
}

export interface TrainingReport {
  result: 'promoted' | 'rejected' | 'nothing' | 'superseded';
  reason: string;
}

export interface FoldRequest extends TrainingInput {
  plan: TrainingPlan;
  fold: number;
}

export interface VersionRequest extends TrainingInput {
  plan: TrainingPlan;
  evaluation: Evaluation;
  verdict: Verdict;
}

export const TRAINING_WORKFLOW = 'trainModel';
export const TRAINING_FOLDS = 5;
export const TRAINING_SEED = 20_261_121;
/** New corrections after which a model is trained anew by itself. */
export const TRAIN_AFTER = 25;
/** Single updates on a version after which a candidate that is no worse takes over, so that loading it stays quick. */
export const MOST_UPDATES = 250;
/** The newest examples that a training reads. */
export const MOST_TRAINING_EXAMPLES = 2_000;
/** The newest mails that nobody contradicted which a training reads beside them. */
export const MOST_CONSENTS = 500;
/** And no more of them for each correction, so that silence does not drown what people said. */
export const CONSENTS_PER_EXAMPLE = 5;
/** The newest examples that answers are learned from where no version was promoted yet. */
export const MOST_UNTRAINED_EXAMPLES = 300;

export function trainingWorkflowId({ modelId, training }: Pick<TrainingInput, 'modelId' | 'training'>): string {
  return `training-${modelId}-${training}`;
}

/** The part in which an example is held out: spread by its number, the same in every attempt. */
export function foldOf(number: number): number {
  return (Math.imul(number ^ TRAINING_SEED, 0x9e3779b1) >>> 16) % TRAINING_FOLDS;
}
