import { storableText } from '../../domain/json.js';
import type { ParsedMessage } from '../../domain/parsed-message.js';
import type { RunKey } from '../../domain/run.js';
import type { Database } from '../database/database.js';
import { findThread, namedBy, openThread, type FoundThread, type ThreadFacts } from './threads.js';

/** Words of a message that the search finds: more would slow every insert for little. */
const SEARCHED_CHARACTERS = 20_000;

/**
 * Writes what parsing learned to the message's row, its words to the search, and finds or opens its thread, in one
 * transaction. Every run of a message computes the same from the same bytes, so doing it twice changes nothing.
 */
export async function recordParsedFacts(
  database: Database,
  run: RunKey,
  parsed: ParsedMessage,
  receivedAt: string,
): Promise<FoundThread> {
  const to = [...parsed.to, ...parsed.cc].map((address) => indexable(address.address.toLowerCase())).slice(0, 100);
  const from = parsed.from[0];
  const facts: ThreadFacts = {
    messageId: run.messageId,
    organizationId: run.organizationId,
    ownReference: parsed.messageId === null ? null : indexable(parsed.messageId),
    references: parsed.references.slice(-100).map(indexable),
    inReplyTo: parsed.inReplyTo.slice(0, 20).map(indexable),
    subject: storableText(parsed.subject),
    participants: [...(from ? [indexable(from.address.toLowerCase())] : []), ...to],
    receivedAt,
  };
  return database.withOrganization(run.organizationId, async (sql) => {
    const found = await findThread(sql, facts);
    const thread = found ?? (await openThread(sql, facts));
    await sql(RECORD, [
      run.messageId,
      facts.subject,
      from ? indexable(from.address.toLowerCase()) : null,
      from ? storableText(from.name) : null,
      to,
      facts.ownReference,
      parsed.date,
      thread.threadId,
      thread.threadBy,
      namedBy(facts),
      searchedWords(parsed),
      receivedAt,
    ]);
    return thread;
  });
}

const RECORD = `
with known as (
  update messages
  set subject = $2, from_address = $3, from_name = $4, message_id = $6, sent_at = $7, thread_id = $8, thread_by = $9,
    to_addresses = case when $5::text[] = '{}' then to_addresses else $5::text[] end
  where id = $1 returning organization_id),
searched as (
  insert into message_words (organization_id, message_id, words)
  select organization_id, $1, to_tsvector('simple', $11) from known
  on conflict (message_id) do update set words = excluded.words),
referred as (
  insert into message_references (organization_id, message_id, reference)
  select organization_id, $1, reference from known, unnest($10::text[]) as reference on conflict do nothing)
update threads set last_message_at = greatest(last_message_at, $12::timestamptz) where id = $8`;

function searchedWords(parsed: ParsedMessage): string {
  const people = [...parsed.from, ...parsed.to, ...parsed.cc]
    .slice(0, 100)
    .map(({ name, address }) => `${name} ${address}`);
  const names = parsed.attachments.slice(0, 100).map((attachment) => attachment.filename ?? '');
  const all = [parsed.subject, ...people, ...names, parsed.text.slice(0, SEARCHED_CHARACTERS)].join('\n');
  return storableText(withoutLongWords(all));
}

/** A tsvector holds words of at most 2 KB and a megabyte in all; such words are no words. */
function withoutLongWords(text: string): string {
  return text.replace(/\S{500,}/g, ' ');
}

/** A b-tree takes keys of at most 2,704 bytes; an id or address of more is cut, the raw bytes keep it whole. */
function indexable(text: string): string {
  return storableText(text.slice(0, 500));
}
