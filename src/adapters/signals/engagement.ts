import { hourOfWeek } from '../../domain/outgoing/send-time.js';
import type { Sql } from '../database/database.js';

/** Counts that somebody opened, clicked or answered then: for the address, its domain and the organization. */
export async function countEngagement(sql: Sql, organizationId: string, address: string, at: Date): Promise<void> {
  const key = address.toLowerCase();
  await sql(
    `insert into engagement_hours (organization_id, scope, key, hour, count, last_at)
     values ($1, 'ADDRESS', $2, $4, 1, $5), ($1, 'DESTINATION', $3, $4, 1, $5), ($1, 'ORGANIZATION', '', $4, 1, $5)
     on conflict (organization_id, scope, key, hour) do update
     set count = engagement_hours.count + 1, last_at = greatest(engagement_hours.last_at, excluded.last_at)`,
    [organizationId, key, key.slice(key.lastIndexOf('@') + 1), hourOfWeek(at.getTime()), at],
  );
}

/** What is known of when a recipient reads mail. */
export interface EngagementRow extends Record<string, unknown> {
  id: string;
  address: string;
  destination: string;
  /** Counts by hour of the week in UTC. */
  hours: Record<string, number> | null;
  /** Minutes east of UTC. */
  utcOffset: number | null;
}

/** A page of a message's waiting recipients, with what each did before. */
export function readEngagement(
  sql: Sql,
  messageId: string,
  after: string | null,
  most: number,
): Promise<EngagementRow[]> {
  return sql<EngagementRow>(
    `select r.id, r.address, r.destination, c.utc_offset as "utcOffset",
       (select jsonb_object_agg(e.hour, e.count) from engagement_hours e
        where e.organization_id = r.organization_id and e.scope = 'ADDRESS' and e.key = lower(r.address)) as hours
     from outgoing_recipients r
       left join correspondents c on c.organization_id = r.organization_id and c.address = lower(r.address)
     where r.message_id = $1 and r.status in ('QUEUED', 'SCHEDULED', 'HELD') and ($2::uuid is null or r.id > $2)
     order by r.id limit $3`,
    [messageId, after, most],
  );
}

/** Counts by hour of the week of destinations, and under '' of the organization. */
export async function readSharedEngagement(
  sql: Sql,
  destinations: readonly string[],
): Promise<Map<string, Record<string, number>>> {
  const rows = await sql<{ key: string; hours: Record<string, number> }>(
    `select key, jsonb_object_agg(hour, count) as hours from engagement_hours
     where organization_id = current_organization()
       and ((scope = 'DESTINATION' and key = any($1::text[])) or (scope = 'ORGANIZATION' and key = '')) group by scope, key`,
    [destinations],
  );
  return new Map(rows.map(({ key, hours }) => [key, hours]));
}

/** Gives recipients the times that were chosen for them. What is held keeps it for when it is let go. */
export async function writeTimes(
  sql: Sql,
  messageId: string,
  times: readonly { id: string; at: string }[],
): Promise<void> {
  await sql(
    `update outgoing_recipients r
     set status = case r.status when 'HELD' then 'HELD' else 'SCHEDULED' end,
       held_from = case r.status when 'HELD' then 'SCHEDULED' end, next_attempt_at = g.at, updated_at = now()
     from jsonb_to_recordset($2::jsonb) as g(id uuid, at timestamptz)
     where r.message_id = $1 and r.id = g.id and r.status in ('QUEUED', 'SCHEDULED', 'HELD')`,
    [messageId, JSON.stringify(times)],
  );
}
