import { storableJson } from '../../domain/json.js';
import { MOST_LESSON_CHARACTERS, MOST_LESSONS, type SentMail } from '../../domain/sent-mail.js';
import type { LessonRow } from '../../domain/composition.js';
import type { Sql } from '../database/database.js';

/**
 * Learns from mail that the organization sent, in the caller's transaction: once a source, however often it is called.
 * Whoever sends mail calls it when the mail is accepted for delivery, with the text as lessonText leaves it; the models
 * follow within about a minute.
 *
 * @returns how many were new
 */
export async function learnSentMail(sql: Sql, organizationId: string, mails: readonly SentMail[]): Promise<number> {
  const worth = mails.filter(({ text, recipients }) => text !== '' || recipients.length > 1);
  if (worth.length === 0) return 0;
  const [row] = await sql<{ learned: number }>(
    `with given as (
       select * from jsonb_to_recordset($2::jsonb) as g(source text, "mailboxId" uuid, text text, recipients jsonb)),
     learned as (
       insert into sent_lessons (organization_id, source, mailbox_id, text, recipients)
       select $1, source, (select id from mailboxes where id = "mailboxId"), text,
         array(select jsonb_array_elements_text(recipients)) from given
       on conflict do nothing returning 1),
     noted as (
       insert into phrase_learning (organization_id) select $1 where exists (select from learned)
       on conflict (organization_id) do update set changed_at = clock_timestamp())
     select count(*)::int as learned from learned`,
    [organizationId, storableJson(worth)],
  );
  return row?.learned ?? 0;
}

/** Forgets what a mailbox wrote, or all; the models that hold it at once. A build that runs meanwhile comes to nothing. */
export async function forgetSentMail(sql: Sql, mailboxId: string | null): Promise<number> {
  await noteForgotten(sql);
  const forgotten = await sql('delete from sent_lessons where $1::uuid is null or mailbox_id = $1 returning 1', [
    mailboxId,
  ]);
  // The organization's model holds what the mailbox wrote too: better none for a minute than that.
  await sql('delete from phrase_models where $1::uuid is null or mailbox_id is null or mailbox_id = $1', [mailboxId]);
  return forgotten.length;
}

/** Forgets what was learned of messages that are deleted, of whatever organizations the caller may see. */
export async function forgetSentMessages(
  sql: Sql,
  messages: readonly { id: string; organizationId: string }[],
): Promise<void> {
  await sql(
    `with gone as (
       delete from sent_lessons where (organization_id, source) in (select * from unnest($1::uuid[], $2::text[]))
       returning organization_id)
     update phrase_learning set changed_at = clock_timestamp()
     where organization_id in (select organization_id from gone)`,
    [messages.map(({ organizationId }) => organizationId), messages.map(({ id }) => id)],
  );
}

/** First of all, so that no build puts back what is forgotten (see replacePhraseModels). */
async function noteForgotten(sql: Sql): Promise<void> {
  await sql(
    'update phrase_learning set changed_at = clock_timestamp(), forgotten_at = clock_timestamp(), built_at = null',
  );
}

/** The newest lessons of an organization, as many as a model is built of; as the system role. */
export async function readLessons(sql: Sql, organizationId: string): Promise<LessonRow[]> {
  return sql<LessonRow & Record<string, unknown>>(
    `select "mailboxId", text, recipients from (
       select mailbox_id as "mailboxId", text, recipients,
         sum(length(text)) over (order by learned_at desc, id desc) as written
       from sent_lessons where organization_id = $1 order by learned_at desc, id desc limit ${MOST_LESSONS}) newest
     where written <= ${MOST_LESSON_CHARACTERS}`,
    [organizationId],
  );
}

export interface CompanyRow extends Record<string, unknown> {
  address: string;
  /** Mails to it. */
  mails: number;
  /** Mails to it and to another of the draft's recipients. */
  together: number;
}

const LOOKED_AT = 500;

/** Whom the organization writes to together with these addresses, from its newest mails to any of them. */
export async function readCompany(sql: Sql, addresses: readonly string[]): Promise<CompanyRow[]> {
  return sql<CompanyRow>(
    `with near as (
       select recipients from sent_lessons where recipients && $1::text[] order by learned_at desc limit ${LOOKED_AT})
     select address, count(*)::int as mails,
       (count(*) filter (where exists (
         select from unnest(recipients) as other where other <> address and other = any($1::text[]))))::int as together
     from near, unnest(recipients) as address group by address order by together desc, mails desc limit 200`,
    [addresses],
  );
}

/** Correspondents at the domains of these addresses, the most frequent, and whether a lesson was written to them. */
export async function readKnownAt(sql: Sql, addresses: readonly string[]) {
  const domains = addresses.map((address) => address.slice(address.lastIndexOf('@') + 1));
  return sql<{ address: string; name: string; mails: number; written: boolean }>(
    `with known as materialized (
       select address, name, messages as mails from correspondents
       where domain = any($1::text[]) or address = any($2::text[]) order by messages desc limit 300),
     written as (
       select unnest(recipients) as address from sent_lessons where recipients && array(select address from known))
     select address, name, mails, address in (select address from written) as written
     from known order by mails desc`,
    [domains, addresses],
  );
}
