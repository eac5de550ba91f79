import type { Sql } from '../database/database.js';
import { CHUNK_BYTES } from './accept-messages.js';

/**
 * Stores bytes that are too large for one statement, chunk by chunk, in the caller's transaction; memory stays at two
 * chunks. Storing what is there already changes nothing: it is the same content.
 */
export async function storeChunks(
  sql: Sql,
  blob: { organizationId: string; sha256: Buffer; size: number },
  bytes: AsyncIterable<Buffer>,
): Promise<void> {
  await sql(
    // Locks the row of content that is known: who deletes the last message with it must not take the chunks along.
    `insert into blobs (organization_id, sha256, size, reference_count) values ($1, $2, $3, 0)
     on conflict (organization_id, sha256) do update set reference_count = blobs.reference_count`,
    [blob.organizationId, blob.sha256, blob.size],
  );
  let number = 0;
  for await (const chunk of inChunks(bytes, CHUNK_BYTES)) {
    await sql(
      `insert into blob_chunks (organization_id, sha256, number, bytes) values ($1, $2, $3, $4) on conflict do nothing`,
      [blob.organizationId, blob.sha256, number++, chunk],
    );
  }
}

/** The bytes of a blob; null where the organization has none with this hash. */
export async function readBlob(sql: Sql, sha256: Buffer): Promise<Buffer | null> {
  const chunks = await sql<{ bytes: Buffer }>('select bytes from blob_chunks where sha256 = $1 order by number', [
    sha256,
  ]);
  return chunks.length === 0
    ? null
    : chunks.length === 1
      ? chunks[0]!.bytes
      : Buffer.concat(chunks.map((c) => c.bytes));
}

async function* inChunks(bytes: AsyncIterable<Buffer>, size: number): AsyncGenerator<Buffer> {
  let waiting: Buffer[] = [];
  let length = 0;
  for await (const piece of bytes) {
    waiting.push(piece);
    length += piece.length;
    while (length >= size) {
      const whole = Buffer.concat(waiting);
      yield whole.subarray(0, size);
      waiting = [whole.subarray(size)];
      length = whole.length - size;
    }
  }
  if (length > 0 || waiting.length === 0) yield Buffer.concat(waiting);
}
