import type { List, ListEntry, ListSubject } from '../../domain/address-list.js';
import type { IntakePolicy } from '../../domain/intake-policy.js';
import { storableJson } from '../../domain/json.js';
import type { Sql } from '../database/database.js';

export interface ListEntryRecord extends ListEntry, Record<string, unknown> {
  note: string;
  createdBy: string;
  createdAt: string;
  expiresAt: string | null;
}

export interface NewListEntry {
  list: List;
  subject: ListSubject;
  pattern: string;
  mailboxId: string | null;
  note: string;
  expiresAt: string | null;
}

const COLUMNS = `id, list, subject, pattern, mailbox_id as "mailboxId", note, created_by as "createdBy",
  created_at as "createdAt", expires_at as "expiresAt"`;

/** The organization's entries, expired ones too, newest first, from behind the id `after` on. */
export async function listEntries(sql: Sql, after: string | null, limit: number): Promise<ListEntryRecord[]> {
  return sql<ListEntryRecord>(
    `select ${COLUMNS} from address_lists where $1::uuid is null or id < $1 order by id desc limit $2`,
    [after, limit],
  );
}

export async function countEntries(sql: Sql): Promise<number> {
  const [row] = await sql<{ total: number }>('select count(*) as total from address_lists');
  return row?.total ?? 0;
}

/** One that is there already gets the new note and expiry. */
export async function putEntry(sql: Sql, entry: NewListEntry, by: string): Promise<ListEntryRecord> {
  const { list, subject, pattern, mailboxId, note, expiresAt } = entry;
  const [put] = await sql<ListEntryRecord>(
    `insert into address_lists (organization_id, list, subject, pattern, mailbox_id, note, created_by, expires_at)
     values (current_organization(), $1, $2, $3, $4, $5, $6, $7)
     on conflict (organization_id, list, subject, pattern, mailbox_id) do update
       set note = excluded.note, expires_at = excluded.expires_at
     returning ${COLUMNS}`,
    [list, subject, pattern, mailboxId, note, by, expiresAt],
  );
  return put!;
}

/** @returns the entry as it was; null where there is none */
export async function deleteEntry(sql: Sql, id: string): Promise<ListEntryRecord | null> {
  const [entry] = await sql<ListEntryRecord>(`delete from address_lists where id = $1 returning ${COLUMNS}`, [id]);
  return entry ?? null;
}

/** What the organization chose; fields that it did not choose are left out. */
export async function readChosenPolicy(sql: Sql): Promise<Partial<IntakePolicy>> {
  const [row] = await sql<{ policy: Partial<IntakePolicy> }>(
    `select coalesce(settings->'intake', '{}') as policy from organizations`,
  );
  return row?.policy ?? {};
}

/** Fields that are null go back to the default; those that are left out stay as they are. */
export async function writeChosenPolicy(
  sql: Sql,
  policy: { [Field in keyof IntakePolicy]?: IntakePolicy[Field] | null },
): Promise<Partial<IntakePolicy>> {
  const [row] = await sql<{ policy: Partial<IntakePolicy> }>(
    `update organizations
     set settings = jsonb_set(settings, '{intake}', jsonb_strip_nulls(coalesce(settings->'intake', '{}') || $1::jsonb))
     returning settings->'intake' as policy`,
    [storableJson(policy)],
  );
  return row?.policy ?? {};
}
