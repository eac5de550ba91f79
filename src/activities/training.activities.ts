import type { LearningThreads } from '../adapters/learning/learning-threads.js';
import type { Trainings } from '../adapters/learning/trainings.js';
import type { PackedConsent } from '../domain/learning-task.js';
import { NO_EVALUATION, type Evaluation } from '../domain/promotion.js';
import {
  foldOf,
  TRAINING_SEED,
  type FoldRequest,
  type TrainingInput,
  type TrainingPlan,
  type TrainingReport,
  type VersionRequest,
} from '../domain/training.js';
import { LEARNING_ENGINE } from '../engines/learning/organization-model.js';

export interface TrainingActivityDeps {
  trainings: Pick<Trainings, 'plan' | 'examples' | 'base' | 'conclude' | 'abandon'>;
  /** Mails whose answer nobody contradicted. */
  consents: (input: TrainingInput, plan: TrainingPlan, onPiece: () => void) => Promise<PackedConsent[]>;
  threads: Pick<LearningThreads, 'fold' | 'version'>;
  heartbeat: () => void;
  cancellation: () => AbortSignal;
}

/** While a thread computes, Temporal is told this often that the activity lives. */
const HEARTBEAT_MS = 3_000;

/** What a training does outside its workflow; the CPU work in a thread, examples in pieces. */
export function createTrainingActivities(deps: TrainingActivityDeps) {
  const { trainings, threads } = deps;

  return {
    /** Safe to run twice: it only reads. */
    planTraining(input: TrainingInput): Promise<TrainingPlan | null> {
      return trainings.plan(input);
    },

    /** Safe to run twice: it only reads, and the same examples and mails give the same figures. */
    async evaluateFold({ plan, fold, ...input }: FoldRequest): Promise<Evaluation> {
      const [base, examples, consents] = await Promise.all([
        trainings.base(input, plan),
        trainings.examples(input, plan, deps.heartbeat),
        deps.consents(input, plan, deps.heartbeat),
      ]);
      // What the base has learned proves nothing of it.
      const unseen = examples.filter(({ number }) => number > (base?.through ?? 0));
      const heldOut = unseen.filter(({ number }) => foldOf(number) === fold).map(({ number }) => number);
      if (heldOut.length === 0) return NO_EVALUATION;
      return beating(deps, () =>
        threads.fold({ base, examples, consents, heldOut, fold, seed: TRAINING_SEED }, deps.cancellation()),
      );
    },

    /** Safe to run twice: the version's number is the training's, so that it is written and promoted once. */
    async concludeTraining(request: VersionRequest): Promise<TrainingReport> {
      const { plan, verdict } = request;
      if (!verdict.promoted) return trainings.conclude(request, LEARNING_ENGINE, null);
      const examples = await trainings.examples(request, plan, deps.heartbeat);
      const consents = examples.length === 0 ? [] : await deps.consents(request, plan, deps.heartbeat);
      const trained =
        examples.length === 0
          ? null
          : await beating(deps, () =>
              threads.version({ examples, consents, seed: TRAINING_SEED }, deps.cancellation()),
            );
      return trainings.conclude(request, LEARNING_ENGINE, trained);
    },

    /** Safe to run twice: a training that is over is left alone. */
    abandonTraining(input: TrainingInput): Promise<void> {
      return trainings.abandon(input);
    },
  };
}

export type TrainingActivities = ReturnType<typeof createTrainingActivities>;

async function beating<T>({ heartbeat }: TrainingActivityDeps, work: () => Promise<T>): Promise<T> {
  const timer = setInterval(heartbeat, HEARTBEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
