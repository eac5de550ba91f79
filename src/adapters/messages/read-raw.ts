import { findForeignResults } from '../../domain/foreign-results.js';
import type { Database } from '../database/database.js';

/**
 * `received`: our trace fields and the bytes as they came. `delivered`: once the scan has answered, with its
 * Authentication-Results on top and without such fields that a stranger wrote in our name.
 */
export type RawForm = 'received' | 'delivered';

export interface RawMessage {
  /** Bytes of the whole: our fields and the message. */
  size: number;
  /** Reads chunk by chunk, each in a transaction of its own: a slow reader holds no connection. */
  chunks(): AsyncGenerator<Buffer>;
}

interface RawRow extends Record<string, unknown> {
  trace: string;
  size: number;
  sha256: Buffer;
  chunks: number;
  results: { authservId: string; field: string } | null;
}

/** The RFC 5322 source of a message; null where the organization has no such message. */
export async function readRawMessage(
  database: Database,
  organizationId: string,
  messageId: string,
  form: RawForm,
): Promise<RawMessage | null> {
  const [message] = await database.withOrganization(organizationId, (sql) => sql<RawRow>(FIND, [messageId]));
  if (message === undefined) return null;
  const readChunk = async (number: number): Promise<Buffer> => {
    const [chunk] = await database.withOrganization(organizationId, (sql) =>
      sql<{ bytes: Buffer }>('select bytes from blob_chunks where sha256 = $1 and number = $2', [
        message.sha256,
        number,
      ]),
    );
    if (chunk === undefined) throw new Error(`chunk ${number} of message ${messageId} is gone`);
    return chunk.bytes;
  };
  const results = form === 'delivered' ? message.results : null;
  const ours = Buffer.from(`${results?.field ?? ''}${message.trace}`, 'utf8');
  const head = results === null ? null : await readHead(readChunk, message.chunks, results.authservId);
  return {
    size: ours.length + message.size - (head?.removed ?? 0),
    async *chunks() {
      if (ours.length > 0) yield ours;
      if (head !== null) yield* head.pieces;
      for (let number = head?.chunks ?? 0; number < message.chunks; number++) yield await readChunk(number);
    },
  };
}

/** The first chunks, up to the one in which the header section ends, less what was forged in them. */
async function readHead(
  readChunk: (number: number) => Promise<Buffer>,
  all: number,
  authservId: string,
): Promise<{ pieces: Buffer[]; chunks: number; removed: number }> {
  let bytes = Buffer.alloc(0);
  for (let chunks = 1; chunks <= all; chunks++) {
    bytes = Buffer.concat([bytes, await readChunk(chunks - 1)]);
    const { ranges, bodyStart } = findForeignResults(bytes, authservId);
    if (bodyStart === null && chunks < all) continue;
    const starts = [0, ...ranges.map(({ end }) => end)];
    const ends = [...ranges.map(({ start }) => start), bytes.length];
    const pieces = starts.map((start, at) => bytes.subarray(start, ends[at])).filter((piece) => piece.length > 0);
    return { pieces, chunks, removed: ranges.reduce((sum, { start, end }) => sum + end - start, 0) };
  }
  return { pieces: [], chunks: 0, removed: 0 };
}

const FIND = `
select m.trace, m.size, m.sha256,
  (select count(*) from blob_chunks c where c.organization_id = m.organization_id and c.sha256 = m.sha256) as chunks,
  (select s.outcome->'authenticationResults' from runs r join steps s on s.run_id = r.id
   where r.message_id = m.id and s.name = 'securityScan' and s.status in ('DONE', 'DEGRADED')
     and s.outcome ? 'authenticationResults'
   order by r.number desc limit 1) as results
from messages m where m.id = $1 and m.deleted_at is null`;
