import type { AiReport, AskedCapability } from './ai.js';
import type { RunKey } from './run.js';

export const REPAIR_WORKFLOW = 'repairAi';

/** What a repairAi workflow is started with. */
export interface RepairInput {
  run: RunKey;
  capability: AskedCapability;
  /** Fences it from an earlier round for the same step. */
  round: number;
}

export function repairWorkflowId({ run, capability, round }: RepairInput): string {
  return `repair-${run.runId}-${capability}-${round}`;
}

/** An answer that makes no sense is not likely to get better. */
const MOST_NONSENSE = 3;
/** Failures of which no request tells anything: they cost no try. */
const NOT_ASKED_NOW_MS = 30_000;

export interface RepairSchedule {
  /** Between requests; the last repeats. */
  retriesMs: readonly number[];
  /** After this long it is given up. */
  giveUpMs: number;
}

/** When a provider is asked again that failed just now; null: never. */
export function repairAt(
  report: Extract<AiReport, { status: 'failed' }>,
  owed: { tries: number; owedSince: Date },
  schedule: RepairSchedule,
  now: Date,
): { tries: number; dueAt: Date } | null {
  const { failure, asked, notBefore } = report;
  if (failure === 'notAllowed') return null;
  const tries = owed.tries + (asked ? 1 : 0);
  if (failure === 'nonsense' && tries >= MOST_NONSENSE) return null;
  if (now.getTime() - owed.owedSince.getTime() > schedule.giveUpMs) return null;
  const { retriesMs } = schedule;
  const shortest = retriesMs[0] ?? NOT_ASKED_NOW_MS;
  const usual = asked
    ? (retriesMs[Math.min(tries, retriesMs.length) - 1] ?? shortest)
    : Math.min(shortest, NOT_ASKED_NOW_MS);
  const told = notBefore === null ? 0 : Date.parse(notBefore) - now.getTime();
  const wait = failure === 'overBudget' && told > 0 ? told : Math.max(usual, told);
  return { tries, dueAt: new Date(now.getTime() + wait) };
}
