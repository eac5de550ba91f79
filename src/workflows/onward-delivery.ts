import {
  CancellationScope,
  condition,
  defineQuery,
  defineUpdate,
  isCancellation,
  setCurrentDetails,
  setHandler,
} from '@temporalio/workflow';
import type { OnwardInput, OnwardRound } from '../domain/onward.js';
import { attemptOnward, cancelOnward } from './proxies.js';

export const standingQuery = defineQuery<OnwardRound | null>('standing');
/** Tries again now, whatever the schedule says. */
export const retryNowUpdate = defineUpdate<void>('retryNow');
/** Gives up what waits; an attempt that is under way comes to its end. */
export const cancelUpdate = defineUpdate<void>('cancel');

/**
 * Hands one message on to one next hop, or to one address that a rule forwards to, with retries by the schedule. What
 * was tried and what came of it is in Postgres; the workflow waits and calls.
 */
export async function onwardDelivery(input: OnwardInput): Promise<OnwardRound> {
  let asked: 'retryNow' | 'cancel' | null = null;
  let round: OnwardRound | null = null;
  setHandler(standingQuery, () => round);
  setHandler(retryNowUpdate, () => void (asked ??= 'retryNow'));
  setHandler(cancelUpdate, () => void (asked = 'cancel'));
  const askedFor = (what: 'retryNow' | 'cancel') => asked === what;
  try {
    for (;;) {
      if (askedFor('cancel')) return await cancelOnward(input);
      const now = askedFor('retryNow');
      asked = null;
      round = await attemptOnward(input, now);
      describe(input, round);
      if (round.retryInMs === null) return round;
      await condition(() => asked !== null, Math.max(round.retryInMs, SHORTEST_MS));
    }
  } catch (error) {
    if (isCancellation(error)) await CancellationScope.nonCancellable(() => cancelOnward(input));
    throw error;
  }
}

/** Clocks differ by a little: what is due in no time at all is not asked for in a tight loop. */
const SHORTEST_MS = 50;

function describe({ route }: OnwardInput, { statuses, retryInMs }: OnwardRound): void {
  const lines = Object.entries(statuses).map(([status, count]) => `- ${status}: ${count}`);
  const next = retryInMs === null ? 'It is over.' : `Tried again in ${Math.round(retryInMs / 1_000)} s.`;
  setCurrentDetails(`Onward to ${route}\n\n${lines.join('\n')}\n\n${next}`);
}
