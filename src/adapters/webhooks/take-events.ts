import type { Sql } from '../database/database.js';

/** Deliveries that wait of one webhook; more stay in the feed until these are sent or given up. */
export const WINDOW = 10_000;
/** Events of the feed that one look goes through for a webhook. */
const EVENTS = 1_000;
const WEBHOOKS = 100;

export interface BehindWebhook extends Record<string, unknown> {
  id: string;
  organizationId: string;
}

/** Webhooks whose organization's feed has gone on behind their cursor; one that rests takes nothing. */
export async function findBehind(sql: Sql, now: Date): Promise<BehindWebhook[]> {
  return sql<BehindWebhook>(
    `select w.id, w.organization_id as "organizationId" from webhooks w
       join feed_heads h on h.organization_id = w.organization_id and h.position > w.position
     where w.enabled and w.deleted_at is null and (w.rests_until is null or w.rests_until <= $1)
       and not exists (select from webhook_deliveries d where d.webhook_id = w.id and d.status = 'PENDING' offset ${WINDOW - 1})
     -- By chance: in any order of their own the last ones would never come where more than these are always behind.
     order by random() limit ${WEBHOOKS}`,
    [now],
  );
}

/**
 * Makes deliveries of the next events that a webhook wants and moves its cursor, in the caller's transaction: no event is
 * left out and none is counted twice, wherever the process dies. An event that was delivered or given up before is sent
 * again: the cursor was set back.
 *
 * @returns how many wait newly, and whether the feed has more for it
 */
export async function takeEvents(
  sql: Sql,
  { id, organizationId }: BehindWebhook,
): Promise<{ taken: number; more: boolean }> {
  const [webhook] = await sql<{ position: number; head: number; oldest: number }>(
    `select w.position, h.position as head, h.oldest from webhooks w
       join feed_heads h on h.organization_id = w.organization_id
     where w.id = $1 and w.enabled and w.deleted_at is null for update of w skip locked`,
    [id],
  );
  if (webhook === undefined || webhook.position >= webhook.head) return { taken: 0, more: false };
  const lost = Math.max(0, webhook.oldest - 1 - webhook.position);
  const from = webhook.position + lost;
  const [{ taken, last, room } = { taken: 0, last: null, room: false }] = await sql<{
    taken: number;
    last: number | null;
    room: boolean;
  }>(
    `with room as materialized (
       select ${WINDOW} - count(*) as size from (
         select from webhook_deliveries where webhook_id = $1 and status = 'PENDING' limit ${WINDOW}) as waiting),
     looked as materialized (
       select position, at, kind, message_id, payload from events
       where organization_id = $2 and position > $3 and position <= $4 order by position limit ${EVENTS}),
     wanted as materialized (
       select l.* from looked l join webhooks w on w.id = $1
         and (l.kind = any(w.events) or '*' = any(w.events) or split_part(l.kind, '.', 1) || '.*' = any(w.events))
       -- What is told of a webhook is not told to it: each failure to tell it would be told again.
       where not (l.kind like 'webhook.%' and l.payload ->> 'webhookId' = $1::text)
       order by l.position limit (select size from room)),
     inserted as (
       insert into webhook_deliveries as d (webhook_id, organization_id, position, kind, at, message_id, payload)
       select $1, $2, position, kind, at, message_id, payload from wanted
       on conflict (webhook_id, position) do update set status = 'PENDING', attempts = 0, opened_at = now(),
         next_attempt_at = now(), ended_at = null where d.status <> 'PENDING'
       returning d.position)
     select (select count(*) from inserted) as taken,
       -- Where there was no room for all that is wanted the cursor stands at the last one that was taken.
       case when (select count(*) from wanted) < (select size from room) then (select max(position) from looked)
         else (select max(position) from wanted) end as last,
       (select count(*) from wanted) < (select size from room) as room`,
    [id, organizationId, from, webhook.head],
  );
  const position = last ?? from;
  await sql(
    `update webhooks set position = $2, lost = lost + $3, wake = wake or ($4 and claim is null),
       due_at = case when $4 then least(coalesce(due_at, now()), now()) else due_at end
     where id = $1`,
    [id, position, lost, taken > 0],
  );
  return { taken, more: room && position < webhook.head };
}

export interface WebhookToWake extends Record<string, unknown> {
  id: string;
  organizationId: string;
}

/** A workflow that should have begun its round this long ago is gone, or was never started. */
const OVERDUE_SECONDS = 15;
const WAKE_AGAIN_SECONDS = 120;

/** Webhooks whose workflow is to be started or woken: something new waits, or it lets its time go by. */
export async function findToWake(sql: Sql): Promise<WebhookToWake[]> {
  return sql<WebhookToWake>(
    `select id, organization_id as "organizationId" from webhooks
     where enabled and deleted_at is null and (wake or (
       due_at < now() - make_interval(secs => ${OVERDUE_SECONDS})
       and (claimed_until is null or claimed_until < now())
       and (woken_at is null or woken_at < due_at or woken_at < now() - make_interval(secs => ${WAKE_AGAIN_SECONDS}))))
     order by due_at limit ${WEBHOOKS}`,
  );
}

/** Noted before it is done: who asks meanwhile asks anew. */
export async function noteWoken(sql: Sql, id: string): Promise<void> {
  await sql('update webhooks set wake = false, woken_at = now() where id = $1', [id]);
}

export async function noteNotWoken(sql: Sql, id: string): Promise<void> {
  await sql('update webhooks set wake = true where id = $1', [id]);
}

/** Days that deliveries are kept after their end; dead letters as long as the feed is. */
const KEPT_DAYS = { DELIVERED: 3, FAILED: 30 } as const;
const DELETED_AT_ONCE = 5_000;

/** @returns whether more of it is left */
export async function deleteOldDeliveries(sql: Sql): Promise<boolean> {
  let more = false;
  for (const [status, days] of Object.entries(KEPT_DAYS)) {
    const [row] = await sql<{ deleted: number }>(
      `with old as (
         select webhook_id, position from webhook_deliveries
         where status = $1 and ended_at < now() - make_interval(days => $2) limit ${DELETED_AT_ONCE}),
       gone as (delete from webhook_deliveries d using old o
         where d.webhook_id = o.webhook_id and d.position = o.position returning 1)
       select count(*) as deleted from gone`,
      [status, days],
    );
    more ||= row?.deleted === DELETED_AT_ONCE;
  }
  // The workflow of one that was disabled has ended when it woke: its build is needed no more.
  await sql(
    `update webhooks set build_id = null
     where build_id is not null and not enabled and coalesce(due_at, disabled_at) < now() - interval '1 hour'`,
  );
  const [row] = await sql<{ deleted: number }>(
    `with old as (
       select d.webhook_id, d.position from webhooks w join webhook_deliveries d on d.webhook_id = w.id
       where w.deleted_at is not null limit ${DELETED_AT_ONCE}),
     gone as (delete from webhook_deliveries d using old o
       where d.webhook_id = o.webhook_id and d.position = o.position returning 1)
     select count(*) as deleted from gone`,
  );
  if ((row?.deleted ?? 0) > 0) return true;
  await sql(`delete from webhooks where deleted_at < now() - interval '1 minute'`);
  return more;
}
