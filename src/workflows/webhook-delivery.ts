import {
  condition,
  continueAsNew,
  defineSignal,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { WebhookInput, WebhookRound } from '../domain/webhook.js';
import { deliverWebhook } from './proxies.js';

/** Something new waits, or a person changed something: looks at once. */
export const wakeSignal = defineSignal('wake');

/**
 * Delivers the events of one webhook until none waits.
 *
 * What is due is in Postgres; the workflow brings the times. One activity posts whatever is due, hundreds of events, so
 * that an event costs no history of its own, and a webhook without work has no workflow: the next event starts it.
 */
export async function webhookDelivery(input: WebhookInput): Promise<WebhookRound> {
  let woken = false;
  setHandler(wakeSignal, () => void (woken = true));
  for (;;) {
    woken = false;
    const round = await deliverWebhook(input);
    describe(round);
    // Postgres knows of nothing that waits; what came since then has woken it.
    if (round.nextInMs === null && !woken) return round;
    const { continueAsNewSuggested, targetWorkerDeploymentVersionChanged } = workflowInfo();
    // A webhook that always has work would keep its build for ever. Postgres knows what is left: the duty starts it again.
    if (targetWorkerDeploymentVersionChanged) return round;
    if (round.nextInMs !== null) await condition(() => woken, Math.max(round.nextInMs, SHORTEST_MS));
    if (continueAsNewSuggested) await continueAsNew<typeof webhookDelivery>(input);
  }
}

/** Clocks differ by a little: what is due in no time at all is not asked for in a tight loop. */
const SHORTEST_MS = 50;

function describe({ delivered, failed, nextInMs }: WebhookRound): void {
  const next = nextInMs === null ? 'Nothing waits.' : `Goes on in ${Math.round(nextInMs / 1_000)} s.`;
  setCurrentDetails(`Last round: ${delivered} delivered, ${failed} refused.\n\n${next}`);
}
