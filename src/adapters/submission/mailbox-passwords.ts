import type { Sql } from '../database/database.js';

/** What is told of a mailbox's password: never itself, nor its hash. */
export interface MailboxPasswordRecord extends Record<string, unknown> {
  mailboxId: string;
  setBy: string;
  setAt: string;
}

export function readMailboxPasswords(sql: Sql, mailboxIds: readonly string[]): Promise<MailboxPasswordRecord[]> {
  return sql<MailboxPasswordRecord>(
    `select mailbox_id as "mailboxId", set_by as "setBy", set_at as "setAt" from mailbox_passwords
     where mailbox_id = any($1::uuid[])`,
    [mailboxIds],
  );
}

/** @returns whether the organization has that mailbox */
export async function setMailboxPassword(sql: Sql, mailboxId: string, hash: string, setBy: string): Promise<boolean> {
  const rows = await sql(
    `insert into mailbox_passwords (mailbox_id, organization_id, hash, set_by)
     select id, organization_id, $2, $3 from mailboxes where id = $1
     on conflict (mailbox_id) do update set hash = excluded.hash, set_by = excluded.set_by, set_at = now()
     returning mailbox_id`,
    [mailboxId, hash, setBy],
  );
  return rows.length > 0;
}

/** @returns whether there was one */
export async function removeMailboxPassword(sql: Sql, mailboxId: string): Promise<boolean> {
  return (await sql('delete from mailbox_passwords where mailbox_id = $1 returning 1', [mailboxId])).length > 0;
}
