import { storableJson } from '../../domain/json.js';
import type { Sql } from '../database/database.js';

/** Wakes the dispatcher: something is to be handed on, or a workflow is to be told. */
export const ONWARD_CHANNEL = 'everpost_onward';

/** Where a rule forwards a message: `recipient` of its envelope, to the address `target`. */
export interface Forward {
  messageId: string;
  runId: string;
  recipient: string;
  target: string;
}

/**
 * Queues messages whose run ends DELIVERED for the next hops of their recipients' domains, in the caller's transaction,
 * once a recipient: the ledger knows it from an earlier run. Recipients that a rule forwards instead have another
 * disposition than `deliver`, and mail that we took from a mail server's own mailboxes (IMAP) stays there.
 */
export async function queueForNextHops(
  sql: Sql,
  organizationId: string,
  delivered: readonly { messageId: string; runId: string }[],
): Promise<void> {
  if (delivered.length === 0) return;
  await sql(
    `with due as materialized (
       select g.message_id, g.run_id, r.address as recipient, coalesce(r.deliver_to, r.address) as target, 'nextHop' as kind, d.name as route
       from jsonb_to_recordset($2::jsonb) as g(message_id uuid, run_id uuid)
       join messages m on m.id = g.message_id and m.source <> 'imap' and m.direction = 'INCOMING'
       join message_recipients r on r.message_id = g.message_id and r.disposition = 'deliver'
         -- What came back to a return path is nobody's mail: only its organization reads it.
         and not (r.mailbox_id is null and r.address ilike 'bounces+%')
       join lateral (
         select d.id, d.name from domains d where d.name = lower(substring(coalesce(r.deliver_to, r.address) from '@([^@]*)$'))
         union all
         select d.id, d.name from domains d join mailboxes b on b.domain_id = d.id where b.id = r.mailbox_id
         limit 1) d on true
       join next_hops h on h.domain_id = d.id),
     ${QUEUED}`,
    [organizationId, rowsOf(delivered)],
  );
}

/** Queues forwards in the caller's transaction, once an address and message. */
export async function queueForwards(sql: Sql, organizationId: string, forwards: readonly Forward[]): Promise<void> {
  if (forwards.length === 0) return;
  await sql(
    `with due as materialized (
       select message_id, run_id, recipient, target, 'forward' as kind, null::text as route
       from jsonb_to_recordset($2::jsonb) as g(message_id uuid, run_id uuid, recipient text, target text)),
     ${QUEUED}`,
    [organizationId, rowsOf(forwards)],
  );
}

const QUEUED = `
     ledger as (
       insert into side_effects (organization_id, message_id, kind, target, run_id)
       select $1, message_id, kind, target, run_id from due on conflict do nothing
       returning message_id, kind, target),
     numbered as (
       select distinct on (message_id, kind, target) uuidv7() as id, due.* from due join ledger using (message_id, kind, target)),
     queued as (
       insert into onward_deliveries (id, organization_id, message_id, run_id, recipient, kind, target, route)
       select id, $1, message_id, run_id, recipient, kind, target, coalesce(route, id::text) from numbered
       on conflict (message_id, kind, target) do nothing
       returning id, message_id, kind),
     told as (
       insert into event_queue (organization_id, kind, message_id, payload)
       select $1, 'onward.queued', message_id,
         jsonb_build_object('deliveryId', id, 'kind', kind, 'status', 'PENDING') from queued)
     select pg_notify('${ONWARD_CHANNEL}', '') from queued limit 1`;

const rowsOf = (rows: readonly Partial<Forward>[]) =>
  storableJson(
    rows.map(({ messageId, runId, recipient, target }) => ({
      message_id: messageId,
      run_id: runId,
      recipient: recipient ?? null,
      target: target ?? null,
    })),
  );
