import type { Lane } from '../../domain/lane.js';
import { BUSY_BACKLOG, LARGE_MESSAGE_BYTES } from '../../domain/lane.js';
import type { PerformanceOptimizationOutcome } from '../../domain/outcomes.js';
import type { StepName } from '../../domain/pipeline.js';
import type { EngineIdentity, StepResult } from '../../domain/step-result.js';
import { asProbability } from '../../domain/step-result.js';

export const TUNING_ENGINE = { engine: 'run-tuning', version: '1', rules: '1' } satisfies EngineIdentity;

export interface TimedStep {
  name: StepName;
  durationMs: number | null;
}

/** What a step usually takes in this organization: median over so many runs. */
export interface UsualTime {
  medianMs: number;
  runs: number;
}

export interface RunFacts {
  lane: Lane;
  /** Runs that are committed and not ended. */
  backlog: number;
  cacheHits: number;
  cacheLookups: number;
  bytes: number;
  steps: readonly TimedStep[];
  usual: Readonly<Partial<Record<StepName, UsualTime>>>;
}

const SLOWEST = 5;
/** A step is slow at this many times its median, and by no fewer milliseconds than that. */
const SLOW_FACTOR = 3;
const SLOW_LEAST_MS = 25;
const KNOWN_RUNS = 20;
const LEAST_LOOKUPS = 8;
const POOR_HIT_RATE = 0.1;
const GOOD_HIT_RATE = 0.5;
/** One step that takes this part of the whole run is where time is to be won. */
const DOMINANT = 0.6;

type Recommendation = PerformanceOptimizationOutcome['recommendations'][number];

/** How a run went next to how runs usually go, and what would make the next ones faster. */
export function tuneRun(facts: RunFacts): StepResult<PerformanceOptimizationOutcome> {
  const timed = facts.steps
    .filter((step): step is { name: StepName; durationMs: number } => step.durationMs !== null)
    .sort((a, b) => b.durationMs - a.durationMs)
    .map(({ name, durationMs }) => ({ step: name, durationMs, usualMs: facts.usual[name]?.medianMs ?? null }));
  const recommendations = [...slowSteps(timed), ...dominantStep(timed), ...laneAdvice(facts), ...cacheAdvice(facts)];
  const { lane, backlog, cacheHits, cacheLookups } = facts;
  const outcome = { lane, backlog, cacheHits, cacheLookups, slowest: timed.slice(0, SLOWEST), recommendations };
  return { outcome, confidence: confidenceOf(facts, timed.length) };
}

type Timed = PerformanceOptimizationOutcome['slowest'][number];

function slowSteps(timed: readonly Timed[]): Recommendation[] {
  return timed
    .filter(
      ({ durationMs, usualMs }) =>
        usualMs !== null && durationMs > usualMs * SLOW_FACTOR && durationMs - usualMs > SLOW_LEAST_MS,
    )
    .map(({ step, durationMs, usualMs }) => ({
      code: 'step.slow',
      explanation: `${step} took ${Math.round(durationMs)} ms where it usually takes ${Math.round(usualMs ?? 0)} ms`,
    }));
}

function dominantStep(timed: readonly Timed[]): Recommendation[] {
  const total = timed.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const [longest] = timed;
  if (longest === undefined || timed.length < 3 || longest.durationMs < 4 * SLOW_LEAST_MS) return [];
  const share = longest.durationMs / total;
  if (share < DOMINANT) return [];
  return [
    {
      code: 'step.dominant',
      explanation: `${longest.step} took ${Math.round(share * 100)} % of the run's ${Math.round(total)} ms`,
    },
  ];
}

function laneAdvice({ lane, backlog, bytes }: RunFacts): Recommendation[] {
  const advice: Recommendation[] = [];
  if (backlog > BUSY_BACKLOG * 4) {
    advice.push({
      code: 'backlog.high',
      explanation: `${backlog} runs wait or work: another worker would shorten the queue`,
    });
  }
  if (lane !== 'bulk' && backlog > BUSY_BACKLOG && bytes > LARGE_MESSAGE_BYTES) {
    const megabytes = Math.round(bytes / 1024 / 1024);
    advice.push({
      code: 'lane.large',
      explanation: `a message of ${megabytes} MB ran in the ${lane} lane while ${backlog} runs waited`,
    });
  }
  if (lane === 'bulk' && backlog <= BUSY_BACKLOG) {
    advice.push({
      code: 'lane.idle',
      explanation: `it ran in the bulk lane though only ${backlog} runs were open by its end`,
    });
  }
  return advice;
}

function cacheAdvice({ cacheHits, cacheLookups }: RunFacts): Recommendation[] {
  if (cacheLookups < LEAST_LOOKUPS) return [];
  const rate = cacheHits / cacheLookups;
  const seen = `${cacheHits} of ${cacheLookups} steps were answered from the cache`;
  if (rate >= GOOD_HIT_RATE) return [{ code: 'cache.repeated', explanation: `${seen}: the same content came before` }];
  if (rate > 0 && rate < POOR_HIT_RATE)
    return [{ code: 'cache.partial', explanation: `${seen}: an engine's version changed since` }];
  return [];
}

/** How much is known to compare with: steps that were timed, and the runs behind their usual times. */
function confidenceOf({ steps, usual }: RunFacts, timed: number): number {
  if (steps.length === 0) return 0;
  const known =
    steps.reduce((sum, { name }) => sum + Math.min(1, (usual[name]?.runs ?? 0) / KNOWN_RUNS), 0) / steps.length;
  return asProbability((timed / steps.length) * (0.6 + 0.4 * known));
}
