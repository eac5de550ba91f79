import type { Sql } from '../database/database.js';

/** Whether a message from that address was delivered before, or one was sent to it; the given message does not count. */
export async function knowsCorrespondent(sql: Sql, messageId: string, address: string): Promise<boolean> {
  const [row] = await sql<{ known: boolean }>(
    `select exists (
       select from messages where from_address = $2 and id <> $1 and status = 'DELIVERED' and direction = 'INCOMING')
     or exists (
       select from messages where direction = 'OUTGOING' and to_addresses @> array[$2]) as known`,
    [messageId, address],
  );
  return row?.known === true;
}
