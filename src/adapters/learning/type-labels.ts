import { MOST_TYPE_LABELS, type TypeLabel } from '../../domain/correction.js';
import type { Sql } from '../database/database.js';

/** Until the transaction ends, nobody else changes the organization's labels. */
export async function lockTypeLabels(sql: Sql): Promise<void> {
  await sql(`select pg_advisory_xact_lock(hashtextextended('labels ' || current_organization()::text, 7015))`);
}

/** Writes a label that was checked, under lockTypeLabels, a built-in one or the organization's own. False where there are too many. */
export async function saveTypeLabel(sql: Sql, { name, description, words, enabled }: TypeLabel): Promise<boolean> {
  const rows = await sql(
    `insert into type_labels (organization_id, name, description, words, enabled)
     select current_organization(), $1, $2, $3, $4
     where (select count(*) from type_labels) < ${MOST_TYPE_LABELS}
       or exists (select from type_labels where lower(name) = lower($1))
     on conflict (organization_id, lower(name)) do update set name = excluded.name, description = excluded.description,
       words = excluded.words, enabled = excluded.enabled, updated_at = clock_timestamp()
     returning 1`,
    [name, description, words, enabled],
  );
  return rows.length > 0;
}

/** Removes an own label, or what was changed of a built-in one. Corrections that name it are kept, and ask for nothing. */
export async function removeTypeLabel(sql: Sql, name: string): Promise<boolean> {
  const rows = await sql('delete from type_labels where lower(name) = lower($1) returning 1', [name]);
  return rows.length > 0;
}
