import type { OwedRow } from '../adapters/ai/owed.js';
import type { SideEffect, StepRecord } from '../adapters/runs/journal-entry.js';
import { AI_STEPS, type AiReport } from '../domain/ai.js';
import type { StoredAnswers } from '../domain/ai-answers.js';
import { repairAt, type RepairInput, type RepairSchedule } from '../domain/ai-repair.js';
import type { MadeVector } from '../domain/embedding.js';
import { stageOf } from '../domain/pipeline.js';
import type { RunKey } from '../domain/run.js';
import type { RunContext } from './run-context.js';
import { computeStep } from './stage-run.js';
import type { StepDefinitions } from './step-definition.js';

export interface RepairActivityDeps {
  definitions: StepDefinitions;
  readRun: (run: RunKey) => Promise<RunContext | null>;
  readAnswers: (run: RunKey) => Promise<StoredAnswers>;
  owed: {
    read(input: RepairInput): Promise<OwedRow | null>;
    /** Null: it is given up. */
    defer(input: RepairInput, next: { tries: number; failure: string; dueAt: string } | null): Promise<void>;
    commit(input: RepairInput, record: StepRecord, vectors: MadeVector[]): Promise<boolean>;
  };
  /** Whether an error is the database's and not the step's: it is tried again then. */
  isOutage: (error: unknown) => boolean;
  schedule: RepairSchedule;
  now: () => Date;
}

/** Local activities of the repair of a step that had to do without a provider. */
export function createRepairActivities(deps: RepairActivityDeps) {
  return {
    /** Safe to run twice: what is owed goes with the attempt that is committed, and without it nothing is written. */
    async repairStep(input: RepairInput, report: AiReport): Promise<void> {
      const owed = await deps.owed.read(input);
      if (owed === null) return;
      const context = await deps.readRun(input.run);
      if (context === null || !context.isParsed) return deps.owed.defer(input, null);
      if (report.status === 'failed') return defer(deps, input, owed, report);
      context.ai = { [input.capability]: report };
      context.answers = await deps.readAnswers(input.run);
      const definition = deps.definitions[AI_STEPS[input.capability]];
      const { record, effects = [] } = await computeStep(stageOf(definition.name), definition, context, deps);
      if (record.status === 'DONE' || record.status === 'UNAVAILABLE') {
        await deps.owed.commit(input, record, vectorsOf(effects));
        return;
      }
      const reason = record.error?.message ?? 'the step fell short again';
      await defer(deps, input, owed, { ...UNUSABLE, reason });
    },
  };
}

export type RepairActivities = ReturnType<typeof createRepairActivities>;

/** Of all that a step does besides, the vector alone is done again. */
function vectorsOf(effects: readonly SideEffect[]): MadeVector[] {
  return effects.flatMap((effect) =>
    effect.kind === 'embedding' ? [{ space: effect.target, bytes: effect.bytes, byProvider: effect.byProvider }] : [],
  );
}

type Failed = Extract<AiReport, { status: 'failed' }>;

const UNUSABLE = {
  status: 'failed',
  provider: 'embedded',
  failure: 'nonsense',
  notBefore: null,
  asked: true,
} as const satisfies Omit<Failed, 'reason'>;

async function defer(deps: RepairActivityDeps, input: RepairInput, owed: OwedRow, report: Failed): Promise<void> {
  const { tries, owedSince } = owed;
  const next = repairAt(report, { tries, owedSince: new Date(owedSince) }, deps.schedule, deps.now());
  const { failure } = report;
  await deps.owed.defer(input, next === null ? null : { tries: next.tries, failure, dueAt: next.dueAt.toISOString() });
}
