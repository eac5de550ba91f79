import {
  meaningPart,
  WORDS_SPACE,
  type Comparison,
  type MadeVector,
  type StoredVector,
} from '../../domain/embedding.js';
import type { Sql } from '../database/database.js';

export interface MessageEmbedding extends MadeVector {
  messageId: string;
}

/** Takes away what a provider made of messages in an earlier run. */
export async function dropProviderEmbeddings(sql: Sql, messageIds: readonly string[]): Promise<void> {
  if (messageIds.length === 0) return;
  await sql('delete from message_embeddings where message_id = any($1::uuid[]) and by_provider', [messageIds]);
}

/** Writes what messages are about, by this process and by a provider; what was there of either is replaced. */
export async function writeEmbeddings(
  sql: Sql,
  organizationId: string,
  embeddings: readonly MessageEmbedding[],
): Promise<void> {
  const keyed = embeddings.map((embedding) => [`${embedding.messageId} ${embedding.byProvider}`, embedding] as const);
  const newest = [...new Map(keyed).values()];
  if (newest.length === 0) return;
  await sql(
    `insert into message_embeddings (organization_id, message_id, by_provider, space, vector)
     select $1, * from unnest($2::uuid[], $3::boolean[], $4::text[], $5::bytea[]) order by 2, 3
     on conflict (message_id, by_provider) do update set space = excluded.space, vector = excluded.vector
     where (message_embeddings.space, message_embeddings.vector) is distinct from (excluded.space, excluded.vector)`,
    [
      organizationId,
      newest.map(({ messageId }) => messageId),
      newest.map(({ byProvider }) => byProvider),
      newest.map(({ space }) => space),
      newest.map(({ bytes }) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)),
    ],
  );
}

/** What a message is compared by: a provider's vector, else that of this process; null where none was kept of it. */
export async function readEmbedding(sql: Sql, messageId: string): Promise<StoredVector | null> {
  const [row] = await sql<{ space: string; vector: Buffer }>(
    'select space, vector from message_embeddings where message_id = $1 order by by_provider desc limit 1',
    [messageId],
  );
  return row === undefined ? null : vectorOf(row);
}

/**
 * What learning reads of a message: what this process, or the model in it, made of its meaning. Null where there are words
 * alone, which say nothing new; a provider's is not learned from, since what is learned acts.
 */
export async function readMeaning(sql: Sql, messageId: string): Promise<StoredVector | null> {
  const [row] = await sql<{ space: string; vector: Buffer }>(
    'select space, vector from message_embeddings where message_id = $1 and not by_provider and space <> $2',
    [messageId, WORDS_SPACE],
  );
  return row === undefined ? null : meaningPart(vectorOf(row));
}

/** How long the organization's newest vector of a space is; null where it has none. */
export async function readDimensions(sql: Sql, space: string): Promise<number | null> {
  const [row] = await sql<{ dimensions: number }>(
    `select length(vector) as dimensions from message_embeddings
     where organization_id = current_organization() and space = $1 order by message_id desc limit 1`,
    [space],
  );
  return row?.dimensions ?? null;
}

function vectorOf({ space, vector }: { space: string; vector: Buffer }): StoredVector {
  return { space, bytes: Int8Array.from(new Int8Array(vector)) };
}

/** Vectors of one space, or of each the part that is compared, side by side, newest message first. */
export interface EmbeddingPage {
  messageIds: string[];
  vectors: Buffer;
}

/** In one row: thousands of small ones would keep the event loop for longer than the search does. */
export async function readEmbeddingPage(
  sql: Sql,
  { space, bytes, from }: Comparison,
  before: string | null,
  limit: number,
): Promise<EmbeddingPage> {
  const [row] = await sql<{ messageIds: string[] | null; vectors: Buffer | null }>(
    `select array_agg(message_id order by message_id desc) as "messageIds",
       string_agg(vector, ''::bytea order by message_id desc) as vectors
     from (select message_id, substring(vector from $5::integer + 1) as vector from message_embeddings
       where organization_id = current_organization() and space = $1 and length(vector) = $4::integer + $5::integer
         and ($2::uuid is null or message_id < $2)
       order by message_id desc limit $3) newest`,
    [space, before, limit, bytes.length, from],
  );
  return { messageIds: row?.messageIds ?? [], vectors: row?.vectors ?? Buffer.alloc(0) };
}
