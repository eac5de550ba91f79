import type { Transport } from '../../domain/outgoing/transport.js';
import type { RouteChoice } from '../../domain/outgoing/route-choice.js';
import { chooseRoute } from '../../domain/outgoing/route-choice.js';
import type { Database } from '../database/database.js';
import type { Resolver } from '../dns/resolver.js';
import { ConnectionPool } from './connection-pool.js';
import { AddressFamilies, type IpPreference } from './families.js';
import { MtaStsPolicies } from './mta-sts.js';
import { PaceKeeper } from './pace-keeper.js';
import { RouteBook } from './route-book.js';
import { defaultRoute } from './default-route.js';
import { Servers } from './servers.js';
import { RoutedTransport } from './transport.js';

export interface TransportDeps {
  /** As everpost_app. */
  database: Database;
  /** As everpost_system. */
  system: Database;
  /** Null where DNS is off: mail goes by smart hosts alone. */
  dns: Resolver | null;
  secretKey: Buffer | null;
  settings: TransportSettings;
  /** What goes wrong beside the mail; it is tried again. */
  onError: (error: unknown) => void;
  /** For tests, which cannot wait or listen at ports below 1024. */
  testing?: Partial<TransportTesting>;
}

export interface TransportSettings {
  /** EVERPOST_SMTP_HOSTNAME. */
  helloName: string;
  /** EVERPOST_SMARTHOST; null: to the servers of each destination. */
  smartHost: string | null;
  replyTimeoutMs: number;
  /** Whether servers of destinations may be in private networks, or on this machine. */
  privateNetworks: boolean;
  /** The same of smart hosts that organizations set. */
  privateSmartHosts: boolean;
  /** Most conversations at once with one destination, where its route says nothing. */
  concurrency: number;
  ipPreference: IpPreference;
  /** The port of mail servers. */
  port: number;
}

interface TransportTesting {
  now: () => number;
  random: () => number;
  patienceMs: number;
  policyPort: number;
  /** Certificates in PEM that policy hosts, and servers under MTA-STS, must chain to. */
  ca: string;
  idleMs: number;
}

const POOL = { longestMs: 5 * 60_000, mostMessages: 100, mostIdle: 500 };
const IDLE_MS = 5_000;
const PATIENCE_MS = 5_000;
const HTTPS_PORT = 443;

/** The transport of outgoing mail, and what the choice of a route needs of it. */
export interface OutgoingTransport extends Transport {
  /** By which route mail of an organization goes to a destination now, and why. */
  chooseRoute(organizationId: string, destination: string): Promise<RouteChoice>;
  /** Ends idle conversations and gives back what is leased. */
  close(): Promise<void>;
}

/** Puts the transport of a worker together from its parts. */
export function createTransport(deps: TransportDeps): OutgoingTransport {
  const { database, system, dns, secretKey, settings, onError, testing = {} } = deps;
  const { privateNetworks, privateSmartHosts, replyTimeoutMs, helloName, port, concurrency } = settings;
  const now = testing.now ?? Date.now;
  const random = testing.random ?? Math.random;
  const ca = testing.ca ?? null;
  const families = new AddressFamilies(settings.ipPreference, now);
  const pool = new ConnectionPool({ ...POOL, idleMs: testing.idleMs ?? IDLE_MS, now });
  const policyHost = dns && { resolve: dns, port: testing.policyPort ?? HTTPS_PORT, ca, privateNetworks };
  const policies = policyHost && new MtaStsPolicies(system, policyHost, now, onError);
  const routes = new RouteBook({
    database,
    secretKey,
    defaultRoute: defaultRoute(settings.smartHost),
    privateNetworks: privateSmartHosts,
  });
  const paces = new PaceKeeper({ system, now, onError });
  const transport = new RoutedTransport({
    routes,
    servers: new Servers({ dns, policies, families, port, privateNetworks, ca, now, random }),
    paces,
    conversation: { pool, families, helloName, replyTimeoutMs, now },
    concurrency,
    patienceMs: testing.patienceMs ?? PATIENCE_MS,
    now,
    random,
  });
  return {
    send: (job) => transport.send(job),
    async chooseRoute(organizationId, destination) {
      const [{ assignments }, health] = await Promise.all([
        routes.routes(organizationId),
        routes.health(organizationId, destination),
      ]);
      return chooseRoute(destination, assignments, health, now(), random());
    },
    async close() {
      pool.close();
      await paces.close();
    },
  };
}
