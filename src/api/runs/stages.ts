import type { StepRow } from '../../adapters/messages/read-runs.js';
import { stageConfidence } from '../../domain/confidence.js';
import { STAGES, STEPS_BY_STAGE, type StepStatus } from '../../domain/pipeline.js';
import type { Stage, Step } from './run.types.js';

/**
 * The steps of a run by stage, both in the order of the flow, each by its newest attempt; a stage without a step that
 * began is not there.
 */
export function stagesOf(rows: readonly StepRow[]): Stage[] {
  const byStage = Map.groupBy(rows, (row) => row.stage);
  return STAGES.flatMap((name) => {
    const found = byStage.get(name);
    if (found === undefined) return [];
    const order: readonly string[] = STEPS_BY_STAGE[name];
    const steps = newestOf(found).toSorted((one, other) => order.indexOf(one.name) - order.indexOf(other.name));
    return [
      {
        name,
        status: worstOf(steps),
        confidence: stageConfidence(name, steps),
        steps: steps.map((step) => ({ ...stepOf(step), earlier: earlierOf(step, found) })),
      },
    ];
  });
}

export function newestOf(rows: readonly StepRow[]): StepRow[] {
  return rows.filter((row) => rows.every((other) => other.name !== row.name || other.attempt <= row.attempt));
}

/** What its earlier attempts said, newest first. */
function earlierOf(step: StepRow, rows: readonly StepRow[]): Step[] {
  return rows
    .filter(({ name, attempt }) => name === step.name && attempt < step.attempt)
    .toSorted((one, other) => other.attempt - one.attempt)
    .map((row) => ({ ...stepOf(row), earlier: [] }));
}

const FROM_WORST: readonly StepStatus[] = ['RUNNING', 'FAILED', 'DEGRADED', 'DONE', 'UNAVAILABLE'];

/** UNAVAILABLE only where no step did anything: an optional step without a provider is no fault of its stage. */
function worstOf(steps: readonly StepRow[]): StepStatus {
  return FROM_WORST.find((status) => steps.some((step) => step.status === status)) ?? 'DONE';
}

function stepOf(row: StepRow): Omit<Step, 'earlier'> {
  return { ...row, error: row.error?.message ?? null, errorCode: row.error?.code ?? null };
}
