import type { Database, Sql } from '../database/database.js';
import { readStanding } from './outgoing-facts.js';

/** How deliveries to a domain went lately. */
export interface DestinationFigures extends Record<string, unknown> {
  destination: string;
  delivered: number;
  deferred: number;
  bounced: number;
  /** From the first moment that a message could leave until its recipient had it; null where nothing was delivered. */
  medianSeconds: number | null;
}

/** The last day's deliveries of the organization to these domains. */
export function readDestinationFigures(sql: Sql, destinations: readonly string[]): Promise<DestinationFigures[]> {
  return sql<DestinationFigures>(
    `select destination, count(*) filter (where status = 'DELIVERED') as delivered,
       count(*) filter (where status = 'DEFERRED') as deferred, count(*) filter (where status = 'BOUNCED') as bounced,
       percentile_cont(0.5) within group (order by extract(epoch from delivered_at - opened_at))
         filter (where status = 'DELIVERED')::double precision as "medianSeconds"
     from (
       select destination, status, delivered_at, opened_at from outgoing_recipients
       where organization_id = current_organization() and destination = any($1::text[])
         and updated_at > now() - interval '1 day' order by updated_at desc limit 2000) lately
     group by destination`,
    [destinations],
  );
}

/** Recipients by destination, the largest first. */
export function readDestinationSizes(
  sql: Sql,
  messageId: string,
  most: number,
): Promise<{ destination: string; recipients: number }[]> {
  return sql<{ destination: string; recipients: number }>(
    `select destination, count(*)::int as recipients from outgoing_recipients where message_id = $1
     group by destination order by 2 desc, 1 limit $2`,
    [messageId, most],
  );
}

/** What came of a message. */
export interface MessageFigures extends Record<string, unknown> {
  attempts: number;
  encrypted: number;
  delivered: number;
  seconds: number | null;
}

export async function readMessageFigures(sql: Sql, messageId: string): Promise<MessageFigures> {
  const [row] = await sql<MessageFigures>(
    `select coalesce(sum(r.attempts), 0)::int as attempts, count(*) filter (where r.status = 'DELIVERED')::int as delivered,
       count(*) filter (where r.status = 'DELIVERED' and a.tls is not null)::int as encrypted,
       extract(epoch from max(r.delivered_at) - min(r.opened_at))::double precision as seconds
     from outgoing_recipients r left join outgoing_attempts a on a.id = r.attempt_id where r.message_id = $1`,
    [messageId],
  );
  return row ?? { attempts: 0, encrypted: 0, delivered: 0, seconds: null };
}

/** How failures of a message came about, by class. */
export async function readFailures(sql: Sql, messageId: string): Promise<Record<string, number>> {
  const rows = await sql<{ class: string; count: number }>(
    `select coalesce(bounce_class, 'unknown') as class, count(*)::int as count from outgoing_recipients
     where message_id = $1 and status = 'BOUNCED' group by 1 order by 2 desc, 1`,
    [messageId],
  );
  return Object.fromEntries(rows.map((row) => [row.class, row.count]));
}

/** Deliveries and failures of the organization's ended recipients in the last thirty days, of 20,000 at most. */
export async function readUsualRate(sql: Sql, messageId: string): Promise<{ delivered: number; ended: number }> {
  const [row] = await sql<{ delivered: number; ended: number }>(
    `select count(*) filter (where status = 'DELIVERED')::int as delivered, count(*)::int as ended from (
       select status from outgoing_recipients
       where organization_id = current_organization() and message_id <> $1 and status in ('DELIVERED', 'BOUNCED')
         and updated_at > now() - interval '30 days' limit 20000) lately`,
    [messageId],
  );
  return row ?? { delivered: 0, ended: 0 };
}

/** What the steps of the outgoing flow read of deliveries, each in a transaction of its own. */
export function createDeliveryFigures(database: Database) {
  const read = <T>(organizationId: string, work: (sql: Sql) => Promise<T>) =>
    database.withOrganization(organizationId, work);
  return {
    destinations: (organizationId: string, names: readonly string[]) =>
      read(organizationId, (sql) => readDestinationFigures(sql, names)),
    sizes: (organizationId: string, messageId: string, most: number) =>
      read(organizationId, (sql) => readDestinationSizes(sql, messageId, most)),
    message: (organizationId: string, messageId: string) =>
      read(organizationId, (sql) => readMessageFigures(sql, messageId)),
    failures: (organizationId: string, messageId: string) =>
      read(organizationId, (sql) => readFailures(sql, messageId)),
    usualRate: (organizationId: string, messageId: string) =>
      read(organizationId, (sql) => readUsualRate(sql, messageId)),
    counts: async (organizationId: string, messageId: string) =>
      (await read(organizationId, (sql) => readStanding(sql, messageId, null))).counts,
  };
}

export type DeliveryFigures = ReturnType<typeof createDeliveryFigures>;
