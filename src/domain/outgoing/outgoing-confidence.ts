import { meanConfidence } from '../confidence.js';
import {
  OUTGOING_STAGES,
  OUTGOING_STEPS_BY_STAGE,
  type OutgoingStage,
  type OutgoingStepReport,
} from './outgoing-pipeline.js';

/** What each stage weighs (DESIGN.md): core, AI, autonomous. What delivery counted is no guess and has no weight. */
const WEIGHTS: Readonly<Record<OutgoingStage, number>> = {
  composition: 0.4,
  preparation: 0.4,
  optimization: 0.2,
  delivery: 0,
};

/** The weighted mean over the stages that ran, the weights renormalised over them; null where none has a step that ended. */
export function overallOutgoingConfidence(steps: readonly OutgoingStepReport[]): number | null {
  let sum = 0;
  let weights = 0;
  for (const stage of OUTGOING_STAGES) {
    const names: readonly string[] = OUTGOING_STEPS_BY_STAGE[stage];
    const mean = meanConfidence(steps.filter(({ name }) => names.includes(name)));
    if (mean === null || WEIGHTS[stage] === 0) continue;
    sum += WEIGHTS[stage] * mean;
    weights += WEIGHTS[stage];
  }
  return weights === 0 ? null : sum / weights;
}
