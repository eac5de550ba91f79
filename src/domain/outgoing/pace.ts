import { CIRCUIT_FAILURES, circuitWaitMs } from '../onward.js';

/** How fast mail goes to one destination by one path, as all workers together know it. Times in milliseconds since 1970. */
export interface Pace {
  /** Conversations at once; a part of one is on its way to the next. */
  concurrency: number;
  /** Messages a minute; null: no server has asked for less. */
  ratePerMinute: number | null;
  /** Messages that may go now, where there is a rate; as of `tokensAt`. */
  tokens: number;
  tokensAt: number;
  /** Messages a minute as they go now, smoothed; as of `seenAt`. */
  seenPerMinute: number;
  seenAt: number;
  /** Nothing is tried before. */
  pausedUntil: number;
  /** Times in a row that its servers asked for less. */
  slowdowns: number;
  slowedAt: number;
  /** Times in a row that none of its servers could be reached. */
  failures: number;
  /** What was said or went wrong last, while it is slowed. */
  reason: string | null;
}

export interface PaceLimits {
  concurrency: number;
  ratePerMinute: number | null;
}

/** What came of conversations since the last report. */
export interface PaceReport {
  /** Those that a server answered and did not ask for less in. */
  answered: number;
  /** What a server said who asks for less; null: none did. */
  slowedBy: string | null;
  /** How long it says to wait; null: it does not say. */
  pauseMs: number | null;
  /** Why no server could be reached; null: one was, or none was tried. */
  unreachable: string | null;
}

const INITIAL_CONCURRENCY = 5;
const SLOWEST_PER_MINUTE = 1;
/** A rate that has grown to this is none any more. */
const FASTEST_PER_MINUTE = 6_000;
const RATE_GROWTH = 1.01;
const SHORTEST_PAUSE_MS = 10_000;
const LONGEST_PAUSE_MS = 10 * 60_000;
/** Conversations that were under way together are told the same: it counts once. */
const SAME_SLOWDOWN_MS = 5_000;
const CIRCUIT_MS = 30_000;
const MINUTE_MS = 60_000;
const SMOOTHING_MS = 30_000;
/** Seconds of a rate that may go at once. */
const BURST_S = 5;

export function newPace(now: number): Pace {
  return {
    concurrency: INITIAL_CONCURRENCY,
    ratePerMinute: null,
    tokens: 1,
    tokensAt: now,
    seenPerMinute: 0,
    seenAt: now,
    pausedUntil: 0,
    slowdowns: 0,
    slowedAt: 0,
    failures: 0,
    reason: null,
  };
}

/**
 * The pace after a report: halved with a pause where a server asks for less, left alone for ever longer where none can
 * be reached, and raised by one conversation for as many answers as there are at once.
 */
export function adaptPace(before: Pace, report: PaceReport, limits: PaceLimits, now: number): Pace {
  const pace = { ...before };
  const tried = report.answered + (report.slowedBy === null ? 0 : 1);
  const elapsed = Math.max(1, now - pace.seenAt);
  const kept = Math.exp(-elapsed / SMOOTHING_MS);
  pace.seenPerMinute = pace.seenPerMinute * kept + (tried / elapsed) * MINUTE_MS * (1 - kept);
  pace.seenAt = now;
  if (report.slowedBy !== null) return slowed(pace, report, now);
  if (report.answered > 0) return raised(pace, report.answered, limits);
  if (report.unreachable !== null && now >= pace.pausedUntil) {
    pace.failures += 1;
    pace.reason = report.unreachable;
    pace.pausedUntil = now + circuitWaitMs(pace.failures, CIRCUIT_MS);
  }
  return pace;
}

function slowed(pace: Pace, { slowedBy, pauseMs }: PaceReport, now: number): Pace {
  pace.failures = 0;
  pace.reason = slowedBy;
  const asked = pauseMs === null ? 0 : Math.min(pauseMs, LONGEST_PAUSE_MS);
  // The same that others were told: one that asks for longer is heard all the same.
  if (now < pace.pausedUntil || now - pace.slowedAt < SAME_SLOWDOWN_MS) {
    pace.pausedUntil = Math.max(pace.pausedUntil, now + asked);
    return pace;
  }
  const rate = pace.ratePerMinute ?? Math.max(pace.seenPerMinute, SLOWEST_PER_MINUTE);
  pace.concurrency = Math.max(1, pace.concurrency / 2);
  pace.ratePerMinute = Math.max(SLOWEST_PER_MINUTE, rate / 2);
  pace.tokens = Math.min(pace.tokens, 1);
  pace.tokensAt = now;
  pace.pausedUntil = now + Math.max(asked, pauseFor(pace.slowdowns));
  pace.slowdowns += 1;
  pace.slowedAt = now;
  return pace;
}

const pauseFor = (slowdowns: number) => Math.min(SHORTEST_PAUSE_MS * 2 ** Math.min(slowdowns, 10), LONGEST_PAUSE_MS);

function raised(pace: Pace, answered: number, limits: PaceLimits): Pace {
  pace.failures = 0;
  pace.concurrency = Math.min(
    Math.max(limits.concurrency, 1),
    pace.concurrency + answered / Math.max(1, pace.concurrency),
  );
  if (pace.ratePerMinute !== null) {
    const rate = pace.ratePerMinute * RATE_GROWTH ** answered;
    pace.ratePerMinute = rate >= FASTEST_PER_MINUTE ? null : rate;
  }
  if (pace.concurrency >= INITIAL_CONCURRENCY || pace.concurrency >= limits.concurrency) {
    pace.slowdowns = 0;
    if (pace.ratePerMinute === null) pace.reason = null;
  }
  return pace;
}

/** The lower of what servers asked for and what the limits allow; null: neither says anything. */
export function rateOf(pace: Pace, limits: PaceLimits): number | null {
  if (pace.ratePerMinute === null) return limits.ratePerMinute;
  return limits.ratePerMinute === null ? pace.ratePerMinute : Math.min(pace.ratePerMinute, limits.ratePerMinute);
}

/** How many conversations there may be at once; one alone probes a destination whose servers did not answer. */
export function slotsOf(pace: Pace, limits: PaceLimits, now: number): number {
  if (now < pace.pausedUntil) return 0;
  if (pace.failures >= CIRCUIT_FAILURES) return 1;
  return Math.max(1, Math.floor(Math.min(pace.concurrency, limits.concurrency)));
}

/** Adds the messages that may go since it was looked at last. */
export function refilled(pace: Pace, limits: PaceLimits, now: number): Pace {
  const rate = rateOf(pace, limits);
  if (rate === null) return { ...pace, tokens: Math.min(pace.tokens, 1), tokensAt: now };
  const burst = Math.max(1, (rate / 60) * BURST_S);
  const tokens = Math.min(burst, pace.tokens + (Math.max(0, now - pace.tokensAt) / MINUTE_MS) * rate);
  return { ...pace, tokens, tokensAt: now };
}

export const CIRCUIT_STATES = ['CLOSED', 'OPEN', 'PROBING'] as const;
/** `OPEN`: its servers did not answer and are left alone; `PROBING`: one message finds out whether they do again. */
export type CircuitState = (typeof CIRCUIT_STATES)[number];

export function circuitState(
  { failures, pausedUntil }: Pick<Pace, 'failures' | 'pausedUntil'>,
  now: number,
): CircuitState {
  if (failures < CIRCUIT_FAILURES) return 'CLOSED';
  return now < pausedUntil ? 'OPEN' : 'PROBING';
}
