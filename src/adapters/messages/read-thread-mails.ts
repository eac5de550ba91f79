import { DEFAULT_READING_LANGUAGE } from '../../domain/reading-language.js';
import type { Sql } from '../database/database.js';

/** A delivered message of a thread, to be read again from its bytes. */
export interface ThreadMailRecord extends Record<string, unknown> {
  id: string;
  sha256: Buffer;
  size: number;
  /** Name in the From field, else the address. */
  author: string;
  subject: string;
  /** As languageDetection found it: ISO 639-1 or `unknown`. */
  language: string;
}

export interface ThreadMails {
  /** In the order of their receipt. */
  mails: ThreadMailRecord[];
  /** All that were delivered, also those beyond the limit. */
  delivered: number;
  /** ISO 639-1: what the organization reads. */
  readingLanguage: string;
}

/**
 * The delivered messages of a thread: of a longer one the first and the newest. Threads that were merged are found by
 * either id. Null where the organization has no such thread.
 */
export async function readThreadMails(sql: Sql, threadId: string, limit: number): Promise<ThreadMails | null> {
  const [thread] = await sql<{ id: string; readingLanguage: string }>(
    `select coalesce(t.merged_into, t.id) as id, coalesce(o.settings->>'readingLanguage', '${DEFAULT_READING_LANGUAGE}') as "readingLanguage"
     from threads t join organizations o on o.id = t.organization_id where t.id = $1`,
    [threadId],
  );
  if (thread === undefined) return null;
  const rows = await sql<ThreadMailRecord & { delivered: number }>(FIND, [thread.id, limit]);
  return {
    mails: rows,
    delivered: rows[0]?.delivered ?? 0,
    readingLanguage: thread.readingLanguage,
  };
}

const FIND = `
with delivered as (
  select m.id, m.sha256, m.size, coalesce(nullif(m.from_name, ''), m.from_address, '') as author,
    coalesce(m.subject, '') as subject, m.received_at,
    row_number() over (order by m.received_at, m.id) as first,
    row_number() over (order by m.received_at desc, m.id desc) as newest,
    count(*) over () as delivered
  from messages m
  where m.thread_id = $1 and m.status = 'DELIVERED' and m.deleted_at is null)
select d.id, d.sha256, d.size, d.author, d.subject, d.delivered,
  coalesce((select s.outcome->>'language' from steps s join runs r on r.id = s.run_id
   where s.message_id = d.id and s.name = 'languageDetection' and s.status in ('DONE', 'DEGRADED')
   order by r.number desc, s.attempt desc limit 1), 'unknown') as language
from delivered d where d.first = 1 or d.newest < $2
order by d.received_at, d.id`;
