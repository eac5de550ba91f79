import type { TLSSocket } from 'node:tls';
import { mayConnect } from '../address-policy.js';
import type { Resolver } from '../dns/resolver.js';
import { addressesOf, MOST_ADDRESSES, Unreachable } from '../smtp/open-connection.js';
import { isAbsent, mailHosts } from '../smtp/mx-hosts.js';
import type { SessionTls } from '../smtp/smtp-session.js';
import { daneOf, isTrustAnchor, verifyDane } from './dane.js';
import type { AddressFamilies } from './families.js';
import { isNamed, type MtaStsPolicies, type MtaStsPolicy } from './mta-sts.js';
import type { SendingRoute } from './sending-route.js';

/** A server that may be tried. */
export interface MailServer {
  host: string;
  port: number;
  /** In the order of trying; all of them may be connected to. */
  addresses: string[];
  tls: SessionTls;
  /** How far it is verified: `DANE`, `MTA-STS`, `verified`; null: not at all. */
  verified: string | null;
  /** The destination that the verification holds for; null: it is of the host alone. */
  verifiedFor: string | null;
}

/** A host, or why it is not tried. */
export type FoundServer = { result: 'server'; server: MailServer } | { result: 'refused'; reason: string };

/** The hosts that mail goes to, each found out when its turn comes. */
export type Way =
  | { result: 'hosts'; hosts: { name: string; find: () => Promise<FoundServer> }[] }
  /** Nobody takes mail there, for good. */
  | { result: 'none'; reason: string }
  /** It could not be found out now. */
  | { result: 'unknown'; reason: string };

export interface ServersOptions {
  /** Null where DNS is off: then mail goes by smart hosts alone. */
  dns: Resolver | null;
  policies: MtaStsPolicies | null;
  families: AddressFamilies;
  /** The port of mail servers: 25 but for tests. */
  port: number;
  /** Whether servers of destinations may be in private networks, or on this machine. */
  privateNetworks: boolean;
  /** Certificates in PEM that servers under MTA-STS must chain to; null: the system's. */
  ca: string | null;
  now: () => number;
  random: () => number;
}

/** Finds the servers of routes and destinations. */
export class Servers {
  readonly #options: ServersOptions;

  constructor(options: ServersOptions) {
    this.#options = options;
  }

  async find(route: SendingRoute, destination: string): Promise<Way> {
    if (route.smartHost !== null) {
      return { result: 'hosts', hosts: [{ name: route.smartHost.host, find: () => this.#smartHost(route) }] };
    }
    const { dns, policies, random } = this.#options;
    if (dns === null) return { result: 'unknown', reason: 'DNS is off (EVERPOST_DNS): mail needs a smart host' };
    // Implicit hosts are as trustworthy as their addresses: there is no MX record that could be forged.
    let authenticated = true;
    const found = await mailHosts(
      destination,
      async (name, rrtype) => {
        const answer = await dns.lookUp(name, rrtype);
        if (rrtype === 'MX') authenticated = answer.authenticated;
        return answer.records;
      },
      random,
    );
    if (found.result !== 'hosts') return found;
    const policy = (await policies?.policyFor(destination)) ?? null;
    const hosts = found.hosts.map((name) => ({
      name,
      find: () => this.#exchanger(dns, { name, destination, authenticated, policy, source: route.sourceAddress }),
    }));
    return { result: 'hosts', hosts };
  }

  async #smartHost({ smartHost, sourceAddress }: SendingRoute): Promise<FoundServer> {
    const { host, port, tls, ca } = smartHost!;
    try {
      // Who sets a smart host may point it into private networks, as with next hops; never at link-local addresses.
      const allowed = (await addressesOf(host)).filter((address) => mayConnect(address, smartHost!.privateNetworks));
      const addresses = this.#options.families.order(allowed, sourceAddress).slice(0, MOST_ADDRESSES);
      if (addresses.length === 0)
        return { result: 'refused', reason: `${host} has no address that may be connected to` };
      const verified = tls === 'REQUIRED' || tls === 'IMPLICIT' ? 'verified' : null;
      return {
        result: 'server',
        server: { host, port, addresses, tls: { mode: tls, ca }, verified, verifiedFor: null },
      };
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      return { result: 'refused', reason: error.message };
    }
  }

  async #exchanger(dns: Resolver, asked: AskedHost): Promise<FoundServer> {
    const { port, privateNetworks, families } = this.#options;
    const { name, source } = asked;
    const found = await hostAddresses(name, dns);
    if (found.result === 'refused') return found;
    const allowed = found.addresses.filter((address) => mayConnect(address, privateNetworks));
    if (allowed.length === 0) {
      return { result: 'refused', reason: `${name} has none but addresses of networks that mail is not handed to` };
    }
    const addresses = families.order(allowed, source).slice(0, MOST_ADDRESSES);
    if (addresses.length === 0) return { result: 'refused', reason: `${name} has no address of a family that is used` };
    const security = await this.#security(dns, asked, found.authenticated);
    if ('reason' in security) return { result: 'refused', reason: security.reason };
    return { result: 'server', server: { host: name, port, addresses, ...security } };
  }

  /** DANE goes before MTA-STS, which must not weaken it (RFC 8461 2). */
  async #security(
    dns: Resolver,
    { name, destination, authenticated, policy }: AskedHost,
    addressesAuthenticated: boolean,
  ): Promise<Pick<MailServer, 'tls' | 'verified' | 'verifiedFor'> | { reason: string }> {
    const { port, ca, now } = this.#options;
    const dane = await daneOf(name, port, authenticated && addressesAuthenticated, dns);
    if (dane.result === 'unknown') return { reason: dane.reason };
    if (dane.result === 'records' && dane.usable.length > 0) {
      const { usable } = dane;
      // A trust anchor vouches for the destination's name too: another one's mail must not go by that (RFC 7672 3.2.3).
      const verifiedFor = usable.some(isTrustAnchor) ? destination : null;
      const verify = (socket: TLSSocket) => verifyDane(socket, usable, [name, destination], new Date(now()));
      return { tls: { mode: 'ENCRYPTED', ca: null, verify }, verified: 'DANE', verifiedFor };
    }
    if (policy?.mode === 'enforce') {
      if (!isNamed(name, policy)) return { reason: `the MTA-STS policy of ${destination} does not name ${name}` };
      return { tls: { mode: 'REQUIRED', ca }, verified: 'MTA-STS', verifiedFor: null };
    }
    // RFC 7672 2.2: records of which none is usable still ask for encryption.
    const mode = dane.result === 'records' ? 'ENCRYPTED' : 'OPPORTUNISTIC';
    return { tls: { mode, ca: null }, verified: null, verifiedFor: null };
  }
}

interface AskedHost {
  name: string;
  destination: string;
  /** Whether DNSSEC vouches for the MX record that names it. */
  authenticated: boolean;
  policy: MtaStsPolicy | null;
  source: string | null;
}

async function hostAddresses(
  name: string,
  dns: Resolver,
): Promise<
  { result: 'addresses'; addresses: string[]; authenticated: boolean } | { result: 'refused'; reason: string }
> {
  const answers = await Promise.allSettled(['A', 'AAAA'].map((rrtype) => dns.lookUp(name, rrtype)));
  const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  const addresses = found.flatMap(({ records }) => records as string[]);
  if (addresses.length > 0) {
    return { result: 'addresses', addresses, authenticated: found.every(({ authenticated }) => authenticated) };
  }
  const failure = answers.find((answer) => answer.status === 'rejected' && !isAbsent(answer.reason));
  const why = failure?.status === 'rejected' ? `could not be asked: ${(failure.reason as Error).message}` : 'are none';
  return { result: 'refused', reason: `the addresses of ${name} ${why}` };
}
