import type { PoolMember, RouteTls, WarmUp } from '../../domain/outgoing/delivery-route.js';
import type { PaceLimits } from '../../domain/outgoing/pace.js';

export interface SmartHost {
  host: string;
  port: number;
  tls: RouteTls;
  ca: string | null;
  username: string | null;
  /** The password, opened when it is needed. @throws Error where it cannot be read */
  password: (() => string) | null;
  privateNetworks: boolean;
}

/** A route with all that it takes to send by it. */
export interface SendingRoute {
  name: string;
  /** Null for the default route. */
  id: string | null;
  /** Whose it is; null for the default route, which is everybody's. */
  organizationId: string | null;
  /** Null: to the servers of each destination. */
  smartHost: SmartHost | null;
  members: PoolMember[];
  sourceAddress: string | null;
  helloName: string | null;
  concurrency: number | null;
  ratePerMinute: number | null;
  warmUp: WarmUp | null;
}

/**
 * What servers see us as by this route: what is told to one of two routes that look alike holds for the other. A smart
 * host that an organization set is its own: with a wrong password for it nobody slows down the mail of others.
 */
export function pathOf({
  smartHost,
  sourceAddress,
  helloName,
  organizationId,
}: Pick<SendingRoute, 'smartHost' | 'sourceAddress' | 'helloName' | 'organizationId'>): string {
  const from = `${sourceAddress === null ? '' : ` ${sourceAddress}`}${helloName === null ? '' : ` as ${helloName}`}`;
  if (smartHost === null) return `direct${from}`;
  const whose = organizationId === null ? '' : ` of ${organizationId}`;
  const { host, port, tls, username } = smartHost;
  const user = username === null ? '' : `${encodeURIComponent(username)}@`;
  const name = host.includes(':') ? `[${host}]` : host;
  return `${tls === 'IMPLICIT' ? 'smtps' : 'smtp'}://${user}${name}:${port}${from}${whose}`;
}

/** What a pace is kept for: a smart host takes mail for every destination. */
export function pacedDestination({ smartHost }: Pick<SendingRoute, 'smartHost'>, destination: string): string {
  return smartHost === null ? destination : '';
}

/** Where the limits of a route itself are counted. */
export const routePath = (id: string) => `route ${id}`;

/** No limit but that of the whole route. */
export const UNLIMITED: PaceLimits = { concurrency: 100_000, ratePerMinute: null };
