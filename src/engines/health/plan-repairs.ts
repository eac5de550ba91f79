import type { SelfHealingOutcome } from '../../domain/outcomes.js';
import type { StepName, StepStatus } from '../../domain/pipeline.js';
import type { EngineIdentity, StepResult } from '../../domain/step-result.js';
import { asProbability } from '../../domain/step-result.js';
import type { ErrorKind } from './error-kind.js';
import { errorKind } from './error-kind.js';

export const HEALING_ENGINE = { engine: 'repair-plan', version: '1', rules: '1' } satisfies EngineIdentity;

export interface EndedStep {
  name: StepName;
  status: StepStatus;
  error?: string | null;
  /** Who answered in the place of the one asked: `embedded` for rspamd, and the like. */
  answeredBy?: string | null;
  durationMs: number | null;
  /** Times that it was tried in this run, 1 and up. */
  attempts?: number;
}

interface Repair {
  /** What helps; `{step}` is replaced. */
  text: string;
  /** Seconds until the first retry, doubled with each attempt; null where trying again cannot help. */
  firstRetry: number | null;
  /** How likely the repair is to help, before anything is known of this case. */
  promise: number;
}

const REPAIRS: Readonly<Record<ErrorKind, Repair>> = {
  timeout: { text: 'run {step} again with twice its deadline', firstRetry: 60, promise: 0.75 },
  unreachable: { text: 'run {step} again when the service behind it answers', firstRetry: 120, promise: 0.85 },
  rateLimited: { text: 'run {step} again at a lower rate', firstRetry: 300, promise: 0.9 },
  unconfigured: {
    text: 'configure a provider for {step}, then reprocess the message',
    firstRetry: null,
    promise: 0.95,
  },
  refused: {
    text: 'renew the credentials that {step} uses, then reprocess the message',
    firstRetry: null,
    promise: 0.85,
  },
  badInput: {
    text: 'look at the raw message: {step} cannot read it, and trying again will not change that',
    firstRetry: null,
    promise: 0.8,
  },
  exhausted: { text: 'run {step} again on a worker with free memory and disk', firstRetry: 600, promise: 0.7 },
  internal: { text: 'run {step} again; if it fails the same way, report the error', firstRetry: 180, promise: 0.5 },
};
const LATEST_RETRY = 6 * 3_600;
const SPREAD = 0.2;

/**
 * Which steps of a run fell short, what answered in their place and what to do when. Steps that were never asked for do
 * not count; one without a provider (`UNAVAILABLE`) is not ill, but told. `spread` (0 to 1, random) keeps the retries
 * of many messages apart.
 */
export function planRepairs(steps: readonly EndedStep[], now: Date, spread: number): StepResult<SelfHealingOutcome> {
  const short = steps.filter(({ status }) => status === 'DEGRADED' || status === 'FAILED' || status === 'UNAVAILABLE');
  const degraded = short.map((step) => planFor(step, now, spread));
  const healthy = steps.filter(({ status }) => status === 'DONE').length;
  return { outcome: { degraded, healthy }, confidence: confidenceOf(short) };
}

function planFor(step: EndedStep, now: Date, spread: number): SelfHealingOutcome['degraded'][number] {
  const error = step.error ?? 'it gave no error';
  const repair = REPAIRS[kindOf(step)];
  const retryAt =
    step.status === 'UNAVAILABLE' ? null : retryMoment(repair.firstRetry, step.attempts ?? 1, now, spread);
  const fallback = step.status === 'DEGRADED' ? (step.answeredBy ?? 'an in-process fallback') : null;
  return { step: step.name, error, fallback, repair: repair.text.replace('{step}', step.name), retryAt };
}

function kindOf(step: EndedStep): ErrorKind {
  return step.status === 'UNAVAILABLE' ? 'unconfigured' : errorKind(step.error ?? '');
}

function retryMoment(first: number | null, attempts: number, now: Date, spread: number): string | null {
  if (first === null) return null;
  const seconds = Math.min(LATEST_RETRY, first * 2 ** Math.min(20, attempts - 1));
  return new Date(now.getTime() + seconds * 1_000 * (1 + SPREAD * asProbability(spread))).toISOString();
}

/** Sure where nothing is ill; else as the repairs promise, less for what was tried in vain or told no error. */
function confidenceOf(short: readonly EndedStep[]): number {
  if (short.length === 0) return 1;
  const sum = short.reduce((total, step) => {
    const told = step.error || step.status === 'UNAVAILABLE' ? 1 : 0.6;
    return total + REPAIRS[kindOf(step)].promise * told * 0.85 ** ((step.attempts ?? 1) - 1);
  }, 0);
  return asProbability(sum / short.length);
}
