import { LRUCache } from 'lru-cache';
import { DEFAULT_ROUTE } from '../../domain/outgoing/delivery-route.js';
import type { Database, Sql } from '../database/database.js';
import { openSecret } from '../secrets/sealed-secret.js';
import {
  readAssignments,
  readDeliveryRoutes,
  routeSecret,
  type AssignmentRecord,
  type StoredRoute,
} from './delivery-routes.js';
import { readRouteHealth, type HealthOfRoute } from './route-health.js';
import type { SendingRoute } from './sending-route.js';

export interface RouteBookOptions {
  /** As everpost_app. */
  database: Database;
  secretKey: Buffer | null;
  /** The route of everybody who has assigned no other. */
  defaultRoute: SendingRoute;
  /** Whether smart hosts that organizations name may be in private networks, or on this machine. */
  privateNetworks: boolean;
}

/** The routes of an organization. */
export interface Routes {
  byName: Map<string, SendingRoute>;
  assignments: AssignmentRecord[];
}

/** Changes to routes are seen after so long; a look-up for every mail would cost more than the mail. */
const KEPT_MS = 5_000;
const MOST_ORGANIZATIONS = 1_000;
const MOST_HEALTHS = 5_000;

/** The routes of all organizations and how they do, read when they are needed and kept for seconds. */
export class RouteBook {
  readonly #options: RouteBookOptions;
  readonly #routes = new LRUCache<string, Promise<Routes>>({ max: MOST_ORGANIZATIONS, ttl: KEPT_MS });
  readonly #health = new LRUCache<string, Promise<HealthOfRoute[]>>({ max: MOST_HEALTHS, ttl: KEPT_MS });

  constructor(options: RouteBookOptions) {
    this.#options = options;
  }

  routes(organizationId: string): Promise<Routes> {
    return kept(this.#routes, organizationId, () =>
      this.#options.database.withOrganization(organizationId, async (sql) => {
        const [stored, assignments] = await Promise.all([readDeliveryRoutes(sql), readAssignments(sql)]);
        const { defaultRoute } = this.#options;
        const byName = new Map([[DEFAULT_ROUTE, defaultRoute]]);
        for (const route of stored) byName.set(route.name, this.#sending(route, organizationId));
        return { byName, assignments };
      }),
    );
  }

  /** How the routes have done of late with a destination. */
  async health(organizationId: string, destination: string): Promise<HealthOfRoute[]> {
    const { byName } = await this.routes(organizationId);
    return kept(this.#health, `${organizationId} ${destination}`, () =>
      this.#options.database.withOrganization(organizationId, (sql: Sql) =>
        readRouteHealth(sql, [...byName.values()], destination),
      ),
    );
  }

  #sending(route: StoredRoute, organizationId: string): SendingRoute {
    const { secretKey, privateNetworks } = this.#options;
    return sendingRouteOf(route, organizationId, privateNetworks, (sealed) => () => {
      if (secretKey === null) throw new Error('EVERPOST_SECRET_KEY is not set');
      return openSecret(secretKey, sealed, routeSecret(organizationId, route.name));
    });
  }
}

/** @param open what opens a sealed password when it is needed */
export function sendingRouteOf(
  route: StoredRoute,
  organizationId: string,
  privateNetworks: boolean,
  open: (sealed: Buffer) => () => string,
): SendingRoute {
  const { id, name, host, port, tls, ca, username, sealedPassword, members } = route;
  const { sourceAddress, helloName, concurrency, ratePerMinute, warmUp } = route;
  const password = sealedPassword === null ? null : open(sealedPassword);
  const smartHost =
    host === null || port === null || tls === null
      ? null
      : { host, port, tls, ca, username, password, privateNetworks };
  return { id, organizationId, name, smartHost, members, sourceAddress, helloName, concurrency, ratePerMinute, warmUp };
}

/** A failure is not kept: the next one asks again. */
function kept<T>(cache: LRUCache<string, Promise<T>>, key: string, read: () => Promise<T>): Promise<T> {
  const known = cache.get(key);
  if (known !== undefined) return known;
  const reading = read();
  cache.set(key, reading);
  reading.catch(() => cache.delete(key));
  return reading;
}
