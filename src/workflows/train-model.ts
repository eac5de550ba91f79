import { defineQuery, setCurrentDetails, setHandler } from '@temporalio/workflow';
import { decidePromotion, together, type Evaluation } from '../domain/promotion.js';
import { TRAINING_FOLDS, type TrainingInput, type TrainingPlan, type TrainingReport } from '../domain/training.js';
import { abandonTraining, concludeTraining, evaluateFold, planTraining } from './proxies.js';

export interface TrainingProgress {
  plan: TrainingPlan | null;
  folds: number;
}

export const progressQuery = defineQuery<TrainingProgress>('progress');

/**
 * Trains a model of an organization in full, compares it with what answers now on examples that neither has seen, and
 * promotes it where it is better. Examples never come here; a worker that dies takes one fold with it at most.
 */
export async function trainModel(input: TrainingInput): Promise<TrainingReport> {
  const parts: Evaluation[] = [];
  let plan: TrainingPlan | null = null;
  setHandler(progressQuery, () => ({ plan, folds: parts.length }));
  plan = await planTraining(input);
  if (plan === null || (plan.examples === 0 && plan.mustReplace === null)) {
    await abandonTraining(input);
    return { result: 'nothing', reason: 'there is nothing to learn from' };
  }
  for (let fold = 0; fold < TRAINING_FOLDS; fold += 1) {
    parts.push(await evaluateFold({ ...input, plan, fold }));
    setCurrentDetails(
      `Training ${input.training}: ${parts.length} of ${TRAINING_FOLDS} folds of ${plan.examples} examples`,
    );
  }
  const evaluation = together(parts);
  const verdict = decidePromotion(evaluation, plan.mustReplace);
  const report = await concludeTraining({ ...input, plan, evaluation, verdict });
  setCurrentDetails(`Training ${input.training}: **${report.result}**, ${report.reason}`);
  return report;
}
