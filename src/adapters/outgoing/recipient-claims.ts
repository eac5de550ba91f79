import { v4 as uuid } from 'uuid';
import { appendEvents, QUEUE_CHANNEL } from '../feed/append-events.js';
import type { Database, Sql } from '../database/database.js';

/** What a lane takes recipients from: one destination of a message, or all of them. */
export interface ClaimScope {
  organizationId: string;
  messageId: string;
  destination: string | null;
  /** Who works: one round at a time. */
  lane: string;
  /** Lanes that work beside it: what any other one left open was left by an earlier run, or an earlier version. */
  others: readonly string[];
}

/** A recipient that is to be tried now. */
export interface ClaimedRecipient extends Record<string, unknown> {
  id: string;
  claimId: string;
  address: string;
  name: string | null;
  destination: string;
  route: string | null;
  mergeFields: Record<string, string> | null;
  variantSha256: Buffer | null;
  /** Attempts so far. */
  attempts: number;
  openedAt: string;
  /** Whether an attempt for it was left in doubt before. */
  doubtedBefore: boolean;
}

/** What was never tried, and what is due again: each by its index alone, so that a claim costs the same in a long list. */
const TAKE = `
with fresh as materialized (
  select id from outgoing_recipients
  where message_id = $1 and ($2::text is null or destination = $2) and status = 'QUEUED'
  order by next_attempt_at limit $4 for update skip locked),
late as materialized (
  select id from outgoing_recipients
  where message_id = $1 and ($2::text is null or destination = $2) and status = any('{SCHEDULED,DEFERRED}')
    and next_attempt_at <= $3
  limit greatest(0, $4::int - (select count(*)::int from fresh)) for update skip locked),
due as (select id from fresh union all select id from late),
taken as (
  update outgoing_recipients r
  set status = 'SENDING', lane = $5, claim_id = $6, opened_at = coalesce(r.opened_at, $3), updated_at = now()
  from due where r.id = due.id
  returning r.*)
select t.id, t.claim_id as "claimId", t.address, t.name, t.destination, t.route, t.merge_fields as "mergeFields",
  t.variant_sha256 as "variantSha256", t.attempts,
  t.opened_at as "openedAt",
  exists (select from outgoing_attempts a where a.recipient_id = t.id and a.outcome = 'UNCERTAIN') as "doubtedBefore"
from taken t order by t.id`;

/**
 * Takes recipients that are due, after it has settled what an earlier round of this lane left open.
 *
 * @param most of them at once
 */
export function claimRecipients(
  database: Database,
  scope: ClaimScope,
  most: number,
  now: Date,
): Promise<ClaimedRecipient[]> {
  const { organizationId, messageId, destination, lane } = scope;
  return database.withOrganization(organizationId, async (sql) => {
    const taken = await sql<ClaimedRecipient>(TAKE, [messageId, destination, now, most, lane, uuid()]);
    // A send to many is shown by its progress.
    if (destination === null) return taken;
    const events = taken.map(({ id: recipientId, address: recipient, attempts }) => ({
      organizationId,
      kind: 'outgoing.sending' as const,
      messageId,
      payload: { recipientId, recipient, status: 'SENDING', attempt: attempts + 1 },
    }));
    await appendEvents(sql, events);
    return taken;
  });
}

const NOT_SENT = 'the worker ended before all was sent';
const NO_REPLY = 'the worker ended before the server replied';

/**
 * What was open when a worker died: delivered perhaps, if the intent is there, and surely not otherwise.
 *
 * @param retriesDoubt whether what is in doubt is tried once more
 */
export function settleInterrupted(database: Database, scope: ClaimScope, retriesDoubt: boolean): Promise<void> {
  const { organizationId, others } = scope;
  return database.withOrganization(organizationId, (sql) => interrupt(sql, scope, others, retriesDoubt));
}

/**
 * Settles what is left open of a message, or of one of its destinations.
 *
 * @param working lanes whose recipients are left alone: they are worked at
 */
export function interrupt(
  sql: Sql,
  { messageId, destination }: Pick<ClaimScope, 'messageId' | 'destination'>,
  working: readonly string[],
  retriesDoubt: boolean,
): Promise<void> {
  return sql(
    `with open as materialized (
       select r.*, a.id is not null as intended, o.canceled_at, o.held_at,
         exists (select from outgoing_attempts d where d.recipient_id = r.id and d.outcome = 'UNCERTAIN') as doubted
       from outgoing_recipients r join outgoing_messages o on o.message_id = r.message_id
         left join outgoing_attempts a on a.id = r.attempt_id and a.outcome is null
       where r.message_id = $1 and r.status = 'SENDING' and ($2::text is null or r.destination = $2)
         and coalesce(r.lane, '') <> all($3::text[]) for update of r for share of o),
     doubted as (
       update outgoing_attempts a set outcome = 'UNCERTAIN', ended_at = clock_timestamp(), reply = $5
       from open where open.intended and a.id = open.attempt_id),
     changed as (
       update outgoing_recipients r
       set status = case
           when open.intended and (open.doubted or not $4::boolean) then 'UNCERTAIN'
           when open.canceled_at is not null then 'CANCELED'
           when open.held_at is not null then 'HELD'
           else 'DEFERRED' end,
         held_from = case when open.held_at is not null then 'DEFERRED' end,
         next_attempt_at = case when open.intended and (open.doubted or not $4::boolean) then null else clock_timestamp() end,
         attempts = r.attempts + open.intended::int,
         reply = case when open.intended then $5 else $6 end,
         lane = null, claim_id = null, updated_at = clock_timestamp()
       from open where r.id = open.id
       returning r.*),
     told as (
       insert into event_queue (organization_id, kind, message_id, payload)
       select organization_id, 'outgoing.' || lower(status), message_id, jsonb_build_object(
         'recipientId', id, 'recipient', address, 'status', status, 'attempt', attempts, 'reply', reply,
         'nextAttemptAt', next_attempt_at)
       from changed order by id)
     select pg_notify('${QUEUE_CHANNEL}', '') from changed limit 1`,
    [messageId, destination, [...working], retriesDoubt, NO_REPLY, NOT_SENT],
  ).then(() => undefined);
}
