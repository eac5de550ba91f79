import { circuitState, type CircuitState } from '../../domain/outgoing/pace.js';
import type { Sql } from '../database/database.js';

/** How mail went to a destination in the last hour, and how fast it goes now. */
export interface DestinationRecord {
  destination: string;
  route: string;
  delivered: number;
  deferred: number;
  failed: number;
  uncertain: number;
  concurrency: number | null;
  ratePerMinute: number | null;
  pausedUntil: string | null;
  circuit: CircuitState;
  reason: string | null;
}

interface Row extends Omit<DestinationRecord, 'circuit' | 'pausedUntil'>, Record<string, unknown> {
  failures: number | null;
  pausedUntil: string | null;
}

/** The destinations that an organization has sent to in the last hour, those with the most deferrals first. */
export async function readDestinations(sql: Sql, most: number): Promise<DestinationRecord[]> {
  const rows = await sql<Row>(
    `select c.destination, c.route, c.delivered, c.deferred, c.failed, c.uncertain, p.concurrency,
       p.rate_per_minute as "ratePerMinute", p.paused_until as "pausedUntil", p.failures, p.reason
     from (
       select destination, route, path, sum(delivered)::int as delivered, sum(deferred)::int as deferred,
         sum(failed)::int as failed, sum(uncertain)::int as uncertain
       from delivery_counts where span > now() - interval '70 minutes' group by destination, route, path) c
     left join delivery_paces p on p.path = c.path and p.destination = c.destination
     order by c.deferred desc, c.delivered + c.failed + c.uncertain desc, c.destination, c.route limit $1`,
    [most],
  );
  const now = Date.now();
  return rows.map(({ failures, pausedUntil, ...row }) => {
    const until = pausedUntil === null ? 0 : Date.parse(pausedUntil);
    const circuit = circuitState({ failures: failures ?? 0, pausedUntil: until }, now);
    return { ...row, circuit, pausedUntil: until > now ? pausedUntil : null };
  });
}
