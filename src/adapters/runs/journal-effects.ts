import { storableJson } from '../../domain/json.js';
import type { SignalEvidence } from '../../domain/outgoing/signal.js';
import type { HarvestedKey } from '../../domain/recipient-key.js';
import type { SentMail } from '../../domain/sent-mail.js';
import type { Sql } from '../database/database.js';
import type { OwedAnswer } from '../ai/owed.js';
import type { MessageEmbedding } from '../embedding/message-embeddings.js';
import type { Forward } from '../onward/queue-onward.js';
import type { CountedCorrespondent } from '../organizations/correspondents.js';
import type { RunAssignment } from '../staff/assignments.js';
import type { JournalEntry, SideEffect } from './journal-entry.js';

/** What the side effects of entries come to, for who writes them; and those that have no other writer. */

export function forwardsOf({ run: { messageId, runId }, effects = [] }: JournalEntry): Forward[] {
  return effects.flatMap((effect) =>
    effect.kind === 'forward' ? [{ messageId, runId, recipient: effect.recipient, target: effect.target }] : [],
  );
}

export function correspondentsOf({ run: { messageId, runId }, effects = [] }: JournalEntry): CountedCorrespondent[] {
  return effects.flatMap((effect) =>
    effect.kind === 'correspondent'
      ? [{ messageId, runId, ...effect.keys, language: effect.language, utcOffset: effect.utcOffset }]
      : [],
  );
}

export function sentMailsOf({ effects = [] }: JournalEntry): SentMail[] {
  return effects.flatMap((effect) => (effect.kind === 'sentMail' ? [effect.mail] : []));
}

export function harvestedOf({ effects = [] }: JournalEntry): HarvestedKey[] {
  return effects.flatMap((effect) => (effect.kind === 'recipientKey' ? [effect.key] : []));
}

export function signalsOf({ effects = [] }: JournalEntry): SignalEvidence[] {
  return effects.flatMap((effect) => (effect.kind === 'sentSignal' ? [effect.evidence] : []));
}

export function owedOf({ run: { messageId, runId }, effects = [] }: JournalEntry): OwedAnswer[] {
  return effects.flatMap((effect) => {
    if (effect.kind !== 'owed') return [];
    const { target: capability, step, failure, dueAt } = effect;
    return [{ messageId, runId, capability, step, failure, dueAt }];
  });
}

/** A later run of the message says anew whether a provider has a vector of it. */
export function embeddedAnew({ run: { messageId, runNumber }, effects = [] }: JournalEntry): string[] {
  return runNumber > 1 && effects.some(({ kind }) => kind === 'embedding') ? [messageId] : [];
}

export function embeddingsOf({ run: { messageId }, effects = [] }: JournalEntry): MessageEmbedding[] {
  return effects.flatMap((effect) =>
    effect.kind === 'embedding'
      ? [{ messageId, space: effect.target, bytes: effect.bytes, byProvider: effect.byProvider }]
      : [],
  );
}

export function assignmentsOf({ run: { messageId, runId }, effects = [] }: JournalEntry): RunAssignment[] {
  return effects.flatMap((effect) =>
    effect.kind === 'assignment' ? [{ messageId, runId, addressed: effect.addressed }] : [],
  );
}

/** Each has a ledger or a key of its own. */
const WRITTEN_ELSEWHERE = new Set<SideEffect['kind']>([
  'forward',
  'correspondent',
  'owed',
  'sentMail',
  'recipientKey',
  'sentSignal',
  'assignment',
  'embedding',
]);

/** The ledger decides: what it has already, is not done again, and what is done commits with it. */
export async function writeEffects(sql: Sql, organizationId: string, entries: JournalEntry[]): Promise<void> {
  const rows = entries.flatMap((entry) =>
    (entry.effects ?? [])
      .filter(({ kind }) => !WRITTEN_ELSEWHERE.has(kind))
      .map((effect) => ({
        message_id: entry.run.messageId,
        run_id: entry.run.runId,
        kind: effect.kind,
        target: effect.target,
        notification: effect.kind === 'notification' ? effect.notification : null,
        counters: effect.kind === 'counters' ? effect.counters : null,
        set_by: effect.kind === 'label' ? effect.setBy : null,
        mailbox_id: effect.kind === 'redirect' ? effect.mailboxId : null,
      })),
  );
  if (rows.length === 0) return;
  await sql(
    `with given as materialized (
       select * from jsonb_to_recordset($2::jsonb) as g(
         message_id uuid, run_id uuid, kind text, target text, notification jsonb, counters jsonb, set_by text,
         mailbox_id uuid)),
     ledger as (
       insert into side_effects (organization_id, message_id, kind, target, run_id)
       select $1, message_id, kind, target, run_id from given on conflict do nothing
       returning message_id, kind, target),
     due as (select g.* from given g join ledger l using (message_id, kind, target)),
     notified as (
       insert into notifications (organization_id, message_id, kind, recipient, text)
       select $1, message_id, notification->>'kind', notification->>'recipient', notification->>'text'
       from due where kind = 'notification' returning message_id, kind, recipient),
     labeled as (
       insert into message_labels (organization_id, message_id, label, set_by)
       select $1, message_id, target, set_by from due where kind = 'label' on conflict do nothing
       returning message_id, label),
     redirected as (
       update message_recipients r
       set mailbox_id = b.id, deliver_to = case when b.pattern not like '%*%' then b.pattern end
       from due join mailboxes b on b.id = due.mailbox_id
       where due.kind = 'redirect' and r.message_id = due.message_id and r.address = due.target),
     told_labels as (
       insert into event_queue (organization_id, kind, message_id, payload)
       select $1, 'message.labeled', message_id, jsonb_build_object('added', jsonb_agg(label)) from labeled group by 2, 3),
     told as (
       insert into event_queue (organization_id, kind, message_id, payload)
       select $1, 'notification.created', message_id, jsonb_build_object('kind', kind, 'recipient', recipient)
       from notified),
     counted as (
       select key as name, sum(value::bigint) as value from due, jsonb_each_text(counters)
       where kind = 'counters' group by 1 order by 1)
     insert into counters (organization_id, day, name, value)
     select $1, (now() at time zone o.time_zone)::date, c.name, c.value from counted c, organizations o where o.id = $1
     on conflict (organization_id, day, name) do update set value = counters.value + excluded.value`,
    [organizationId, storableJson(rows)],
  );
}
