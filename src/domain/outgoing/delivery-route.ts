import { isDomainName } from '../mailbox.js';
import { isHost, isPemCertificates, type TlsMode } from '../next-hop.js';
import { isLine, type Problem } from '../problem.js';

export const DELIVERY_ROUTE_KINDS = ['DIRECT', 'SMARTHOST', 'POOL'] as const;
/** `DIRECT`: to the mail servers of each destination. `POOL`: by one of several other routes. */
export type DeliveryRouteKind = (typeof DELIVERY_ROUTE_KINDS)[number];

export const ROUTE_TLS_MODES = ['NONE', 'OPPORTUNISTIC', 'REQUIRED', 'IMPLICIT'] as const;
/** `IMPLICIT`: TLS from the first byte on (RFC 8314), verified. */
export type RouteTls = TlsMode | 'IMPLICIT';

export interface PoolMember {
  /** Name of a route that is no pool. */
  route: string;
  /** How much of the mail it gets, next to the others. */
  weight: number;
}

/** A way for mail to leave. What a kind has no use for is null. */
export interface DeliveryRoute {
  name: string;
  kind: DeliveryRouteKind;
  /** Of a smart host. */
  host: string | null;
  port: number | null;
  tls: RouteTls | null;
  /** Certificates in PEM that the smart host's must chain to; null: the system's. */
  ca: string | null;
  username: string | null;
  /** The address that connections come from; null: the system chooses. */
  sourceAddress: string | null;
  /** What we call ourselves in EHLO; null: EVERPOST_SMTP_HOSTNAME. */
  helloName: string | null;
  /** Most conversations at once with one destination, or with the smart host; null: as the instance has it. */
  concurrency: number | null;
  /** Most messages a minute over all destinations. */
  ratePerMinute: number | null;
  warmUp: WarmUp | null;
  members: PoolMember[];
}

/** A new address earns its name slowly: so many messages a day, and no limit after the last of these days. */
export interface WarmUp {
  /** The first day, `2026-11-20`, in UTC. */
  from: string;
  perDay: number[];
}

export interface DeliveryRouteDraft extends DeliveryRoute {
  /** What is set with a username; null leaves the stored one, where the server stays the same. */
  password: string | null;
}

/** The route that every organization has: EVERPOST_SMARTHOST, or to the servers of each destination. */
export const DEFAULT_ROUTE = 'default';

const NAME = /^[a-z\d](?:[a-z\d._-]{0,62}[a-z\d])?$/i;
const IP_ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[\da-f]*:[\da-f:.]+)$/i;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const LONGEST = 255;
const MOST_MEMBERS = 20;
const MOST_DAYS = 365;
const DAY_MS = 86_400_000;

/** What of the other routes matters to one. */
export interface RouteSurroundings {
  /** Whether a password is stored that goes on being sent to the same server. */
  keepsPassword: boolean;
  /** The routes that a pool may be made of: kinds by name. */
  kinds: ReadonlyMap<string, DeliveryRouteKind>;
}

/** Everything that is wrong with a route, by field. */
export function deliveryRouteProblems(draft: DeliveryRouteDraft, around: RouteSurroundings): Problem[] {
  const problems: Problem[] = [];
  const add = (field: string, problem: string) => problems.push({ field, problem });
  if (!NAME.test(draft.name)) add('name', 'must be letters, digits, dots, hyphens and underscores, at most 64');
  if (draft.name.toLowerCase() === DEFAULT_ROUTE)
    add('name', `must not be ${DEFAULT_ROUTE}: that one is there already`);
  if (draft.kind === 'SMARTHOST') smartHostProblems(draft, around, add);
  else if (draft.host !== null || draft.port !== null || draft.username !== null || draft.password !== null) {
    add('host', 'is for a SMARTHOST, and so are port, username and password');
  }
  if (draft.kind === 'DIRECT' && (draft.tls !== null || draft.ca !== null)) {
    add('tls', 'is for a SMARTHOST: to the servers of a destination TLS goes by what that destination publishes');
  }
  if (draft.kind === 'POOL') poolProblems(draft, around, add);
  else if (draft.members.length > 0) add('members', 'are for a POOL');
  limitProblems(draft, add);
  return problems;
}

type Add = (field: string, problem: string) => void;

function smartHostProblems(draft: DeliveryRouteDraft, { keepsPassword }: RouteSurroundings, add: Add): void {
  const { host, port, tls, ca, username, password } = draft;
  if (host === null || !isHost(host)) add('host', 'must be a host name or an IP address');
  if (port === null || port < 1 || port > 65_535) add('port', 'must be a port from 1 to 65535');
  if (tls === null) add('tls', 'must be set for a SMARTHOST');
  const verified = tls === 'REQUIRED' || tls === 'IMPLICIT';
  if (ca !== null && !isPemCertificates(ca)) add('ca', 'must be certificates in PEM');
  if (ca !== null && !verified) add('ca', 'is checked with tls REQUIRED or IMPLICIT alone');
  if (username !== null && !isLine(username, LONGEST)) add('username', `must be one line of at most ${LONGEST}`);
  if (password !== null && (password === '' || password.length > LONGEST)) {
    add('password', `must have 1 to ${LONGEST} characters`);
  }
  if (username === null && password !== null) add('username', 'must be set with a password');
  if (username !== null && password === null && !keepsPassword) add('password', 'must be set with a username');
  if (username !== null && !verified) add('tls', 'must be REQUIRED or IMPLICIT where a password is sent');
}

function poolProblems({ name, members, ...draft }: DeliveryRouteDraft, { kinds }: RouteSurroundings, add: Add): void {
  if (members.length === 0 || members.length > MOST_MEMBERS) add('members', `must be 1 to ${MOST_MEMBERS} routes`);
  if (new Set(members.map(({ route }) => route)).size < members.length) add('members', 'must each be named once');
  members.forEach(({ route, weight }, at) => {
    const kind = route === name ? 'POOL' : kinds.get(route);
    if (kind === undefined) add(`members[${at}].route`, `there is no route ${route}`);
    if (kind === 'POOL') add(`members[${at}].route`, 'must be no pool');
    if (!Number.isInteger(weight) || weight < 1 || weight > 1_000) add(`members[${at}].weight`, 'must be 1 to 1000');
  });
  const { sourceAddress, helloName, concurrency, ratePerMinute, warmUp } = draft;
  if ([sourceAddress, helloName, concurrency, ratePerMinute, warmUp].some((value) => value !== null)) {
    add('kind', 'a POOL has no address, name or limits of its own: its members do');
  }
}

function limitProblems(draft: DeliveryRouteDraft, add: Add): void {
  const { sourceAddress, helloName, concurrency, ratePerMinute, warmUp } = draft;
  if (sourceAddress !== null && !IP_ADDRESS.test(sourceAddress)) add('sourceAddress', 'must be an IP address');
  if (helloName !== null && !isDomainName(helloName.toLowerCase())) add('helloName', 'must be a host name');
  if (concurrency !== null && !isCount(concurrency, 1_000)) add('concurrency', 'must be 1 to 1000');
  if (ratePerMinute !== null && !isCount(ratePerMinute, 1_000_000)) add('ratePerMinute', 'must be 1 to 1000000');
  if (warmUp === null) return;
  if (!DATE.test(warmUp.from) || Number.isNaN(Date.parse(warmUp.from))) add('warmUp.from', 'must be a day: 2026-11-20');
  if (warmUp.perDay.length === 0 || warmUp.perDay.length > MOST_DAYS) {
    add('warmUp.perDay', `must have 1 to ${MOST_DAYS} days`);
  }
  if (!warmUp.perDay.every((most) => isCount(most, 100_000_000))) add('warmUp.perDay', 'must be numbers from 1 on');
}

const isCount = (value: number, most: number) => Number.isInteger(value) && value >= 1 && value <= most;

/** Whether the stored password still goes to the server and user that it was entered for, as safely as then. */
export function keepsRoutePassword(before: DeliveryRoute, after: DeliveryRoute): boolean {
  return (['kind', 'host', 'port', 'tls', 'ca', 'username'] as const).every((field) => before[field] === after[field]);
}

/** How many messages may go that day; null: no limit. Before the first day none goes. */
export function warmUpAllowance({ from, perDay }: WarmUp, now: number): number | null {
  const day = Math.floor((now - Date.parse(`${from}T00:00:00Z`)) / DAY_MS);
  if (day < 0) return 0;
  return perDay[day] ?? null;
}

/** Milliseconds until the next day begins, in UTC. */
export function untilTomorrow(now: number): number {
  return DAY_MS - (now % DAY_MS);
}

const DESTINATION = /^(?:\*|(?:\*\.)?[a-z\d-]{1,63}(?:\.[a-z\d-]{1,63})*)$/;

/** What a person may assign a route to: `example.org`, `*.example.org`, `*`. In A-labels and small letters. */
export function isDestinationPattern(pattern: string): boolean {
  return pattern.length <= 253 && DESTINATION.test(pattern);
}
