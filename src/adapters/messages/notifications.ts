import type { Sql } from '../database/database.js';

export interface NotificationRecord extends Record<string, unknown> {
  id: string;
  /** Null: it is about no message. */
  messageId: string | null;
  /** Null: it is about no domain. */
  domain: string | null;
  kind: string;
  recipient: string;
  text: string;
  createdAt: string;
  readAt: string | null;
}

const COLUMNS =
  'id, message_id as "messageId", domain, kind, recipient, text, created_at as "createdAt", read_at as "readAt"';

/** The organization's notifications, newest first, from behind the id `after` on. */
export async function listNotifications(
  sql: Sql,
  unreadOnly: boolean,
  after: string | null,
  limit: number,
): Promise<NotificationRecord[]> {
  return sql<NotificationRecord>(
    `select ${COLUMNS} from notifications
     where ($1::uuid is null or id < $1) ${unreadOnly ? 'and read_at is null' : ''} order by id desc limit $2`,
    [after, limit],
  );
}

export async function countNotifications(sql: Sql, unreadOnly: boolean): Promise<number> {
  const [row] = await sql<{ total: number }>(
    `select count(*) as total from notifications ${unreadOnly ? 'where read_at is null' : ''}`,
  );
  return row?.total ?? 0;
}

/** Marks them as read now, those that were read before stay so. Unknown ids are not among what it gives back. */
export async function markRead(sql: Sql, ids: readonly string[]): Promise<NotificationRecord[]> {
  return sql<NotificationRecord>(
    `update notifications set read_at = coalesce(read_at, now()) where id = any($1::uuid[]) returning ${COLUMNS}`,
    [ids],
  );
}
