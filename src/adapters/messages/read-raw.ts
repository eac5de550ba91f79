import type { Database } from '../database/database.js';

export interface RawMessage {
  /** Bytes of the whole: our trace fields and the message as it was received. */
  size: number;
  /** Reads chunk by chunk, each in a transaction of its own: a slow reader holds no connection. */
  chunks(): AsyncGenerator<Buffer>;
}

/** The RFC 5322 source of a message; null where the organization has no such message. */
export async function readRawMessage(
  database: Database,
  organizationId: string,
  messageId: string,
): Promise<RawMessage | null> {
  const [message] = await database.withOrganization(organizationId, (sql) =>
    sql<{ trace: string; size: number; sha256: Buffer; chunks: number }>(
      `select m.trace, m.size, m.sha256,
         (select count(*) from blob_chunks c where c.organization_id = m.organization_id and c.sha256 = m.sha256) as chunks
       from messages m where m.id = $1`,
      [messageId],
    ),
  );
  if (message === undefined) return null;
  const trace = Buffer.from(message.trace, 'utf8');
  return {
    size: trace.length + message.size,
    async *chunks() {
      if (trace.length > 0) yield trace;
      for (let number = 0; number < message.chunks; number++) {
        const [chunk] = await database.withOrganization(organizationId, (sql) =>
          sql<{ bytes: Buffer }>('select bytes from blob_chunks where sha256 = $1 and number = $2', [
            message.sha256,
            number,
          ]),
        );
        if (chunk === undefined) throw new Error(`chunk ${number} of message ${messageId} is gone`);
        yield chunk.bytes;
      }
    },
  };
}
