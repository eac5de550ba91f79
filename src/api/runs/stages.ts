import type { StepRow } from '../../adapters/messages/read-runs.js';
import { meanConfidence } from '../../domain/confidence.js';
import { OUTGOING_STAGES, OUTGOING_STEPS_BY_STAGE } from '../../domain/outgoing/outgoing-pipeline.js';
import { STAGES, STEPS_BY_STAGE, type StepStatus } from '../../domain/pipeline.js';
import type { Stage, Step } from './run.types.js';

const EVERY_STAGE = [...STAGES, ...OUTGOING_STAGES];
const EVERY_STEP: Record<string, readonly string[]> = { ...STEPS_BY_STAGE, ...OUTGOING_STEPS_BY_STAGE };

/**
 * The steps of a run by stage, both in the order of the flow, each by its newest attempt; a stage without a step that
 * began is not there.
 */
export function stagesOf(rows: readonly StepRow[]): Stage[] {
  const byStage = Map.groupBy(rows, (row) => row.stage);
  return EVERY_STAGE.flatMap((name) => {
    const found = byStage.get(name);
    if (found === undefined) return [];
    const order = EVERY_STEP[name] ?? [];
    const steps = newestOf(found).toSorted((one, other) => order.indexOf(one.name) - order.indexOf(other.name));
    return [
      {
        name,
        status: worstOf(steps),
        confidence: meanConfidence(steps),
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
