import type { AttemptOutcome } from '../../domain/onward.js';
import type { Stream } from '../../domain/outgoing/send-options.js';
import type { RecipientStatus } from '../../domain/outgoing/recipient-status.js';
import type { Json } from '../../domain/json.js';
import type { RecipientRecord } from '../messages/read-messages.js';
import type { Sql } from '../database/database.js';

/** What an outgoing message has beside its row in messages. */
export interface OutgoingRecord extends Record<string, unknown> {
  ofMessage: string;
  submittedBy: string;
  mailFrom: string;
  stream: Stream;
  undoUntil: string | null;
  sendAt: string | null;
  heldAt: string | null;
  heldBecause: string | null;
  approvedBy: string | null;
  approvedAt: string | null;
  retention: string | null;
  counts: { status: RecipientStatus; count: number }[];
}

export function readOutgoingRecords(sql: Sql, messageIds: readonly string[]): Promise<OutgoingRecord[]> {
  return sql<OutgoingRecord>(
    `select o.message_id as "ofMessage", o.submitted_by as "submittedBy", o.mail_from as "mailFrom", o.stream,
       o.undo_until as "undoUntil", o.send_at as "sendAt", o.held_at as "heldAt", o.held_because as "heldBecause",
       o.approved_by as "approvedBy", o.approved_at as "approvedAt", o.retention,
       coalesce((select jsonb_agg(jsonb_build_object('status', status, 'count', count)) from (
         select status, count(*) from outgoing_recipients r where r.message_id = o.message_id group by status) c), '[]') as counts
     from outgoing_messages o where o.message_id = any($1::uuid[])`,
    [messageIds],
  );
}

/** A try to hand a message to a server of its recipient. */
export interface OutgoingAttemptRecord extends Record<string, unknown> {
  ofRecipient: string;
  number: number;
  startedAt: string;
  endedAt: string | null;
  outcome: AttemptOutcome | null;
  remote: string | null;
  tls: string | null;
  replyCode: number | null;
  enhancedCode: string | null;
  reply: string | null;
}

export function readOutgoingAttempts(sql: Sql, recipientIds: readonly string[]): Promise<OutgoingAttemptRecord[]> {
  return sql<OutgoingAttemptRecord>(
    `select recipient_id as "ofRecipient", row_number() over (partition by recipient_id order by started_at, id)::int as number,
       started_at as "startedAt", ended_at as "endedAt", outcome, remote, tls, reply_code as "replyCode",
       enhanced_code as "enhancedCode", reply
     from outgoing_attempts where recipient_id = any($1::uuid[]) order by recipient_id, number`,
    [recipientIds],
  );
}

/** What came back about a recipient. */
export interface SignalRecord extends Record<string, unknown> {
  ofRecipient: string;
  kind: string;
  at: string;
  evidenceId: string | null;
  detail: Json;
}

export function readSignals(sql: Sql, recipientIds: readonly string[]): Promise<SignalRecord[]> {
  return sql<SignalRecord>(
    `select recipient_id as "ofRecipient", kind, at, evidence_id as "evidenceId", detail from recipient_signals
     where recipient_id = any($1::uuid[]) order by recipient_id, at, id`,
    [recipientIds],
  );
}

/** What happened to a message as a whole: what people did, and what its run came to. */
export interface MessageMoment extends Record<string, unknown> {
  ofMessage: string;
  at: string;
  what: string;
  by: string | null;
  detail: Json;
}

export function readMoments(sql: Sql, messageIds: readonly string[]): Promise<MessageMoment[]> {
  return sql<MessageMoment>(
    `select object_id::uuid as "ofMessage", at, action as what, actor as by, after as detail from audit_events
     where object_kind = 'message' and object_id = any($1::text[]) and action like 'outgoing.%'
     union all
     select s.message_id, s.started_at + make_interval(secs => coalesce(s.duration_ms, 0) / 1000), 'step.' || s.name, null,
       jsonb_build_object('status', s.status, 'verdict', s.outcome->'verdict', 'reasons', s.outcome->'reasons',
         'reason', coalesce(s.outcome->'reason', s.outcome->'routes'->0->'reason'))
     from steps s where s.message_id = any($1::uuid[]) and s.stage in ('preparation', 'optimization') and s.status <> 'RUNNING'
     order by 1, 2`,
    [messageIds],
  );
}

/** A page of a message's recipients, in the order in which they were given. */
export function readRecipientPage(
  sql: Sql,
  messageId: string,
  { status, after, most }: { status: RecipientStatus | null; after: string | null; most: number },
): Promise<RecipientRecord[]> {
  return sql(
    `select message_id as "ofMessage", address, null::text as disposition, null::uuid as "mailboxId", id, status, role, reply,
       next_attempt_at as "nextAttemptAt", delivered_at as "deliveredAt", remote_queue_id as "remoteQueueId",
       bounce_class as "bounceClass", route
     from outgoing_recipients
     where message_id = $1 and ($2::text is null or status = $2) and ($3::uuid is null or id > $3) order by id limit $4`,
    [messageId, status, after, most],
  );
}
