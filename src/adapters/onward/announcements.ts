import type { EventKind } from '../../domain/events.js';
import { storableJson } from '../../domain/json.js';
import type { OnwardStatus, Reply } from '../../domain/onward.js';
import type { Sql } from '../database/database.js';
import { appendEvents } from '../feed/append-events.js';

/** A delivery whose status has changed. */
export interface Changed {
  deliveryId: string;
  kind: string;
  recipient: string;
  target: string;
  generation: number;
  status: OnwardStatus;
  attempt: number;
  reply: Reply | null;
  nextAttemptAt: Date | null;
}

/** What people must know: nobody else hears of it, for the sender is not told (RFC 3834, backscatter). */
const TELLING: Partial<Record<OnwardStatus, { notification: string; finding: string; severity: string }>> = {
  FAILED: { notification: 'onwardFailed', finding: 'onward.failed', severity: 'high' },
  UNCERTAIN: { notification: 'onwardUncertain', finding: 'onward.uncertain', severity: 'medium' },
};

/** Commits with the change: its event, and where a person must act a notification and a finding. */
export async function announce(
  sql: Sql,
  message: { organizationId: string; messageId: string },
  changes: readonly Changed[],
): Promise<void> {
  await appendEvents(
    sql,
    changes.map((change) => ({
      organizationId: message.organizationId,
      kind: eventKind(change.status),
      messageId: message.messageId,
      payload: {
        deliveryId: change.deliveryId,
        kind: change.kind,
        status: change.status,
        attempt: change.attempt,
        replyCode: change.reply?.code ?? null,
        enhancedCode: change.reply?.enhanced ?? null,
        nextAttemptAt: change.nextAttemptAt?.toISOString() ?? null,
      },
    })),
  );
  for (const change of changes) if (TELLING[change.status]) await tell(sql, message.messageId, change);
}

function eventKind(status: OnwardStatus): EventKind {
  switch (status) {
    case 'PENDING':
      return 'onward.queued';
    case 'SENDING':
      return 'onward.sending';
    case 'DEFERRED':
      return 'onward.deferred';
    case 'DELIVERED':
      return 'onward.delivered';
    case 'FAILED':
      return 'onward.failed';
    case 'UNCERTAIN':
      return 'onward.uncertain';
    case 'CANCELED':
      return 'onward.canceled';
  }
}

/** The members of the recipient's mailbox, or the mailbox itself; once for each time that it came to this. */
async function tell(sql: Sql, messageId: string, change: Changed): Promise<void> {
  const { notification, finding, severity } = TELLING[change.status]!;
  const text = explanation(change);
  const key = { id: change.deliveryId, generation: change.generation, attempt: change.attempt };
  await sql(
    `with message as (
       select m.id, r.id as run_id from messages m join runs r on r.message_id = m.id and r.number = m.current_run
       where m.id = $1),
     people as (
       select unnest(case when cardinality(b.members) > 0 then b.members else array[b.pattern] end) as recipient
       from message_recipients r join mailboxes b on b.id = r.mailbox_id where r.message_id = $1 and r.address = $2),
     ledger as (
       insert into side_effects (organization_id, message_id, kind, target, run_id)
       select current_organization(), message.id, 'notification', $3 || ' ' || people.recipient || ' ' || $4, message.run_id
       from message, people on conflict do nothing returning target),
     notified as (
       insert into notifications (organization_id, message_id, kind, recipient, text)
       select current_organization(), $1, $3, people.recipient, $5 from people
       join ledger on ledger.target = $3 || ' ' || people.recipient || ' ' || $4
       returning recipient),
     told as (
       insert into event_queue (organization_id, kind, message_id, payload)
       select current_organization(), 'notification.created', $1, jsonb_build_object('kind', $3::text, 'recipient', recipient)
       from notified)
     insert into findings (organization_id, message_id, run_id, step, number, code, severity, score, explanation)
     select current_organization(), $1, run_id, 'onward', hashtext($6) & 2147483647, $7, $8, 1, $5 from message
     on conflict (run_id, step, number) do update set code = excluded.code, explanation = excluded.explanation`,
    [messageId, change.recipient, notification, storableJson(key), text, change.deliveryId, finding, severity],
  );
}

function explanation({ kind, status, target, reply }: Changed): string {
  const where = kind === 'nextHop' ? 'the mail server behind' : 'the address that a rule forwards to';
  const said = reply === null || reply.text === '' ? '' : `: ${reply.text}`;
  return status === 'UNCERTAIN'
    ? `Mail to ${target} may or may not have reached ${where}: confirm it or retry it${said}`
    : `Mail to ${target} was not taken by ${where}${said}`;
}
