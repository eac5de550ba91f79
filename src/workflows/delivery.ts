import {
  CancellationScope,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  getExternalWorkflowHandle,
  isCancellation,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { DeliveryRound } from '../domain/outgoing/delivery-round.js';
import { BULK_LANES, type DeliveryInput } from '../domain/outgoing/outgoing-input.js';
import { attemptDelivery, cancelDelivery } from './proxies.js';

export const deliveryQuery = defineQuery<DeliveryRound | null>('standing');
/** A person changed something: what is due is looked for at once. */
export const deliveryLook = defineSignal('look');
/** Told to the parent: what is left here waits for a person. */
export const deliveryHeld = defineSignal('held');

/** Clocks differ by a little: what is due in no time at all is not asked for in a tight loop. */
const SHORTEST_MS = 50;

/**
 * Sends a message to the recipients of one domain, or of all where it goes to many, with retries by the schedule. What
 * was tried and what came of it is in Postgres; the workflow waits and calls.
 */
export async function delivery(input: DeliveryInput): Promise<DeliveryRound> {
  let asked = false;
  let round: DeliveryRound | null = null;
  setHandler(deliveryQuery, () => round);
  setHandler(deliveryLook, () => void (asked = true));
  try {
    for (;;) {
      asked = false;
      round = await attempt(input);
      describe(input, round);
      if (round.next === null && !asked) return round;
      if (round.next === null) continue;
      if (workflowInfo().continueAsNewSuggested && !asked) await continueAsNew<typeof delivery>(input);
      if (round.next === 'asked') {
        if (!asked) await tellHeld();
        await condition(() => asked);
      } else await condition(() => asked, Math.max(round.next, SHORTEST_MS));
    }
  } catch (error) {
    if (isCancellation(error)) await CancellationScope.nonCancellable(() => cancelDelivery(input));
    throw error;
  }
}

async function tellHeld(): Promise<void> {
  const { parent } = workflowInfo();
  if (parent === undefined) return;
  await getExternalWorkflowHandle(parent.workflowId)
    .signal(deliveryHeld)
    .catch(() => undefined); // it has ended
}

/** A message to many is worked at by several activities; the last to end has seen what the others did. */
async function attempt(input: DeliveryInput): Promise<DeliveryRound> {
  if (input.destination !== null) return attemptDelivery(input, 0);
  const lanes = Array.from({ length: BULK_LANES }, (_, lane) => attemptDelivery(input, lane));
  // Canceled, none of them is left behind at work.
  await Promise.allSettled(lanes);
  const rounds = await Promise.all(lanes);
  return rounds.reduce((one, other) => (sooner(one.next, other.next) ? one : other));
}

function sooner(one: DeliveryRound['next'], other: DeliveryRound['next']): boolean {
  const rank = (next: DeliveryRound['next']) => (next === null ? Infinity : next === 'asked' ? Number.MAX_VALUE : next);
  return rank(one) <= rank(other);
}

function describe({ destination }: DeliveryInput, { counts, next }: DeliveryRound): void {
  const lines = Object.entries(counts).map(([status, count]) => `- ${status}: ${count}`);
  const then =
    next === null
      ? 'It is over.'
      : next === 'asked'
        ? 'It waits for a person.'
        : `Next in ${Math.round(next / 1_000)} s.`;
  setCurrentDetails(`Delivery to ${destination ?? 'all recipients'}\n\n${lines.join('\n')}\n\n${then}`);
}
