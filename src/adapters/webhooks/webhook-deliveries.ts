import type { WebhookDeliveryStatus, WebhookReplay } from '../../domain/webhook.js';
import type { Sql } from '../database/database.js';
import { wakeWebhook } from './webhooks.js';

export interface WebhookDeliveryRecord extends Record<string, unknown> {
  webhookId: string;
  position: number;
  kind: string;
  at: string;
  messageId: string | null;
  status: WebhookDeliveryStatus;
  attempts: number;
  lastAttemptAt: string | null;
  lastCode: number | null;
  lastAnswer: string | null;
  nextAttemptAt: string | null;
  endedAt: string | null;
}

/** A webhook's deliveries, the newest event first, from behind the position `before` on. */
export async function readWebhookDeliveries(
  sql: Sql,
  webhookId: string,
  status: WebhookDeliveryStatus | null,
  before: number | null,
  limit: number,
): Promise<WebhookDeliveryRecord[]> {
  return sql<WebhookDeliveryRecord>(
    `select webhook_id as "webhookId", position, kind, at, message_id as "messageId", status, attempts,
       last_attempt_at as "lastAttemptAt", last_code as "lastCode", last_answer as "lastAnswer",
       next_attempt_at as "nextAttemptAt", ended_at as "endedAt"
     from webhook_deliveries
     where webhook_id = $1 and ($2::bigint is null or position < $2) ${status === null ? '' : `and status = '${status}'`}
     order by position desc limit $3`,
    [webhookId, before, limit],
  );
}

export interface WebhookCounts extends Record<string, unknown> {
  webhookId: string;
  waiting: number;
  dead: number;
}

/** Counted to this and no further. */
export const MOST_COUNTED = 10_000;

export async function countWebhookDeliveries(sql: Sql, webhookIds: readonly string[]): Promise<WebhookCounts[]> {
  const upTo = (status: WebhookDeliveryStatus) =>
    `(select count(*) from (select from webhook_deliveries d where d.webhook_id = w.id and d.status = '${status}' limit ${MOST_COUNTED}) as counted)`;
  return sql<WebhookCounts>(
    `select w.id as "webhookId", ${upTo('PENDING')} as waiting, ${upTo('FAILED')} as dead
     from webhooks w where w.id = any($1::uuid[])`,
    [webhookIds],
  );
}

/** Sends one event again, now: a dead letter, one that waits, or one that was delivered. False: it is not kept. */
export async function retryWebhookDelivery(sql: Sql, webhookId: string, position: number): Promise<boolean> {
  const rows = await sql(
    `update webhook_deliveries set status = 'PENDING', attempts = case when status = 'PENDING' then attempts else 0 end,
       opened_at = case when status = 'PENDING' then opened_at else now() end, next_attempt_at = now(), ended_at = null
     where webhook_id = $1 and position = $2 returning position`,
    [webhookId, position],
  );
  if (rows.length === 0) return false;
  // A person who asks for it now does not wait for the endpoint's rest.
  await sql('update webhooks set rests_until = null where id = $1', [webhookId]);
  await wakeWebhook(sql, webhookId);
  return true;
}

/** Where a replay begins: an event's position, or a time. */
export type ReplayStart = { position: number } | { at: string };

/**
 * Sends again what happened from `start` on, in its order.
 *
 * @returns how many dead letters wait again, and how far the cursor was set back: with ALL the feed is gone through anew
 */
export async function replayWebhook(
  sql: Sql,
  webhookId: string,
  start: ReplayStart,
  what: WebhookReplay,
): Promise<{ deliveries: number; events: number }> {
  const byPosition = 'position' in start;
  const parameters = [webhookId, byPosition ? start.position : start.at];
  const since = byPosition ? 'position >= $2::bigint' : 'at >= $2::timestamptz';
  const again = await sql(
    `update webhook_deliveries set status = 'PENDING', attempts = 0, opened_at = now(), next_attempt_at = now(),
       ended_at = null
     where webhook_id = $1 and status = 'FAILED' and ${since} returning position`,
    parameters,
  );
  const events = what === 'ALL' ? await setCursorBack(sql, webhookId, start) : 0;
  await sql('update webhooks set rests_until = null, updated_at = now() where id = $1', [webhookId]);
  await wakeWebhook(sql, webhookId);
  return { deliveries: again.length, events };
}

/** What the feed keeps no longer cannot be gone through anew: those that were delivered are history. */
async function setCursorBack(sql: Sql, webhookId: string, start: ReplayStart): Promise<number> {
  let from = 'position' in start ? start.position : null;
  if (from === null && 'at' in start) {
    const [first] = await sql<{ position: number }>(
      `select position from events where organization_id = current_organization() and sequenced_at >= $1::timestamptz
       order by position limit 1`,
      [start.at],
    );
    if (first === undefined) return 0;
    from = first.position;
  }
  const [row] = await sql<{ events: number }>(
    `with wanted as (
       select w.id, w.position as before,
         least(w.position, greatest($2::bigint - 1, h.oldest - 1, 0)) as after
       from webhooks w join feed_heads h on h.organization_id = w.organization_id where w.id = $1)
     update webhooks w set position = wanted.after from wanted where w.id = wanted.id
     returning wanted.before - wanted.after as events`,
    [webhookId, from],
  );
  return row?.events ?? 0;
}
