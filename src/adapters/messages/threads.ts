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
 * Asked again it gives the same: the message's own thread. The caller's transaction holds the conversation's lock until
 * it ends, so that parts of one conversation that are parsed at the same moment do not open two threads.
 *
 * @returns null where the message begins a thread
 */
export async function findThread(sql: Sql, facts: ThreadFacts): Promise<FoundThread | null> {
  const root = facts.references[0] ?? facts.inReplyTo[0] ?? facts.ownReference;
  if (root !== null) {
    await sql('select pg_advisory_xact_lock(hashtextextended($1, 7005))', [`${facts.organizationId} ${root}`]);
  }
  const [found] = await sql<{ threadId: string; threadBy: ThreadBy }>(FIND, [
    facts.messageId,
    namedBy(facts),
    facts.inReplyTo,
    facts.ownReference,
    REPLY_PREFIX.test(facts.subject) ? threadSubject(facts.subject) : null,
    facts.participants,
    facts.receivedAt,
  ]);
  return found ?? null;
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

const FIND = `
select thread_id as "threadId", by as "threadBy" from (
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
    from threads t join messages m on m.thread_id = t.id,
      (select array(select unnest($6::text[]) except
        select lower(address) from message_recipients where message_id = $1) as others) p
    where $5::text is not null and $5 <> '' and t.subject = $5 and m.id <> $1
      and t.last_message_at > $7::timestamptz - interval '${SUBJECT_WINDOW}'
      and (m.from_address = any(p.others) or m.to_addresses && p.others)
    order by t.last_message_at desc limit 1) by_subject) found
where thread_id is not null order by rank, received_at limit 1`;
