import type { ParsingOutcome } from '../../domain/outcomes.js';
import type { Sql } from '../database/database.js';

export interface ThreadFacts {
  messageId: string;
  organizationId: string;
  /** The message's own Message-ID; null where it has none. */
  ownReference: string | null;
  /** What References and In-Reply-To name, oldest first. */
  references: string[];
  inReplyTo: string[];
  subject: string;
  participants: string[];
  receivedAt: string;
}

export type ThreadBy = ParsingOutcome['threadBy'];

export interface FoundThread {
  threadId: string;
  threadBy: ThreadBy;
}

/** A reply's subject finds its thread for this long. */
const SUBJECT_WINDOW = '30 days';
const REPLY_PREFIX = /^(?:\s*(?:re|aw|antw|sv|vs|fwd?|wg|tr|rv|ref|rif)\s*(?:\[\d{1,3}\])?\s*:)+\s*/i;

/** The subject without reply and forward prefixes, in one case and with single spaces. */
export function threadSubject(subject: string): string {
  return subject.slice(0, 500).replace(REPLY_PREFIX, '').replace(/\s+/g, ' ').trim().toLowerCase();
}

/**
 * Finds the thread of a message: by what it refers to, by what refers to it (the reply may come first), then, for a
 * subject with a reply prefix, by subject among threads that share a participant. Never by subject alone: the addresses
 * that it was received for do not count, for every stranger who writes to that mailbox shares them.
 *
 * Where it links several threads (the parent that was missing), those are merged into the oldest: only such as have one
 * of its participants among theirs (again not those that it was received for), for whoever knows a Message-ID may write it
 * into References.
 *
 * Asked again it gives the same: the message's own thread. The caller's transaction holds locks on the ids of the
 * conversation until it ends, so that parts that are parsed at the same moment do not open two threads.
 *
 * @returns null where the message begins a thread
 */
export async function findThread(sql: Sql, facts: ThreadFacts): Promise<FoundThread | null> {
  await sql(LOCK, [facts.organizationId, conversationOf(facts)]);
  const links = await sql<ThreadLink>(FIND, [
    facts.messageId,
    namedBy(facts),
    facts.inReplyTo,
    facts.ownReference,
    REPLY_PREFIX.test(facts.subject) ? threadSubject(facts.subject) : null,
    facts.participants,
    facts.receivedAt,
  ]);
  const [first] = links;
  if (first === undefined) return null;
  const joined = links.filter((link) => link.byReference && (link.threadId === first.threadId || link.acquainted));
  const oldest = joined.toSorted((a, b) => (a.openedAt < b.openedAt ? -1 : 1))[0] ?? first;
  const younger = joined.map(({ threadId }) => threadId).filter((id) => id !== oldest.threadId);
  if (younger.length > 0) await sql(MERGE, [oldest.threadId, younger]);
  return { threadId: oldest.threadId, threadBy: first.threadBy };
}

interface ThreadLink extends Record<string, unknown> {
  threadId: string;
  threadBy: ThreadBy;
  /** Linked by Message-IDs; otherwise by subject and participants. */
  byReference: boolean;
  /** A participant of the message is one of the thread. */
  acquainted: boolean;
  /** ISO 8601. */
  openedAt: string;
}

/** A reply and its parent share the parent's id; locks beyond the nearest would only cost. */
const LOCKED_REFERENCES = 8;

function conversationOf(facts: ThreadFacts): string[] {
  const named = namedBy(facts);
  const near = [...named.slice(0, 1), ...named.slice(-LOCKED_REFERENCES)];
  return [...new Set(facts.ownReference === null ? near : [facts.ownReference, ...near])];
}

export async function openThread(sql: Sql, facts: ThreadFacts): Promise<FoundThread> {
  const [opened] = await sql<{ id: string }>(
    'insert into threads (organization_id, subject, last_message_at) values ($1, $2, $3) returning id',
    [facts.organizationId, threadSubject(facts.subject), facts.receivedAt],
  );
  return { threadId: opened!.id, threadBy: 'new' };
}

/** All that a message refers to, each once. */
export function namedBy(facts: Pick<ThreadFacts, 'references' | 'inReplyTo'>): string[] {
  return [...new Set([...facts.references, ...facts.inReplyTo])];
}

/** In the order of the keys: two that lock the same ids never wait for each other. */
const LOCK = `
select pg_advisory_xact_lock(key)
from (select distinct hashtextextended($1 || ' ' || id, 7005) as key from unnest($2::text[]) as id order by 1) keys`;

/** Every thread that the message is linked to, the best link first. */
const FIND = `
with others as (
  select array(select unnest($6::text[]) except
    select lower(address) from message_recipients where message_id = $1) as addresses),
links as (
  select thread_id, coalesce(thread_by, 'new') as by, 0 as rank, received_at from messages where id = $1
  union all
  select thread_id, case when message_id = any($3) then 'inReplyTo' else 'references' end, 1, received_at
  from messages where message_id = any($2) and id <> $1
  union all
  select m.thread_id, 'references', 2, m.received_at
  from message_references r join messages m on m.id = r.message_id
  where (r.reference = any($2) or r.reference = $4) and m.id <> $1
  union all
  select * from (
    select m.thread_id, 'subject', 3, m.received_at
    from others o, threads t join messages m on m.thread_id = t.id
    where $5::text is not null and $5 <> '' and t.subject = $5 and m.id <> $1
      and t.last_message_at > $7::timestamptz - interval '${SUBJECT_WINDOW}'
      and (m.from_address = any(o.addresses) or m.to_addresses && o.addresses)
    order by t.last_message_at desc limit 1) by_subject),
best as (
  select distinct on (thread_id) thread_id, by, rank, received_at from links
  where thread_id is not null order by thread_id, rank, received_at)
select b.thread_id as "threadId", b.by as "threadBy", b.rank < 3 as "byReference", t.created_at::text as "openedAt",
  exists (select from messages m, others o where m.thread_id = b.thread_id and m.id <> $1
    and (m.from_address = any(o.addresses) or m.to_addresses && o.addresses)) as acquainted
from best b join threads t on t.id = b.thread_id
order by b.rank, b.received_at limit 20`;

const MERGE = `
with moved as (update messages set thread_id = $1 where thread_id = any($2::uuid[])),
merged as (update threads set merged_into = $1 where id = any($2::uuid[]) or merged_into = any($2::uuid[])
  returning id, last_message_at)
update threads t set last_message_at = greatest(t.last_message_at, (select max(last_message_at) from merged))
where t.id = $1`;
