import { storableJson } from '../../domain/json.js';
import { NOTHING_LEARNED, type LearnedRoutes } from '../../domain/learned-routes.js';
import type { Sql } from '../database/database.js';

/** Applies a change to what the organization's routing learned; changes wait for each other, and none is lost. */
export async function changeLearnedRoutes(sql: Sql, change: (table: LearnedRoutes) => LearnedRoutes): Promise<void> {
  await sql(
    `insert into learned_routes (organization_id, counts) values (current_organization(), $1::jsonb)
     on conflict do nothing`,
    [storableJson(NOTHING_LEARNED)],
  );
  const [row] = await sql<{ counts: LearnedRoutes }>('select counts from learned_routes for update');
  const before = row?.counts ?? NOTHING_LEARNED;
  const after = change(before);
  if (after === before) return;
  await sql('update learned_routes set counts = $1::jsonb, examples = $2, updated_at = now()', [
    storableJson(after),
    after.examples,
  ]);
}
