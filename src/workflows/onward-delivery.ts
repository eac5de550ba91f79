import {
  CancellationScope,
  condition,
  continueAsNew,
  defineQuery,
  defineUpdate,
  isCancellation,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { OnwardInput, OnwardRound } from '../domain/onward.js';
import { attemptOnward, cancelOnward } from './proxies.js';

export const standingQuery = defineQuery<OnwardRound | null>('standing');
/** Tries again now, whatever the schedule says. */
export const retryNowUpdate = defineUpdate<void>('retryNow');
/** Looks at what is left to be done, and goes on by the schedule: a person has ended some of it. */
export const lookUpdate = defineUpdate<void>('look');

/**
 * Hands one message on to one next hop, or to one address that a rule forwards to, with retries by the schedule. What
 * was tried and what came of it is in Postgres; the workflow waits and calls.
 */
export async function onwardDelivery(input: OnwardInput): Promise<OnwardRound> {
  let asked: 'retryNow' | 'look' | null = null;
  let round: OnwardRound | null = null;
  setHandler(standingQuery, () => round);
  setHandler(retryNowUpdate, () => void (asked = 'retryNow'));
  setHandler(lookUpdate, () => void (asked ??= 'look'));
  const isAsked = () => asked !== null;
  const taken = () => {
    const what = asked;
    asked = null;
    return what;
  };
  try {
    for (;;) {
      round = await attemptOnward(input, taken() === 'retryNow');
      describe(input, round);
      if (round.retryInMs === null) return round;
      // A server that comes and goes has what waits for it told each time, for days.
      if (workflowInfo().continueAsNewSuggested && !isAsked()) await continueAsNew<typeof onwardDelivery>(input);
      await condition(isAsked, Math.max(round.retryInMs, SHORTEST_MS));
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
