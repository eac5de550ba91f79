import type { Json } from '../../domain/json.js';
import { storableJson } from '../../domain/json.js';
import {
  consequenceOf,
  proveSignals,
  signalDetail,
  type ProvenSignal,
  type SentRecipient,
  type SignalEvidence,
} from '../../domain/outgoing/signal.js';
import { endedAs, type RecipientCounts } from '../../domain/outgoing/recipient-status.js';
import type { Sql } from '../database/database.js';
import { appendEvents } from '../feed/append-events.js';
import { readStanding } from '../outgoing/outgoing-facts.js';
import { OUTGOING_CHANNEL } from '../outgoing/person-commands.js';
import { countEngagement } from './engagement.js';
import { suppressAddresses } from './suppressions.js';

const SYSTEM = 'system';
/** A report on more is about no message of ours that we could tell recipients of. */
const MOST_RECIPIENTS = 200;

/**
 * Writes what incoming messages prove of mail that was sent, in the caller's transaction: each once a message, kind and
 * recipient, however often the message is processed.
 */
export async function recordSignals(
  sql: Sql,
  organizationId: string,
  evidences: readonly SignalEvidence[],
): Promise<void> {
  for (const evidence of evidences) {
    const proven = proveSignals(evidence, await candidates(sql, evidence));
    if (proven.length === 0) continue;
    const fresh = await insertSignals(sql, organizationId, evidence, proven);
    for (const one of fresh) await apply(sql, organizationId, evidence, one);
    await showEnds(sql, organizationId, fresh);
  }
}

async function candidates(
  sql: Sql,
  { recipientIds, quoted, signals }: SignalEvidence,
): Promise<(SentRecipient & Record<string, unknown>)[]> {
  const addresses = signals.flatMap(({ address }) => (address === null ? [] : [address]));
  return sql(
    `select r.id, r.message_id as "messageId", lower(r.address) as address, r.status, o.stream,
       (select count(*)::int from (select from outgoing_recipients a where a.message_id = r.message_id limit 2) a) as recipients
     from outgoing_recipients r join outgoing_messages o on o.message_id = r.message_id
     where r.id in (
       select id from outgoing_recipients where id = any($1::uuid[])
       union
       select q.id from messages m join outgoing_recipients q on q.message_id = m.id
       where m.organization_id = current_organization() and m.direction = 'OUTGOING' and m.message_id = any($2::text[])
         and (lower(q.address) = any($3::text[])
           or ($4 and not exists (
             select from outgoing_recipients b where b.message_id = m.id and b.id <> q.id))))
     order by r.id limit ${MOST_RECIPIENTS} for update of r`,
    [recipientIds, quoted, addresses, signals.some(({ address }) => address === null)],
  );
}

async function insertSignals(
  sql: Sql,
  organizationId: string,
  { evidenceId, at }: SignalEvidence,
  proven: readonly ProvenSignal[],
): Promise<ProvenSignal[]> {
  const inserted = await sql<{ recipientId: string; kind: string }>(
    `insert into recipient_signals (organization_id, message_id, recipient_id, kind, at, evidence_id, detail)
     select $1, message_id, recipient_id, kind, $2, $3, detail
     from jsonb_to_recordset($4::jsonb) as g(message_id uuid, recipient_id uuid, kind text, detail jsonb)
     on conflict (recipient_id, kind, evidence_id) where evidence_id is not null do nothing
     returning recipient_id as "recipientId", kind`,
    [
      organizationId,
      at,
      evidenceId,
      storableJson(
        distinct(proven).map((one) => ({
          message_id: one.recipient.messageId,
          recipient_id: one.recipient.id,
          kind: one.signal.kind,
          detail: signalDetail(one),
        })),
      ),
    ],
  );
  const known = new Set(inserted.map(({ recipientId, kind }) => `${recipientId} ${kind}`));
  return distinct(proven).filter((one) => known.has(keyOf(one)));
}

const keyOf = ({ recipient, signal }: ProvenSignal) => `${recipient.id} ${signal.kind}`;
const distinct = (proven: readonly ProvenSignal[]) => [...new Map(proven.map((one) => [keyOf(one), one])).values()];

async function apply(sql: Sql, organizationId: string, evidence: SignalEvidence, one: ProvenSignal): Promise<void> {
  const { recipient, signal, byReturnPath } = one;
  const { status, suppress, engages } = consequenceOf(one);
  if (status === 'BOUNCED') {
    // What came to the sender's own mailbox told the sender already.
    await sql(
      `update outgoing_recipients
       set status = 'BOUNCED', bounce_class = $2, reply = $3, updated_at = clock_timestamp(),
         end_told_at = case when $4::boolean then end_told_at else coalesce(end_told_at, clock_timestamp()) end
       where id = $1`,
      [recipient.id, signal.bounceClass, reasonOf(one), byReturnPath],
    );
  } else if (status === 'DELIVERED') {
    await sql(
      `update outgoing_recipients set status = 'DELIVERED', reply = $2, delivered_at = clock_timestamp(),
         updated_at = clock_timestamp() where id = $1`,
      [recipient.id, reasonOf(one)],
    );
  }
  if (suppress !== null) {
    await suppressAddresses(sql, organizationId, [
      {
        address: recipient.address,
        ...suppress,
        note: signal.reason,
        messageId: recipient.messageId,
        createdBy: SYSTEM,
        expiresAt: null,
      },
    ]);
  }
  if (engages) await countEngagement(sql, organizationId, recipient.address, new Date(evidence.at));
  const payload: { [key: string]: Json } = {
    recipientId: recipient.id,
    recipient: recipient.address,
    signal: signal.kind,
    evidenceId: evidence.evidenceId,
    bounceClass: signal.bounceClass,
    reason: signal.reason,
  };
  await appendEvents(sql, [
    { organizationId, kind: 'outgoing.signal', messageId: recipient.messageId, payload },
    ...(status === null
      ? []
      : [
          {
            organizationId,
            kind: status === 'BOUNCED' ? ('outgoing.bounced' as const) : ('outgoing.delivered' as const),
            messageId: recipient.messageId,
            payload: { recipientId: recipient.id, recipient: recipient.address, status, reply: reasonOf(one) },
          },
        ]),
  ]);
}

/** The status of RFC 3463 goes first, as in what servers reply. */
function reasonOf({ signal: { status, reason } }: ProvenSignal): string {
  if (status === null || reason.includes(status)) return reason || 'it came back';
  return `${status} ${reason}`.trim();
}

/** Shows how messages ended now; one whose workflow waits for what became of a delivery in doubt is woken. */
async function showEnds(sql: Sql, organizationId: string, fresh: readonly ProvenSignal[]): Promise<void> {
  const changed = fresh.filter((one) => consequenceOf(one).status !== null);
  for (const messageId of new Set(changed.map(({ recipient }) => recipient.messageId))) {
    const counts: RecipientCounts = (await readStanding(sql, messageId, null)).counts;
    const ended = endedAs(counts);
    const [shown] = await sql<{ number: number }>(
      `update messages set status = $2, updated_at = now()
       where id = $1 and status in ('DELIVERED', 'PARTIAL', 'BOUNCED') and status <> $2 returning current_run as number`,
      [messageId, ended],
    );
    if (shown !== undefined) {
      const payload = { status: ended, runNumber: shown.number };
      await appendEvents(sql, [{ organizationId, kind: 'message.status', messageId, payload }]);
    }
    await sql(
      `with told as (
         update outgoing_messages o set told_to = 'look', updated_at = clock_timestamp()
         from messages m where o.message_id = $1 and m.id = o.message_id and m.status = 'SENDING' returning o.message_id)
       select pg_notify('${OUTGOING_CHANNEL}', '') from told`,
      [messageId],
    );
  }
}
