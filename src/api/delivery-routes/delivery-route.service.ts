import { domainToASCII } from 'node:url';
import { Injectable } from '@nestjs/common';
import { recordAudit } from '../../adapters/audit/audit.js';
import { Database, type Sql } from '../../adapters/database/database.js';
import { defaultRoute } from '../../adapters/transport/default-route.js';
import {
  assignDestination,
  deleteDeliveryRoute,
  putDeliveryRoute,
  readAssignments,
  readDeliveryRoutes,
  routeUses,
  unassignDestination,
  type AssignmentRecord,
  type StoredRoute,
} from '../../adapters/transport/delivery-routes.js';
import { readDestinations, type DestinationRecord } from '../../adapters/transport/destinations.js';
import { sendingRouteOf } from '../../adapters/transport/route-book.js';
import { readRouteHealth, type HealthOfRoute } from '../../adapters/transport/route-health.js';
import type { Json } from '../../domain/json.js';
import {
  DEFAULT_ROUTE,
  deliveryRouteProblems,
  isDestinationPattern,
  keepsRoutePassword,
  type DeliveryRouteDraft,
} from '../../domain/outgoing/delivery-route.js';
import { chooseRoute, deferralRate, type RouteChoice } from '../../domain/outgoing/route-choice.js';
import type { Caller } from '../graphql/caller.js';
import { ApiError, wrongInput } from '../graphql/errors.js';
import { SecretKey } from '../secret-key.js';
import type { DeliveryRoute, DeliveryRouteInput, RouteHealth } from './delivery-route.types.js';

/** EVERPOST_SMARTHOST; null: the default route goes to each destination itself. */
export class DefaultSmartHost {
  constructor(readonly url: string | null) {}
}

const NO_KEY = 'secrets are not taken here: EVERPOST_SECRET_KEY is not set';
const MOST_ROUTES = 200;
const FIRST = 50;
const MOST = 500;

@Injectable()
export class DeliveryRouteService {
  constructor(
    private readonly database: Database,
    private readonly secrets: SecretKey,
    private readonly smartHost: DefaultSmartHost,
  ) {}

  list(organizationId: string): Promise<DeliveryRoute[]> {
    return this.database.withOrganization(organizationId, (sql) => this.#all(sql, organizationId));
  }

  assignments(organizationId: string): Promise<AssignmentRecord[]> {
    return this.database.withOrganization(organizationId, readAssignments);
  }

  /** @throws ApiError BAD_USER_INPUT */
  choose(organizationId: string, written: string): Promise<RouteChoice> {
    const destination = patternOf(written);
    if (destination === null || destination.includes('*')) {
      throw wrongInput([{ field: 'destination', problem: 'must be a domain, for example example.org' }]);
    }
    return this.database.withOrganization(organizationId, async (sql) => {
      const healths = await this.#healths(sql, organizationId, destination);
      return chooseRoute(destination, await readAssignments(sql), healths, Date.now(), Math.random());
    });
  }

  /** @throws ApiError BAD_USER_INPUT */
  destinations(organizationId: string, first: number | null): Promise<DestinationRecord[]> {
    const most = first ?? FIRST;
    if (most < 1 || most > MOST) throw wrongInput([{ field: 'first', problem: `must be from 1 to ${MOST}` }]);
    return this.database.withOrganization(organizationId, (sql) => readDestinations(sql, most));
  }

  /** @throws ApiError BAD_USER_INPUT with every wrong field */
  set(caller: Caller, input: DeliveryRouteInput): Promise<DeliveryRoute> {
    const { organizationId } = caller;
    const draft = draftOf(input);
    return this.database.withOrganization(organizationId, async (sql) => {
      const stored = await readDeliveryRoutes(sql);
      const before = stored.find(({ name }) => name === draft.name);
      // Else whoever may change a route could have its stored password sent to a server of their own.
      const keepsPassword = before?.hasPassword === true && keepsRoutePassword(before, draft);
      const kinds = new Map(stored.map(({ name, kind }) => [name, kind]));
      const problems = deliveryRouteProblems(draft, { keepsPassword, kinds });
      if (draft.password !== null && this.secrets.key === null) problems.push({ field: 'password', problem: NO_KEY });
      if (before === undefined && stored.length >= MOST_ROUTES) {
        problems.push({ field: 'name', problem: `an organization has at most ${MOST_ROUTES} routes` });
      }
      const pools = stored.filter(({ members }) => members.some(({ route }) => route === draft.name));
      if (draft.kind === 'POOL' && pools.length > 0) {
        problems.push({
          field: 'kind',
          problem: `must be no pool: it is a member of ${pools.map(({ name }) => name).join(', ')}`,
        });
      }
      if (problems.length > 0) throw wrongInput(problems);
      await putDeliveryRoute(sql, organizationId, draft, this.secrets.key, keepsPassword);
      const after = (await readDeliveryRoutes(sql)).find(({ name }) => name === draft.name)!;
      await audit(sql, caller, 'set', draft.name, before === undefined ? undefined : shown(before), shown(after));
      return (await this.#all(sql, organizationId)).find(({ name }) => name === draft.name)!;
    });
  }

  /** @throws ApiError NOT_FOUND, COMMAND_REFUSED while it is named */
  remove(caller: Caller, name: string): Promise<DeliveryRoute> {
    return this.database.withOrganization(caller.organizationId, async (sql) => {
      const route = (await readDeliveryRoutes(sql)).find((one) => one.name === name);
      if (route === undefined) throw new ApiError('NOT_FOUND', `there is no route ${name}`);
      const uses = await routeUses(sql, name);
      if (uses.length > 0) {
        throw new ApiError('COMMAND_REFUSED', `route ${name} is in use: ${uses.join(', ')}`, { uses });
      }
      const view = (await this.#all(sql, caller.organizationId)).find((one) => one.name === name)!;
      await deleteDeliveryRoute(sql, name);
      await audit(sql, caller, 'delete', name, shown(route));
      return view;
    });
  }

  /** @throws ApiError BAD_USER_INPUT, NOT_FOUND */
  assign(caller: Caller, written: string, route: string): Promise<AssignmentRecord> {
    const pattern = patternOf(written);
    if (pattern === null) {
      throw wrongInput([{ field: 'pattern', problem: 'must be a domain, *.domain or *' }]);
    }
    return this.database.withOrganization(caller.organizationId, async (sql) => {
      const before = (await readAssignments(sql)).find((one) => one.pattern === pattern);
      if (!(await assignDestination(sql, caller.organizationId, pattern, route))) {
        throw new ApiError('NOT_FOUND', `there is no route ${route}`);
      }
      const then = before === undefined ? undefined : { pattern, route: before.route };
      await audit(sql, caller, 'assign', route, then, { pattern, route });
      return { pattern, route };
    });
  }

  /** @throws ApiError NOT_FOUND */
  unassign(caller: Caller, written: string): Promise<AssignmentRecord> {
    const pattern = patternOf(written);
    return this.database.withOrganization(caller.organizationId, async (sql) => {
      const before = (await readAssignments(sql)).find((one) => one.pattern === pattern);
      if (before === undefined || pattern === null)
        throw new ApiError('NOT_FOUND', `${written} is assigned to no route`);
      await unassignDestination(sql, pattern);
      await audit(sql, caller, 'unassign', before.route, { pattern, route: before.route });
      return before;
    });
  }

  async #healths(sql: Sql, organizationId: string, destination: string | null): Promise<HealthOfRoute[]> {
    const stored = await readDeliveryRoutes(sql);
    const routes = stored.map((route) =>
      sendingRouteOf(route, organizationId, false, () => () => {
        throw new Error('passwords are not opened here');
      }),
    );
    return readRouteHealth(sql, [defaultRoute(this.smartHost.url), ...routes], destination);
  }

  /** All routes, the default one first, with their health. */
  async #all(sql: Sql, organizationId: string): Promise<DeliveryRoute[]> {
    const stored = await readDeliveryRoutes(sql);
    const healths = await this.#healths(sql, organizationId, null);
    return [defaultView(this.smartHost.url), ...stored].map((route) => ({
      ...route,
      health: healthView(healths.find(({ name }) => name === route.name)!),
    }));
  }
}

function defaultView(url: string | null): Omit<DeliveryRoute, 'health'> {
  const { smartHost, ...route } = defaultRoute(url);
  return {
    ...route,
    name: DEFAULT_ROUTE,
    kind: smartHost === null ? 'DIRECT' : 'SMARTHOST',
    host: smartHost?.host ?? null,
    port: smartHost?.port ?? null,
    tls: smartHost?.tls ?? null,
    ca: null,
    username: smartHost?.username ?? null,
    hasPassword: smartHost !== null && smartHost.password !== null,
  };
}

function draftOf(input: DeliveryRouteInput): DeliveryRouteDraft {
  const smart = input.kind === 'SMARTHOST';
  const tls = input.tls ?? (smart ? 'REQUIRED' : null);
  return {
    name: input.name.trim(),
    kind: input.kind,
    host: input.host ?? null,
    port: input.port ?? (smart ? (tls === 'IMPLICIT' ? 465 : 587) : null),
    tls,
    ca: input.ca ?? null,
    username: input.username ?? null,
    password: input.password ?? null,
    sourceAddress: input.sourceAddress ?? null,
    helloName: input.helloName?.toLowerCase() ?? null,
    concurrency: input.concurrency ?? null,
    ratePerMinute: input.ratePerMinute ?? null,
    warmUp: input.warmUp ?? null,
    members: (input.members ?? []).map(({ route, weight }) => ({ route, weight: weight ?? 1 })),
  };
}

/** In A-labels and small letters; null where it is none. */
function patternOf(written: string): string | null {
  const text = written.trim().toLowerCase().replace(/\.$/, '');
  if (text === '*') return text;
  const [, star, name] = /^(\*\.)?(.+)$/.exec(text) ?? [];
  const ascii = domainToASCII(name ?? '');
  const pattern = `${star ?? ''}${ascii}`;
  return ascii !== '' && isDestinationPattern(pattern) ? pattern : null;
}

function healthView(health: HealthOfRoute): RouteHealth {
  const { attempts, deferred, circuit, restsUntil, reason, warmUpUsed, warmUpAllowed } = health;
  const until = restsUntil === null ? null : new Date(restsUntil).toISOString();
  const rate = deferralRate({ attempts, deferred });
  return { attempts, deferred, deferralRate: rate, circuit, restsUntil: until, reason, warmUpUsed, warmUpAllowed };
}

/** What the audit trail shows: all but the password. */
function shown(route: StoredRoute): Json {
  const { kind, host, port, tls, username, hasPassword, sourceAddress, helloName, concurrency, ratePerMinute } = route;
  const members = route.members.map((member) => ({ ...member }));
  const warmUp = route.warmUp === null ? null : { ...route.warmUp };
  return {
    kind,
    host,
    port,
    tls,
    username,
    hasPassword,
    sourceAddress,
    helloName,
    concurrency,
    ratePerMinute,
    members,
    warmUp,
  };
}

function audit(sql: Sql, caller: Caller, action: string, name: string, before?: Json, after?: Json): Promise<void> {
  return recordAudit(sql, {
    organizationId: caller.organizationId,
    actor: `token ${caller.viewer.name}`,
    address: caller.clientAddress,
    action: `deliveryRoute.${action}`,
    objectKind: 'deliveryRoute',
    objectId: name,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  });
}
