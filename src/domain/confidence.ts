import type { AnyStep } from './outgoing/outgoing-pipeline.js';
import type { StageName, StepStatus } from './pipeline.js';
import { STAGES, STEPS_BY_STAGE } from './pipeline.js';
import { asProbability } from './step-result.js';

/** What each stage weighs in a run's confidence (DESIGN.md): core, AI, autonomous. Publication has none. */
export const STAGE_WEIGHTS: Readonly<Record<StageName, number>> = {
  reception: 0.4,
  enhancement: 0.4,
  autonomy: 0.2,
  publication: 0,
};

export interface ConfidentStep {
  name: AnyStep;
  status: StepStatus;
  confidence: number | null;
}

/**
 * What a step adds to its stage: its own confidence, 0 where it failed, was unavailable or told none; null while it
 * runs, for then nothing is known yet.
 */
export function stepConfidence(step: Pick<ConfidentStep, 'status' | 'confidence'>): number | null {
  if (step.status === 'RUNNING') return null;
  if (step.status === 'FAILED' || step.status === 'UNAVAILABLE') return 0;
  return asProbability(step.confidence ?? 0);
}

/** The mean over a stage's steps that were asked for; null where none of them has ended. */
export function stageConfidence(stage: StageName, steps: readonly ConfidentStep[]): number | null {
  const names: readonly string[] = STEPS_BY_STAGE[stage];
  return meanConfidence(steps.filter((step) => names.includes(step.name)));
}

/** The mean over steps of one stage; null where none of them has ended. */
export function meanConfidence(steps: readonly Pick<ConfidentStep, 'status' | 'confidence'>[]): number | null {
  const told = steps.map(stepConfidence).filter((confidence) => confidence !== null);
  return told.length === 0 ? null : told.reduce((sum, confidence) => sum + confidence, 0) / told.length;
}

/**
 * A run's confidence: the weighted mean over its stages, the weights renormalised over those that ran. Give it the
 * steps that were asked for and no others; null where no weighted stage has a step that ended.
 */
export function overallConfidence(steps: readonly ConfidentStep[]): number | null {
  let sum = 0;
  let weights = 0;
  for (const stage of STAGES) {
    const confidence = stageConfidence(stage, steps);
    if (confidence === null || STAGE_WEIGHTS[stage] === 0) continue;
    sum += STAGE_WEIGHTS[stage] * confidence;
    weights += STAGE_WEIGHTS[stage];
  }
  return weights === 0 ? null : sum / weights;
}
