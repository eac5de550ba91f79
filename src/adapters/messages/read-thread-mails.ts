import { DEFAULT_READING_LANGUAGE } from '../../domain/reading-language.js';
import type { Sql } from '../database/database.js';

/** A delivered message of a thread, to be read again from its bytes. */
export interface ThreadMailRecord extends Record<string, unknown> {
  id: string;
  sha256: Buffer;
  size: number;
  receivedAt: string;
  /** Name in the From field, else the address. */
  author: string;
  subject: string;
  /** As languageDetection found it: ISO 639-1 or `unknown`. */
  language: string;
  /** It arrived encrypted, whether or not a key opened it. */
  encrypted: boolean;
  /** The security scan found orders to a model in it. */
  givesOrders: boolean;
  /** It is spam, or has a critical finding; a person may have released it. */
  dangerous: boolean;
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
  const rows = await sql<ThreadMailRecord & { delivered: number }>(
    `with delivered as (
       select m.*, row_number() over (order by m.received_at, m.id) as first,
         row_number() over (order by m.received_at desc, m.id desc) as newest, count(*) over () as delivered
       from messages m where m.thread_id = $1 and ${READABLE})
     select ${COLUMNS}, m.delivered from delivered m where m.first = 1 or m.newest < $2 order by m.received_at, m.id`,
    [thread.id, limit],
  );
  return {
    mails: rows,
    delivered: rows[0]?.delivered ?? 0,
    readingLanguage: thread.readingLanguage,
  };
}

/** The same of messages by their ids, as far as they are still delivered and there. */
export function readMailsById(sql: Sql, ids: readonly string[]): Promise<ThreadMailRecord[]> {
  return sql<ThreadMailRecord>(
    `select ${COLUMNS} from messages m where m.id = any($1::uuid[]) and ${READABLE} order by m.received_at, m.id`,
    [ids],
  );
}

const READABLE = `m.status = 'DELIVERED' and m.deleted_at is null`;

/** What the newest run that has said it said of the message. */
const said = (step: string, value: string) =>
  `(select ${value} from steps s join runs r on r.id = s.run_id
    where s.message_id = m.id and s.name = '${step}' and s.status in ('DONE', 'DEGRADED')
    order by r.number desc, s.attempt desc limit 1)`;

const found = (condition: string) =>
  `exists (select from findings f join runs r on r.id = f.run_id
    where r.message_id = m.id and r.number = m.current_run and ${condition})`;

const COLUMNS = `m.id, m.sha256, m.size, m.received_at as "receivedAt",
  coalesce(nullif(m.from_name, ''), m.from_address, '') as author, coalesce(m.subject, '') as subject,
  coalesce(${said('languageDetection', `s.outcome->>'language'`)}, 'unknown') as language,
  coalesce(${said('parsing', `s.outcome->'protection'->'encrypted' = 'true'`)}, false) as encrypted,
  ${found(`f.code = 'content.promptInjection'`)} as "givesOrders",
  ${found(`f.severity = 'critical'`)}
    or coalesce(${said('spamDetection', `s.outcome->>'verdict' = 'spam'`)}, false) as dangerous`;
