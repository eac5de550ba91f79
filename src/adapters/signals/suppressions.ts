import { storableJson } from '../../domain/json.js';
import type { SuppressionReason, SuppressionScope } from '../../domain/outgoing/suppression.js';
import type { Sql } from '../database/database.js';

export interface NewSuppression {
  address: string;
  reason: SuppressionReason;
  scope: SuppressionScope;
  note: string;
  messageId: string | null;
  createdBy: string;
  expiresAt: Date | null;
}

export interface SuppressionRecord extends Record<string, unknown> {
  id: string;
  address: string;
  reason: SuppressionReason;
  scope: SuppressionScope;
  note: string;
  messageId: string | null;
  createdBy: string;
  createdAt: string;
  expiresAt: string | null;
}

const COLUMNS = `id, address, reason, scope, note, message_id as "messageId", created_by as "createdBy",
  created_at as "createdAt", expires_at as "expiresAt"`;
const LONGEST_NOTE = 500;

/** Puts addresses on the list; what is there for the same reason keeps the wider scope and the later end. */
export function suppressAddresses(
  sql: Sql,
  organizationId: string,
  added: readonly NewSuppression[],
): Promise<SuppressionRecord[]> {
  return sql<SuppressionRecord>(
    `insert into suppressions as s (organization_id, address, reason, scope, note, message_id, created_by, expires_at)
     select $1, address, reason, scope, note, message_id, created_by, expires_at
     from jsonb_to_recordset($2::jsonb) as g(
       address text, reason text, scope text, note text, message_id uuid, created_by text, expires_at timestamptz)
     order by address
     on conflict (organization_id, address, reason) do update
     set scope = case when 'ALL' in (s.scope, excluded.scope) then 'ALL' else 'BULK' end, note = excluded.note,
       message_id = coalesce(excluded.message_id, s.message_id),
       expires_at = case when s.expires_at is null or excluded.expires_at is null then null
         else greatest(s.expires_at, excluded.expires_at) end
     returning ${COLUMNS}`,
    [
      organizationId,
      storableJson(
        added.map(({ address, reason, scope, note, messageId, createdBy, expiresAt }) => ({
          address: address.toLowerCase(),
          reason,
          scope,
          note: note.slice(0, LONGEST_NOTE),
          message_id: messageId,
          created_by: createdBy,
          expires_at: expiresAt?.toISOString() ?? null,
        })),
      ),
    ],
  );
}

/** A page of the list, newest first; of one address where it is given. */
export function listSuppressions(
  sql: Sql,
  address: string | null,
  before: string | null,
  most: number,
): Promise<SuppressionRecord[]> {
  return sql<SuppressionRecord>(
    `select ${COLUMNS} from suppressions
     where organization_id = current_organization() and ($1::text is null or address = lower($1))
       and ($2::uuid is null or id < $2) and (expires_at is null or expires_at > now())
     order by id desc limit $3`,
    [address, before, most],
  );
}

/** @returns what was taken from the list; null where there is none */
export async function removeSuppression(sql: Sql, id: string): Promise<SuppressionRecord | null> {
  const [removed] = await sql<SuppressionRecord>(`delete from suppressions where id = $1 returning ${COLUMNS}`, [id]);
  return removed ?? null;
}
