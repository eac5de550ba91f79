import type { Disposition } from '../../domain/disposition.js';
import type { SmtpSession } from '../../domain/parsed-message.js';
import type { Direction } from '../../domain/pipeline.js';
import type { MessageStatus } from '../../domain/status.js';
import type { RecipientStatus } from '../../domain/outgoing/recipient-status.js';
import type { Sql } from '../database/database.js';

/** A message as lists and pages show it; its bytes, runs and findings are read apart. */
export interface MessageRecord extends Record<string, unknown> {
  id: string;
  direction: Direction;
  status: MessageStatus;
  currentRun: number;
  intake: 'smtp' | 'api';
  size: number;
  session: SmtpSession;
  receivedAt: string;
  /** `receivedAt` in microseconds since 1970, as exact as it is sorted by. */
  receivedMicros: number;
  subject: string | null;
  from: string | null;
  fromName: string | null;
  to: string[];
  messageId: string | null;
  sentAt: string | null;
  threadId: string | null;
  disposition: Disposition | null;
  dispositionReason: string | null;
  deletedAt: string | null;
  deletedBy: string | null;
}

export interface MessageFilter {
  status?: MessageStatus | null | undefined;
  direction?: Direction | null | undefined;
  /** Whether its bytes were deleted from the quarantine. */
  isDeleted?: boolean | null | undefined;
  label?: string | null | undefined;
  /** Received for that mailbox. */
  mailboxId?: string | null | undefined;
  /** Words, "phrases", -exclusions and `or`, as in a web search. */
  search?: string | null | undefined;
}

/** Where a page ended: the sort key of its last message. */
export interface MessagePosition {
  receivedMicros: number;
  id: string;
}

const COLUMNS = `m.id, m.direction, m.status, m.current_run as "currentRun", m.source as intake, m.size, m.session,
  m.received_at as "receivedAt", (extract(epoch from m.received_at) * 1000000)::bigint as "receivedMicros",
  m.subject, m.from_address as "from", m.from_name as "fromName", m.to_addresses as "to", m.message_id as "messageId",
  m.sent_at as "sentAt", m.thread_id as "threadId", m.disposition, m.disposition_reason as "dispositionReason",
  m.deleted_at as "deletedAt", m.deleted_by as "deletedBy"`;

/** The organization's messages, newest first, from behind `after` on. */
export async function listMessages(
  sql: Sql,
  filter: MessageFilter,
  after: MessagePosition | null,
  limit: number,
): Promise<MessageRecord[]> {
  const { conditions, parameters } = conditionsOf(filter);
  if (after !== null) {
    parameters.push(after.receivedMicros, after.id);
    conditions.push(
      `(m.received_at, m.id) <
        (timestamptz 'epoch' + $${parameters.length - 1}::bigint * interval '1 microsecond', $${parameters.length}::uuid)`,
    );
  }
  parameters.push(limit);
  return sql<MessageRecord>(
    `select ${COLUMNS} from messages m ${where(conditions)}
     order by m.received_at desc, m.id desc limit $${parameters.length}`,
    parameters,
  );
}

export async function countMessages(sql: Sql, filter: MessageFilter): Promise<number> {
  const { conditions, parameters } = conditionsOf(filter);
  const [row] = await sql<{ total: number }>(
    `select count(*) as total from messages m ${where(conditions)}`,
    parameters,
  );
  return row?.total ?? 0;
}

export async function readMessages(sql: Sql, ids: readonly string[]): Promise<MessageRecord[]> {
  return sql<MessageRecord>(`select ${COLUMNS} from messages m where m.id = any($1::uuid[])`, [ids]);
}

/** At most `limit` messages of each thread, oldest first. */
export async function readThreadMessages(
  sql: Sql,
  threadIds: readonly string[],
  limit: number,
): Promise<MessageRecord[]> {
  return sql<MessageRecord>(
    `select t.* from unnest($1::uuid[]) as thread(id)
     cross join lateral (
       select ${COLUMNS} from messages m where m.thread_id = thread.id order by m.received_at, m.id limit $2) t`,
    [threadIds, limit],
  );
}

export interface ThreadRecord extends Record<string, unknown> {
  id: string;
  subject: string;
  lastMessageAt: string;
}

export async function readThreads(sql: Sql, ids: readonly string[]): Promise<ThreadRecord[]> {
  return sql<ThreadRecord>(
    `select id, subject, last_message_at as "lastMessageAt" from threads where id = any($1::uuid[])`,
    [ids],
  );
}

/** What is known of a recipient of outgoing mail. */
const OUTGOING_RECIPIENT =
  'id, status, role, reply, next_attempt_at, delivered_at, remote_queue_id, bounce_class, route';

export interface RecipientRecord extends Record<string, unknown> {
  ofMessage: string;
  address: string;
  disposition: Disposition | null;
  mailboxId: string | null;
  /** Of outgoing mail. */
  id: string | null;
  status: RecipientStatus | null;
  role: string | null;
  reply: string | null;
  nextAttemptAt: string | null;
  deliveredAt: string | null;
  remoteQueueId: string | null;
  bounceClass: string | null;
  route: string | null;
}

/** A message to many has a list of its own: see readOutgoingPage. */
const MOST_RECIPIENTS = 1_000;

/** The envelope's recipients, by address; of an outgoing message the first thousand. */
export async function readRecipients(sql: Sql, messageIds: readonly string[]): Promise<RecipientRecord[]> {
  return sql<RecipientRecord>(
    `select message_id as "ofMessage", address, disposition, mailbox_id as "mailboxId", null::uuid as id,
       null::text as status, null::text as role, null::text as reply, null::timestamptz as "nextAttemptAt",
       null::timestamptz as "deliveredAt", null::text as "remoteQueueId", null::text as "bounceClass", null::text as route
     from message_recipients where message_id = any($1::uuid[])
     union all
     select o.* from unnest($1::uuid[]) as of_message(id) cross join lateral (
       select message_id as "ofMessage", address, null::text, null::uuid, ${OUTGOING_RECIPIENT}
       from outgoing_recipients where message_id = of_message.id order by address limit ${MOST_RECIPIENTS}) o
     order by address`,
    [messageIds],
  );
}

function conditionsOf(filter: MessageFilter): { conditions: string[]; parameters: unknown[] } {
  const conditions: string[] = [];
  const parameters: unknown[] = [];
  if (filter.status) conditions.push(`m.status = $${parameters.push(filter.status)}`);
  if (filter.direction) conditions.push(`m.direction = $${parameters.push(filter.direction)}`);
  if (filter.isDeleted === true) conditions.push('m.deleted_at is not null');
  if (filter.isDeleted === false) conditions.push('m.deleted_at is null');
  if (filter.label) {
    const label = `$${parameters.push(filter.label)}`;
    conditions.push(`exists (select from message_labels l where l.message_id = m.id and l.label = ${label})`);
  }
  if (filter.mailboxId) {
    const mailbox = `$${parameters.push(filter.mailboxId)}::uuid`;
    conditions.push(
      `exists (select from message_recipients r where r.message_id = m.id and r.mailbox_id = ${mailbox})`,
    );
  }
  const search = filter.search?.trim();
  if (search) {
    conditions.push(
      `m.id in (select w.message_id from message_words w
        where w.words @@ websearch_to_tsquery('simple', $${parameters.push(search)}))`,
    );
  }
  return { conditions, parameters };
}

const where = (conditions: string[]) => (conditions.length > 0 ? `where ${conditions.join(' and ')}` : '');
