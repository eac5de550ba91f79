import type { RecipientCounts, RecipientStatus } from '../../domain/outgoing/recipient-status.js';
import type { SendOptions, Stream } from '../../domain/outgoing/send-options.js';
import type { Sql } from '../database/database.js';

/** A message that is to be sent, as its steps find it. */
export interface OutgoingFacts extends Record<string, unknown> {
  messageId: string;
  sha256: Buffer;
  size: number;
  receivedAt: string;
  source: string;
  submittedBy: string;
  mailFrom: string;
  /** The address of its From field; null until preparation has read it. */
  author: string | null;
  stream: Stream;
  options: SendOptions;
  preparedSha256: Buffer | null;
  preparedSize: number | null;
  personal: boolean;
  undoUntil: string | null;
  sendAt: string | null;
  heldAt: string | null;
  heldBecause: string | null;
  approvedBy: string | null;
  canceledAt: string | null;
}

const FACTS = `
select m.id as "messageId", m.sha256, m.size, m.received_at as "receivedAt", m.source, o.submitted_by as "submittedBy",
  o.mail_from as "mailFrom", m.from_address as author, o.stream, o.options, o.prepared_sha256 as "preparedSha256",
  o.prepared_size as "preparedSize", o.personal, o.undo_until as "undoUntil", o.send_at as "sendAt",
  o.held_at as "heldAt", o.held_because as "heldBecause", o.approved_by as "approvedBy", o.canceled_at as "canceledAt"
from outgoing_messages o join messages m on m.id = o.message_id where o.message_id = $1`;

/** Null where the organization has no such outgoing message. */
export async function readOutgoing(sql: Sql, messageId: string): Promise<OutgoingFacts | null> {
  const [facts] = await sql<OutgoingFacts>(FACTS, [messageId]);
  return facts ?? null;
}

/** The same, locked: what a person changes meanwhile comes after. */
export async function lockOutgoing(sql: Sql, messageId: string): Promise<OutgoingFacts | null> {
  const [facts] = await sql<OutgoingFacts>(`${FACTS} for update of o`, [messageId]);
  return facts ?? null;
}

export interface OutgoingRecipient extends Record<string, unknown> {
  id: string;
  address: string;
  name: string | null;
  role: 'to' | 'cc' | 'bcc';
  destination: string;
  mergeFields: Record<string, string> | null;
}

/** The recipients of a message in the order in which they were given, at most so many. */
export function readOutgoingRecipients(sql: Sql, messageId: string, most: number): Promise<OutgoingRecipient[]> {
  return sql<OutgoingRecipient>(
    `select id, address, name, role, destination, merge_fields as "mergeFields"
     from outgoing_recipients where message_id = $1 order by id limit $2`,
    [messageId, most],
  );
}

/** How the recipients of a message, or of one of its destinations, stand. */
export interface RecipientStanding {
  counts: RecipientCounts;
  /** When the next of them is due; null where none waits for a time. */
  nextAttemptAt: Date | null;
  /** When the oldest series of attempts in doubt began. */
  doubtedSince: Date | null;
}

export async function readStanding(
  sql: Sql,
  messageId: string,
  destination: string | null,
): Promise<RecipientStanding> {
  const rows = await sql<{ status: RecipientStatus; count: number; next: string | null; opened: string | null }>(
    `select status, count(*) as count,
       min(coalesce(next_attempt_at, to_timestamp(0))) filter (where status in ('QUEUED', 'SCHEDULED', 'DEFERRED')) as next,
       min(opened_at) filter (where status = 'UNCERTAIN') as opened
     from outgoing_recipients where message_id = $1 and ($2::text is null or destination = $2) group by status`,
    [messageId, destination],
  );
  const earliest = (times: (string | null)[]) => {
    const known = times.flatMap((time) => (time === null ? [] : [Date.parse(time)]));
    return known.length === 0 ? null : new Date(Math.min(...known));
  };
  return {
    counts: Object.fromEntries(rows.map(({ status, count }) => [status, count])),
    nextAttemptAt: earliest(rows.map(({ next }) => next)),
    doubtedSince: earliest(rows.map(({ opened }) => opened)),
  };
}

/** Whether any of its recipients was ever tried. */
export async function hasBegun(sql: Sql, messageId: string): Promise<boolean> {
  const [begun] = await sql(
    'select 1 from outgoing_recipients where message_id = $1 and opened_at is not null limit 1',
    [messageId],
  );
  return begun !== undefined;
}

/** The destinations that still have something to be sent, the largest first. */
export async function readDestinations(sql: Sql, messageId: string): Promise<string[]> {
  const rows = await sql<{ destination: string }>(
    `select destination from outgoing_recipients
     where message_id = $1 and status not in ('DELIVERED', 'BOUNCED', 'CANCELED')
     group by destination order by count(*) desc, destination`,
    [messageId],
  );
  return rows.map(({ destination }) => destination);
}
