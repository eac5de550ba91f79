import { untilTomorrow, warmUpAllowance } from '../../domain/outgoing/delivery-route.js';
import { circuitState, type CircuitState } from '../../domain/outgoing/pace.js';
import type { RouteHealth } from '../../domain/outgoing/route-choice.js';
import type { Sql } from '../database/database.js';
import { pacedDestination, pathOf, routePath, type SendingRoute } from './sending-route.js';

/** Beyond what the choice of a route looks at. */
export interface HealthOfRoute extends RouteHealth {
  circuit: CircuitState;
  /** Messages that the warm-up has let through today, and lets; null: there is none. */
  warmUpUsed: number;
  warmUpAllowed: number | null;
}

interface PaceRow extends Record<string, unknown> {
  path: string;
  destination: string;
  pausedUntil: number;
  failures: number;
  reason: string | null;
  usedToday: number;
}

interface CountRow extends Record<string, unknown> {
  route: string;
  attempts: number;
  deferred: number;
}

/**
 * How routes have done in the last hour.
 *
 * @param destination null: with all of them, where no circuit is one of the route's
 */
export async function readRouteHealth(
  sql: Sql,
  routes: readonly SendingRoute[],
  destination: string | null,
): Promise<HealthOfRoute[]> {
  const now = Date.now();
  const keys = routes.flatMap((route) => keysOf(route, destination));
  const [paces, counts] = await Promise.all([
    sql<PaceRow>(
      `select path, destination, failures, reason, (extract(epoch from paused_until) * 1000)::float8 as "pausedUntil",
         case when day = (now() at time zone 'UTC')::date then used_of_day else 0 end as "usedToday"
       from delivery_paces where (path, destination) in (select * from unnest($1::text[], $2::text[]))`,
      [keys.map(({ path }) => path), keys.map(({ at }) => at)],
    ),
    sql<CountRow>(
      `select route, sum(delivered + deferred + failed + uncertain)::int as attempts, sum(deferred)::int as deferred
       from delivery_counts where span > now() - interval '70 minutes' and ($1::text is null or destination in ($1, ''))
       group by route`,
      [destination],
    ),
  ]);
  const paceAt = (path: string, at: string) => paces.find((row) => row.path === path && row.destination === at);
  return routes.map((route) => {
    const count = counts.find((row) => row.route === route.name);
    const own = route.id === null ? undefined : paceAt(routePath(route.id), '');
    const there = keysOf(route, destination)
      .filter(({ path }) => path === pathOf(route))
      .map(({ path, at }) => paceAt(path, at))[0];
    const allowed = route.warmUp === null ? null : warmUpAllowance(route.warmUp, now);
    const used = own?.usedToday ?? 0;
    const exhausted = allowed !== null && used >= allowed;
    const paused = (there?.pausedUntil ?? 0) > now;
    return {
      name: route.name,
      members: route.members,
      attempts: count?.attempts ?? 0,
      deferred: count?.deferred ?? 0,
      restsUntil: exhausted ? now + untilTomorrow(now) : paused ? there!.pausedUntil : null,
      reason: exhausted ? `its warm-up lets ${allowed} messages through today` : paused ? there!.reason : null,
      circuit: there === undefined ? 'CLOSED' : circuitState(there, now),
      warmUpUsed: used,
      warmUpAllowed: allowed,
    };
  });
}

/** Where what is known of a route is kept; of a pool nothing is. */
function keysOf(route: SendingRoute, destination: string | null): { path: string; at: string }[] {
  if (route.members.length > 0) return [];
  const own = route.id === null ? [] : [{ path: routePath(route.id), at: '' }];
  if (route.smartHost === null && destination === null) return own;
  return [...own, { path: pathOf(route), at: pacedDestination(route, destination ?? '') }];
}
