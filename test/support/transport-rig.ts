import type { Database } from '../../src/adapters/database/database.js';
import { createDnsResolver } from '../../src/adapters/dns/resolver.js';
import {
  createTransport,
  type OutgoingTransport,
  type TransportDeps,
} from '../../src/adapters/transport/create-transport.js';
import type { TransportJob, TransportResult } from '../../src/domain/outgoing/transport.js';
import type { TestDatabase } from './database.js';
import { startDnsServer, type DnsServer } from './dns-server.js';
import { zone, type ZoneName } from './zone.js';

export interface RigOptions {
  database: TestDatabase;
  names?: Record<string, ZoneName>;
  /** Of the servers of destinations. */
  port?: number;
  settings?: Partial<TransportDeps['settings']>;
  testing?: TransportDeps['testing'];
}

interface Pools {
  database: Database;
  system: Database;
}

/** One pair for a test file: each rig with pools of its own would exhaust the server. */
const POOLS = new WeakMap<TestDatabase, Pools>();

function poolsOf(database: TestDatabase): Pools {
  const known = POOLS.get(database);
  if (known !== undefined) return known;
  const pools = { database: database.open('everpost_app'), system: database.open('everpost_system', 4) };
  POOLS.set(database, pools);
  return pools;
}

export const SECRET_KEY = Buffer.alloc(32, 7);

/** A transport as workers have it, on a name server of its own. */
export class TransportRig {
  private constructor(
    readonly transport: OutgoingTransport,
    readonly dns: DnsServer,
    readonly errors: unknown[],
  ) {}

  static async start({ database, names = {}, port = 25, settings, testing }: RigOptions): Promise<TransportRig> {
    const dns = await startDnsServer(zone(names));
    const errors: unknown[] = [];
    const transport = createTransport({
      ...poolsOf(database),
      dns: createDnsResolver({ servers: [dns.address], timeoutMs: 2_000 }),
      secretKey: SECRET_KEY,
      settings: {
        helloName: 'mx.sender.example',
        smartHost: null,
        replyTimeoutMs: 5_000,
        privateNetworks: true,
        privateSmartHosts: true,
        concurrency: 20,
        ipPreference: 'prefer-ipv6',
        port,
        ...settings,
      },
      onError: (error) => errors.push(error),
      testing: { random: () => 0.5, ...testing },
    });
    return new TransportRig(transport, dns, errors);
  }

  /** Sends a small mail to an address. */
  send(organizationId: string, recipient: string, more: Partial<TransportJob> = {}): Promise<TransportResult> {
    return this.transport.send({
      organizationId,
      destination: recipient.slice(recipient.lastIndexOf('@') + 1),
      route: null,
      mailFrom: 'ada@sender.example',
      recipient,
      size: BODY.length,
      eightBit: false,
      async *body() {
        yield BODY;
      },
      beforeEnd: () => Promise.resolve(),
      signal: new AbortController().signal,
      ...more,
    });
  }

  async stop(): Promise<void> {
    await this.transport.close();
    await this.dns[Symbol.asyncDispose]();
  }
}

export const BODY = Buffer.from('Subject: hello\r\n\r\n.a line that begins with a dot\r\n');

/** What a try came to; fails where nothing was tried. */
export function tried(result: TransportResult): Extract<TransportResult, { tried: true }> {
  if (!result.tried) throw new Error(`nothing was tried: ${result.reason}`);
  return result;
}
