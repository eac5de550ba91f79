import { openSecret } from '../secrets/sealed-secret.js';
import { nextHopName } from '../../domain/next-hop.js';
import { mailHosts, type Resolve } from '../smtp/mx-hosts.js';
import type { RouteTarget, StoredNextHop } from './delivery-rows.js';
import type { Endpoint } from '../smtp/open-connection.js';
import { relayEndpoint } from './smtp-relay.js';

/** The servers that a route leads to, the most preferred first. */
export type Way =
  | { result: 'servers'; endpoints: Endpoint[] }
  /** Nobody takes mail there, for good. */
  | { result: 'none'; reason: string }
  /** It could not be found out now. */
  | { result: 'unknown'; reason: string };

export interface WaysOptions {
  /** Null where DNS is off: forwards need a relay then. */
  resolve: Resolve | null;
  forwardRelay: string | null;
  privateNetworks: boolean;
  secretKey: Buffer | null;
}

const SMTP_PORT = 25;

/** Finds the way to next hops and to addresses that mail is forwarded to. */
export class Ways {
  readonly #options: WaysOptions;
  readonly #relay: Endpoint | null;

  constructor(options: WaysOptions) {
    this.#options = options;
    this.#relay = options.forwardRelay === null ? null : relayEndpoint(options.forwardRelay);
  }

  async find(target: RouteTarget, organizationId: string): Promise<Way> {
    if (target.kind === 'nextHop') return this.#nextHop(target.hop, organizationId);
    if (this.#relay !== null) return { result: 'servers', endpoints: [this.#relay] };
    const { resolve } = this.#options;
    if (resolve === null) return { result: 'unknown', reason: 'DNS is off and EVERPOST_FORWARD_RELAY is not set' };
    const found = await mailHosts(target.domain, resolve);
    if (found.result !== 'hosts') return found;
    return { result: 'servers', endpoints: found.hosts.map(mxEndpoint) };
  }

  /** What stands for the servers of a forward's domain where failures to reach them are counted. */
  forwardServer(domain: string): string {
    return this.#relay === null ? `mx:${domain}` : nextHopName(this.#relay);
  }

  #nextHop(hop: StoredNextHop, organizationId: string): Way {
    const { username, sealedPassword, domain, ...server } = hop;
    let credentials: Endpoint['credentials'] = null;
    if (username !== null && sealedPassword !== null) {
      const { secretKey } = this.#options;
      if (secretKey === null)
        return { result: 'unknown', reason: 'its password cannot be read: EVERPOST_SECRET_KEY is not set' };
      try {
        const password = openSecret(secretKey, sealedPassword, nextHopSecret(organizationId, domain));
        credentials = { username, password };
      } catch (error) {
        return { result: 'unknown', reason: `its password cannot be read: ${(error as Error).message}` };
      }
    }
    return {
      result: 'servers',
      endpoints: [{ ...server, credentials, privateNetworks: this.#options.privateNetworks }],
    };
  }
}

/** What a next hop's password is sealed for. */
export function nextHopSecret(organizationId: string, domain: string): string {
  return `nextHop ${organizationId} ${domain}`;
}

/** A stranger's server: never in a private network, whatever its MX record says. */
const mxEndpoint = (host: string): Endpoint => ({
  protocol: 'SMTP',
  host,
  port: SMTP_PORT,
  socket: null,
  tls: 'OPPORTUNISTIC',
  ca: null,
  credentials: null,
  privateNetworks: false,
});
