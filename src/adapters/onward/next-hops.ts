import { nextHopName, type NextHop, type NextHopDraft } from '../../domain/next-hop.js';
import type { Sql } from '../database/database.js';
import { sealSecret } from '../secrets/sealed-secret.js';
import { nextHopSecret } from './ways.js';

export interface NextHopRecord extends NextHop, Record<string, unknown> {
  domain: string;
  hasPassword: boolean;
  updatedAt: string;
  /** Set while the server does not answer and is left alone. */
  downSince: string | null;
  downReason: string | null;
}

const COLUMNS = `d.name as domain, h.protocol, h.host, h.port, h.socket, h.tls, h.ca, h.username,
  h.password is not null as "hasPassword", h.updated_at as "updatedAt"`;

/** The next hops of some of the organization's domains, and whether their servers answer. */
export async function readNextHops(sql: Sql, domains: readonly string[]): Promise<NextHopRecord[]> {
  const hops = await sql<NextHopRecord>(
    `select ${COLUMNS} from next_hops h join domains d on d.id = h.domain_id where d.name = any($1)`,
    [domains],
  );
  const circuits = await sql<{ server: string; since: string; reason: string }>(
    `select server, since, reason from delivery_circuits where server = any($1) and failures > 0`,
    [hops.map(nextHopName)],
  );
  return hops.map((hop) => {
    const down = circuits.find(({ server }) => server === nextHopName(hop));
    return { ...hop, downSince: down?.since ?? null, downReason: down?.reason ?? null };
  });
}

/**
 * Sets the mail server behind a domain.
 *
 * @param secretKey needed where there is a password
 * @param keepsPassword whether a draft without password keeps the stored one: see `keepsNextHopPassword`
 * @returns whether the organization has this domain
 */
export async function putNextHop(
  sql: Sql,
  organizationId: string,
  domain: string,
  draft: NextHopDraft,
  secretKey: Buffer | null,
  keepsPassword = false,
): Promise<boolean> {
  const { protocol, host, port, socket, tls, ca, username, password } = draft;
  const sealed =
    password === null || secretKey === null
      ? null
      : sealSecret(secretKey, password, nextHopSecret(organizationId, domain));
  const rows = await sql(
    `insert into next_hops as h (domain_id, organization_id, protocol, host, port, socket, tls, ca, username, password)
     select id, organization_id, $2, $3, $4, $5, $6, $7, $8, $9 from domains where name = $1
     on conflict (domain_id) do update set protocol = excluded.protocol, host = excluded.host, port = excluded.port,
       socket = excluded.socket, tls = excluded.tls, ca = excluded.ca, username = excluded.username,
       password = coalesce(excluded.password, case when $10 then h.password end),
       updated_at = now()
     returning domain_id`,
    [domain, protocol, host, port, socket, tls, ca, username, sealed, keepsPassword],
  );
  return rows.length > 0;
}

/** @returns whether there was one; what waits for it is canceled when its time comes */
export async function deleteNextHop(sql: Sql, domain: string): Promise<boolean> {
  const rows = await sql(
    'delete from next_hops h using domains d where d.id = h.domain_id and d.name = $1 returning h.domain_id',
    [domain],
  );
  return rows.length > 0;
}
