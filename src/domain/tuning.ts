import { BUSY_BACKLOG } from './lane.js';

/** What performanceOptimization tunes for an organization. */
export interface Tuning {
  /** Hours that a step's outcome serves identical content. */
  cacheHours: number;
  /** Runs that wait or work, above which bulk mail steps behind; see chooseLane. */
  busyBacklog: number;
  /** Share of look-ups that the cache answered, smoothed over about the last hundred runs. */
  hitRate: number;
  /** Milliseconds from the opening of a run to its last stage, smoothed alike. */
  latencyMs: number;
}

export const DEFAULT_TUNING = { cacheHours: 24, busyBacklog: BUSY_BACKLOG, hitRate: 0, latencyMs: 0 } satisfies Tuning;

/** Weight of the newest run in the smoothed figures. */
const NEWEST = 0.02;
const MIN_CACHE_HOURS = 6;
const MAX_CACHE_HOURS = 24 * 7;
const MIN_BACKLOG = 10;
const MAX_BACKLOG = 1_000;
/** Above this, people's mail waits noticeably: bulk mail steps back earlier. */
const SLOW_MS = 10_000;

export interface RunFigures {
  cacheHits: number;
  cacheLookups: number;
  latencyMs: number;
}

/**
 * The organization's next tuning after a run: where much repeats, outcomes are kept longer; where runs take long, bulk
 * mail steps behind at a smaller backlog. Moves by one twentieth at most, so that no single message swings it.
 */
export function tune(tuning: Tuning, run: RunFigures): Tuning {
  const share = run.cacheLookups === 0 ? 0 : run.cacheHits / run.cacheLookups;
  const hitRate = tuning.hitRate + NEWEST * (share - tuning.hitRate);
  const latencyMs = tuning.latencyMs + NEWEST * (run.latencyMs - tuning.latencyMs);
  const towardsHours = MIN_CACHE_HOURS + hitRate * (MAX_CACHE_HOURS - MIN_CACHE_HOURS);
  const towardsBacklog = latencyMs > SLOW_MS ? MIN_BACKLOG : MAX_BACKLOG / 10;
  return {
    hitRate: rounded(hitRate),
    latencyMs: rounded(latencyMs),
    cacheHours: rounded(within(step(tuning.cacheHours, towardsHours), MIN_CACHE_HOURS, MAX_CACHE_HOURS)),
    busyBacklog: Math.round(within(step(tuning.busyBacklog, towardsBacklog), MIN_BACKLOG, MAX_BACKLOG)),
  };
}

const step = (from: number, to: number) => from + (to - from) / 20;
const within = (value: number, least: number, most: number) => Math.min(most, Math.max(least, value));
const rounded = (value: number) => Math.round(value * 10_000) / 10_000;
