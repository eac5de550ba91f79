import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, Connection } from '@temporalio/client';
import pLimit from 'p-limit';
import type pg from 'pg';
import { inTransaction, sqlOf } from '../adapters/database/client-sql.js';
import type { DatabaseOptions } from '../adapters/database/database.js';
import { Leadership } from '../adapters/database/leadership.js';
import { FEED_CHANNEL } from '../adapters/feed/sequencer.js';
import {
  deleteOldDeliveries,
  findBehind,
  findToWake,
  noteNotWoken,
  noteWoken,
  takeEvents,
} from '../adapters/webhooks/take-events.js';
import { WEBHOOK_CHANNEL } from '../adapters/webhooks/webhooks.js';
import { WEBHOOK_WORKFLOW, webhookWorkflowId, type WebhookInput } from '../domain/webhook.js';
import { ORGANIZATION_ID } from '../workflows/search-attributes.js';

const IDLE_MS = 2_000;
const RETRY_MS = 1_000;
/** Events that come within this time of a round go with the next one: a busy feed wakes no workflow for each. */
const GATHER_MS = 50;
const AT_ONCE = 8;
const DEADLINE_MS = 10_000;
const HOUSEKEEPING_MS = 10 * 60_000;

export interface WebhookDutyOptions extends Pick<DatabaseOptions, 'url' | 'applicationName'> {
  client: Client;
  connection: Connection;
  taskQueue: string;
  onError: (error: unknown) => void;
}

/**
 * A candidate for webhooks: makes deliveries of the feed's events where a webhook wants them, and starts or wakes the
 * workflow of each that has something due, also where Temporal has lost it. What was noted and not
 * signalled, because the process died, is found by the time that it lets go by.
 */
export function createWebhookDuty(options: WebhookDutyOptions): Leadership {
  let keptHouseAt = 0;
  return new Leadership({
    ...options,
    role: 'everpost_system',
    duty: 'webhooks',
    channels: [FEED_CHANNEL, WEBHOOK_CHANNEL],
    work: async (client) => {
      const { taken, more } = await takeAll(client, options.onError);
      const woken = await wakeAll(options, client);
      if (Date.now() - keptHouseAt > HOUSEKEEPING_MS) {
        if (!(await deleteOldDeliveries(sqlOf(client)))) keptHouseAt = Date.now();
      }
      if (!woken) return RETRY_MS;
      if (taken > 0 && !more) await sleep(GATHER_MS);
      return more ? 0 : IDLE_MS;
    },
  });
}

/** One webhook's failure keeps no other from its events. */
async function takeAll(
  client: pg.Client,
  onError: (error: unknown) => void,
): Promise<{ taken: number; more: boolean }> {
  const sql = sqlOf(client);
  let total = 0;
  let anyMore = false;
  for (const webhook of await findBehind(sql, new Date())) {
    try {
      const { taken, more } = await inTransaction(client, (tx) => takeEvents(tx, webhook));
      total += taken;
      anyMore ||= more;
    } catch (error) {
      onError(error);
    }
  }
  return { taken: total, more: anyMore };
}

/** @returns false where one could not be woken: it is tried again */
async function wakeAll(options: WebhookDutyOptions, client: pg.Client): Promise<boolean> {
  const sql = sqlOf(client);
  const atOnce = pLimit(AT_ONCE);
  const results = await Promise.allSettled(
    (await findToWake(sql)).map(({ id, organizationId }) =>
      atOnce(async () => {
        await noteWoken(sql, id);
        try {
          await wake(options, { organizationId, webhookId: id });
        } catch (error) {
          await noteNotWoken(sql, id);
          throw error;
        }
      }),
    ),
  );
  const failure = results.find((result) => result.status === 'rejected');
  if (failure !== undefined) options.onError(failure.reason);
  return failure === undefined;
}

async function wake({ client, connection, taskQueue }: WebhookDutyOptions, input: WebhookInput): Promise<void> {
  await connection.withDeadline(Date.now() + DEADLINE_MS, () =>
    client.workflow.signalWithStart(WEBHOOK_WORKFLOW, {
      workflowId: webhookWorkflowId(input),
      taskQueue,
      args: [input],
      // src/workflows/webhook-delivery.ts
      signal: 'wake',
      staticSummary: 'Webhook',
      typedSearchAttributes: [{ key: ORGANIZATION_ID, value: input.organizationId }],
    }),
  );
}
