import type { RouteFeatures } from '../../domain/learned-routes.js';
import type { Sql } from '../database/database.js';

/** What the newest run that analysed its route saw; null where none did, or one that did not tell yet. */
export async function readRouteFeatures(sql: Sql, messageId: string): Promise<RouteFeatures | null> {
  const [row] = await sql<{ features: RouteFeatures | null }>(
    `select s.outcome->'features' as features from steps s join runs r on r.id = s.run_id
     where s.message_id = $1 and s.name = 'routingAnalysis' and s.outcome is not null
     order by r.number desc, s.attempt desc limit 1`,
    [messageId],
  );
  return row?.features ?? null;
}
