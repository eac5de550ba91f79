import { retryAt, type AttemptOutcome, type Reply, type RetrySchedule } from '../onward.js';
import type { RecipientCounts, RecipientStatus } from './recipient-status.js';

/** What a `delivery` workflow learns of a round: small, no mail. */
export interface DeliveryRound {
  counts: RecipientCounts;
  /** Milliseconds until something is due; `asked`: only a person can go on with it; null: it is over. */
  next: number | 'asked' | null;
}

/** What becomes of a delivery in doubt: tried once more, or left to a person. */
export const UNCERTAIN_POLICIES = ['RETRY_ONCE', 'ASK'] as const;
export type UncertainPolicy = (typeof UNCERTAIN_POLICIES)[number];

export interface AttemptFacts {
  outcome: AttemptOutcome;
  reply: Reply;
  /** Attempts that tried a server, this one included. */
  attempts: number;
  openedAt: number;
  /** Whether an earlier attempt for this recipient was left in doubt. */
  doubtedBefore: boolean;
  /** The earliest that the server's replies leave room for; milliseconds from now. */
  notBeforeMs: number | null;
}

export interface Settled {
  status: Extract<RecipientStatus, 'DELIVERED' | 'BOUNCED' | 'DEFERRED' | 'UNCERTAIN'>;
  nextAttemptAt: number | null;
  reply: Reply;
}

/** What becomes of a recipient after an attempt. */
export function settleAttempt(
  facts: AttemptFacts,
  schedule: RetrySchedule,
  policy: UncertainPolicy,
  now: number,
  random: number,
): Settled {
  const { outcome, reply, attempts, openedAt, doubtedBefore, notBeforeMs } = facts;
  if (outcome === 'DELIVERED') return { status: 'DELIVERED', nextAttemptAt: null, reply };
  if (outcome === 'FAILED') return { status: 'BOUNCED', nextAttemptAt: null, reply };
  const asks = outcome === 'UNCERTAIN' && (policy === 'ASK' || doubtedBefore);
  if (asks) return { status: 'UNCERTAIN', nextAttemptAt: null, reply };
  const next = retryAt(attempts, openedAt, now, schedule, random);
  if (next !== null) {
    return { status: 'DEFERRED', nextAttemptAt: Math.max(next, now + (notBeforeMs ?? 0)), reply };
  }
  // What may have arrived is not told to have failed.
  if (outcome === 'UNCERTAIN') return { status: 'UNCERTAIN', nextAttemptAt: null, reply };
  return { status: 'BOUNCED', nextAttemptAt: null, reply: { ...reply, text: `given up: ${reply.text}` } };
}

/** A round in which nothing could be tried costs no attempt; its time is over all the same some day. */
export function settleWait(openedAt: number, waitMs: number, reason: string, giveUpMs: number, now: number): Settled {
  const reply: Reply = { code: null, enhanced: null, text: reason };
  if (now >= openedAt + giveUpMs) {
    return { status: 'BOUNCED', nextAttemptAt: null, reply: { ...reply, text: `given up: ${reason}` } };
  }
  return { status: 'DEFERRED', nextAttemptAt: now + waitMs, reply };
}
