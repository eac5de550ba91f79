import type {
  DeliveryRoute,
  DeliveryRouteDraft,
  DeliveryRouteKind,
  RouteTls,
} from '../../domain/outgoing/delivery-route.js';
import type { Sql } from '../database/database.js';
import { sealSecret } from '../secrets/sealed-secret.js';

/** A route as it is stored. */
export interface DeliveryRouteRecord extends DeliveryRoute, Record<string, unknown> {
  id: string;
  hasPassword: boolean;
  updatedAt: string;
}

export interface AssignmentRecord extends Record<string, unknown> {
  pattern: string;
  route: string;
}

interface StoredRow extends Record<string, unknown> {
  id: string;
  name: string;
  kind: DeliveryRouteKind;
  host: string | null;
  port: number | null;
  tls: RouteTls | null;
  ca: string | null;
  username: string | null;
  sealedPassword: Buffer | null;
  sourceAddress: string | null;
  helloName: string | null;
  concurrency: number | null;
  ratePerMinute: number | null;
  warmUpFrom: string | null;
  warmUp: number[] | null;
  members: { route: string; weight: number }[];
  updatedAt: string;
}

/** A route with its password sealed. */
export type StoredRoute = DeliveryRouteRecord & { sealedPassword: Buffer | null };

/** What a route's password is sealed for. */
export function routeSecret(organizationId: string, name: string): string {
  return `deliveryRoute ${organizationId} ${name}`;
}

/** The organization's routes by name. */
export async function readDeliveryRoutes(sql: Sql): Promise<StoredRoute[]> {
  const rows = await sql<StoredRow>(
    `select r.id, r.name, r.kind, r.host, r.port, r.tls, r.ca, r.username, r.password as "sealedPassword",
       host(r.source_address) as "sourceAddress", r.hello_name as "helloName", r.concurrency,
       r.rate_per_minute as "ratePerMinute", to_char(r.warm_up_from, 'YYYY-MM-DD') as "warmUpFrom", r.warm_up as "warmUp",
       r.updated_at as "updatedAt",
       coalesce((select jsonb_agg(jsonb_build_object('route', m.name, 'weight', p.weight) order by m.name)
         from delivery_pool_members p join delivery_routes m on m.id = p.route_id where p.pool_id = r.id), '[]') as members
     from delivery_routes r order by r.name`,
  );
  return rows.map(({ warmUpFrom, warmUp, ...row }) => ({
    ...row,
    hasPassword: row.sealedPassword !== null,
    warmUp: warmUpFrom === null || warmUp === null ? null : { from: warmUpFrom, perDay: warmUp },
  }));
}

export async function readAssignments(sql: Sql): Promise<AssignmentRecord[]> {
  return sql<AssignmentRecord>(
    `select a.pattern, r.name as route from delivery_assignments a join delivery_routes r on r.id = a.route_id order by a.pattern`,
  );
}

/**
 * Sets a route in the place of the one of this name.
 *
 * @param keepsPassword whether a draft without password keeps the stored one: see `keepsRoutePassword`
 */
export async function putDeliveryRoute(
  sql: Sql,
  organizationId: string,
  draft: DeliveryRouteDraft,
  secretKey: Buffer | null,
  keepsPassword: boolean,
): Promise<void> {
  const { name, kind, host, port, tls, ca, username, password, sourceAddress, helloName } = draft;
  const sealed =
    password === null || secretKey === null ? null : sealSecret(secretKey, password, routeSecret(organizationId, name));
  await sql(
    `insert into delivery_routes as r (organization_id, name, kind, host, port, tls, ca, username, password, source_address,
       hello_name, concurrency, rate_per_minute, warm_up_from, warm_up)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
     on conflict (organization_id, name) do update set kind = excluded.kind, host = excluded.host, port = excluded.port,
       tls = excluded.tls, ca = excluded.ca, username = excluded.username,
       password = coalesce(excluded.password, case when $16 then r.password end),
       source_address = excluded.source_address, hello_name = excluded.hello_name, concurrency = excluded.concurrency,
       rate_per_minute = excluded.rate_per_minute, warm_up_from = excluded.warm_up_from, warm_up = excluded.warm_up,
       updated_at = now()`,
    [
      organizationId,
      name,
      kind,
      host,
      port,
      tls,
      ca,
      username,
      sealed,
      sourceAddress,
      helloName,
      draft.concurrency,
      draft.ratePerMinute,
      draft.warmUp?.from ?? null,
      draft.warmUp?.perDay ?? null,
      keepsPassword,
    ],
  );
  await sql('delete from delivery_pool_members p using delivery_routes r where r.id = p.pool_id and r.name = $1', [
    name,
  ]);
  await sql(
    `insert into delivery_pool_members (organization_id, pool_id, route_id, weight)
     select p.organization_id, p.id, m.id, given.weight
     from unnest($2::text[], $3::int[]) as given (route, weight)
     join delivery_routes m on m.name = given.route join delivery_routes p on p.name = $1`,
    [name, draft.members.map(({ route }) => route), draft.members.map(({ weight }) => weight)],
  );
}

/** Why a route cannot be deleted: what names it. */
export async function routeUses(sql: Sql, name: string): Promise<string[]> {
  const rows = await sql<{ use: string }>(
    `select 'destination ' || a.pattern as use from delivery_assignments a join delivery_routes r on r.id = a.route_id
       where r.name = $1
     union all
     select 'pool ' || o.name from delivery_pool_members p join delivery_routes r on r.id = p.route_id
       join delivery_routes o on o.id = p.pool_id where r.name = $1`,
    [name],
  );
  return rows.map(({ use }) => use);
}

/** @returns whether there was one */
export async function deleteDeliveryRoute(sql: Sql, name: string): Promise<boolean> {
  return (await sql('delete from delivery_routes where name = $1 returning id', [name])).length > 0;
}

/** @returns whether there is such a route */
export async function assignDestination(
  sql: Sql,
  organizationId: string,
  pattern: string,
  route: string,
): Promise<boolean> {
  const rows = await sql(
    `insert into delivery_assignments (organization_id, pattern, route_id)
     select $1, $2, id from delivery_routes where name = $3
     on conflict (organization_id, pattern) do update set route_id = excluded.route_id, updated_at = now()
     returning pattern`,
    [organizationId, pattern, route],
  );
  return rows.length > 0;
}

/** @returns whether it was assigned */
export async function unassignDestination(sql: Sql, pattern: string): Promise<boolean> {
  return (await sql('delete from delivery_assignments where pattern = $1 returning pattern', [pattern])).length > 0;
}
