import { storableJson } from '../../domain/json.js';
import type { AttemptOutcome, Reply } from '../../domain/onward.js';
import type { RecipientStatus } from '../../domain/outgoing/recipient-status.js';
import type { Sql } from '../database/database.js';
import { QUEUE_CHANNEL } from '../feed/append-events.js';

/** The intent: from here on, silence means that it may have been delivered. */
export interface Intent {
  kind: 'intent';
  recipientId: string;
  claimId: string;
  attemptId: string;
  route: string | null;
  startedAt: Date;
}

/** How an attempt, or a round without one, ended for a recipient. */
export interface Settlement {
  kind: 'settlement';
  recipientId: string;
  claimId: string;
  /** Null: nothing was tried. */
  attempt: {
    id: string;
    startedAt: Date;
    outcome: AttemptOutcome;
    remote: string | null;
    tls: string | null;
    reply: Reply;
  } | null;
  status: RecipientStatus;
  nextAttemptAt: Date | null;
  reply: string;
  route: string | null;
  remoteQueueId: string | null;
  bounceClass: string | null;
}

/** @returns ids of the attempts whose intent is committed: the others were overtaken */
export async function writeIntents(sql: Sql, organizationId: string, intents: readonly Intent[]): Promise<Set<string>> {
  if (intents.length === 0) return new Set();
  const rows = await sql<{ id: string }>(
    `with given as materialized (
       select * from jsonb_to_recordset($2::jsonb) as g(
         recipient_id uuid, claim_id uuid, attempt_id uuid, route text, started_at timestamptz)),
     mine as (
       update outgoing_recipients r set attempt_id = g.attempt_id
       from given g where r.id = g.recipient_id and r.claim_id = g.claim_id and r.status = 'SENDING'
       returning r.id, r.attempt_id)
     insert into outgoing_attempts (id, organization_id, recipient_id, route, started_at, data_at)
     select g.attempt_id, $1, g.recipient_id, g.route, g.started_at, clock_timestamp()
     from given g join mine m on m.attempt_id = g.attempt_id
     on conflict (id) do nothing returning id`,
    [
      organizationId,
      storableJson(
        intents.map(({ recipientId, claimId, attemptId, route, startedAt }) => ({
          recipient_id: recipientId,
          claim_id: claimId,
          attempt_id: attemptId,
          route,
          started_at: startedAt.toISOString(),
        })),
      ),
    ],
  );
  return new Set(rows.map(({ id }) => id));
}

/**
 * What an overtaken attempt learned late still counts, unless another attempt began or a person decided meanwhile. What
 * is deferred while its message is held or canceled goes with its message.
 */
const SETTLE = `
with given as materialized (
  select * from jsonb_to_recordset($2::jsonb) as g(
    recipient_id uuid, claim_id uuid, attempt_id uuid, route text, started_at timestamptz, outcome text, remote text,
    tls text, reply_code integer, enhanced_code text, attempt_reply text, status text, next_attempt_at timestamptz,
    reply text, remote_queue_id text, bounce_class text)),
ended as (
  insert into outgoing_attempts as a (id, organization_id, recipient_id, route, started_at, ended_at, outcome, remote, tls,
    reply_code, enhanced_code, reply)
  select attempt_id, $1, recipient_id, route, started_at, clock_timestamp(), outcome, remote, tls, reply_code,
    enhanced_code, attempt_reply
  from given where attempt_id is not null
  on conflict (id) do update
  set ended_at = excluded.ended_at, outcome = excluded.outcome, remote = excluded.remote, tls = excluded.tls,
    route = excluded.route, reply_code = excluded.reply_code, enhanced_code = excluded.enhanced_code, reply = excluded.reply
  where a.outcome is null or (a.outcome = 'UNCERTAIN' and excluded.outcome <> 'UNCERTAIN')),
settled as (
  update outgoing_recipients r
  set status = case
      when g.status = 'DEFERRED' and o.canceled_at is not null then 'CANCELED'
      when g.status = 'DEFERRED' and o.held_at is not null then 'HELD'
      else g.status end,
    held_from = case when g.status = 'DEFERRED' and o.held_at is not null then 'DEFERRED' end,
    reply = g.reply, next_attempt_at = g.next_attempt_at, remote_queue_id = g.remote_queue_id,
    bounce_class = g.bounce_class, route = coalesce(g.route, r.route),
    attempts = r.attempts + case when g.attempt_id is null then 0 else 1 end,
    attempt_id = coalesce(g.attempt_id, r.attempt_id), lane = null, claim_id = null,
    delivered_at = case when g.status = 'DELIVERED' then clock_timestamp() end, updated_at = clock_timestamp()
  from given g, outgoing_messages o
  where r.id = g.recipient_id and o.message_id = r.message_id
    and ((r.claim_id = g.claim_id and r.status = 'SENDING')
      or (r.attempt_id = g.attempt_id and r.status in ('UNCERTAIN', 'DEFERRED') and g.status in ('DELIVERED', 'BOUNCED')))
  returning r.*),
told as (
  insert into event_queue (organization_id, kind, message_id, payload)
  select $1, 'outgoing.' || lower(s.status), s.message_id, jsonb_build_object(
    'recipientId', s.id, 'recipient', s.address, 'status', s.status, 'attempt', s.attempts, 'remote', g.remote,
    'reply', s.reply, 'bounceClass', s.bounce_class, 'nextAttemptAt', s.next_attempt_at)
  from settled s join given g on g.recipient_id = s.id order by s.id)
select pg_notify('${QUEUE_CHANNEL}', '')`;

const LOCK = `
select 1 from outgoing_messages
where message_id in (select message_id from outgoing_recipients where id = any($1::uuid[]))
order by message_id for share`;

/** Writes how rounds ended, with the events that tell of it. */
export async function writeSettlements(
  sql: Sql,
  organizationId: string,
  settlements: readonly Settlement[],
): Promise<void> {
  if (settlements.length === 0) return;
  // A person who cancels or holds meanwhile comes before or after: a snapshot of either half would be tried again.
  const deferred = settlements.flatMap(({ status, recipientId }) => (status === 'DEFERRED' ? [recipientId] : []));
  const locked = deferred.length === 0 ? null : sql(LOCK, [deferred]);
  await Promise.all([locked, sql(SETTLE, [organizationId, storableJson(settlements.map(settlementRow))])]);
}

function settlementRow(settlement: Settlement) {
  const { attempt } = settlement;
  return {
    recipient_id: settlement.recipientId,
    claim_id: settlement.claimId,
    attempt_id: attempt?.id ?? null,
    route: settlement.route,
    started_at: attempt?.startedAt.toISOString() ?? null,
    outcome: attempt?.outcome ?? null,
    remote: attempt?.remote ?? null,
    tls: attempt?.tls ?? null,
    reply_code: attempt?.reply.code ?? null,
    enhanced_code: attempt?.reply.enhanced ?? null,
    attempt_reply: attempt?.reply.text ?? null,
    status: settlement.status,
    next_attempt_at: settlement.nextAttemptAt?.toISOString() ?? null,
    reply: settlement.reply,
    remote_queue_id: settlement.remoteQueueId,
    bounce_class: settlement.bounceClass,
  };
}
