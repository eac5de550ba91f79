import { createHash, X509Certificate } from 'node:crypto';
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import type { TlsaRecord } from '../dns/answer.js';
import type { Resolver } from '../dns/resolver.js';
import { isAbsent } from '../smtp/mx-hosts.js';

/** What a host publishes of its key by DNSSEC (RFC 7672). */
export type Dane =
  /** Nothing that is verified: DANE says nothing of it. */
  | { result: 'none' }
  /** It must prove itself by one of these; without any that is usable, encryption is required and nothing verified. */
  | { result: 'records'; usable: TlsaRecord[] }
  /** The host may publish something and it cannot be found out: it must not be sent to now. */
  | { result: 'unknown'; reason: string };

/** RFC 7672 3.1: those of the web's authorities (0 and 1) say nothing in SMTP. */
const USAGES = { trustAnchor: 2, endEntity: 3 } as const;
const DIGESTS: Record<number, { name: string; bytes: number }> = {
  1: { name: 'sha256', bytes: 32 },
  2: { name: 'sha512', bytes: 64 },
};
const LONGEST_CHAIN = 10;

/**
 * The TLSA records of a host whose addresses were found.
 *
 * @param addressesAuthenticated whether DNSSEC vouches for its addresses: where it does not, none are asked for (2.2.2)
 */
export async function daneOf(
  host: string,
  port: number,
  addressesAuthenticated: boolean,
  dns: Resolver,
): Promise<Dane> {
  if (!addressesAuthenticated) return { result: 'none' };
  try {
    const { records, authenticated } = await dns.lookUp(`_${port}._tcp.${host}`, 'TLSA');
    if (!authenticated) return { result: 'none' };
    return { result: 'records', usable: (records as TlsaRecord[]).filter(isUsable) };
  } catch (error) {
    if (isAbsent(error)) return { result: 'none' };
    return { result: 'unknown', reason: `the TLSA records of ${host} could not be asked: ${(error as Error).message}` };
  }
}

export const isTrustAnchor = ({ usage }: TlsaRecord) => usage === USAGES.trustAnchor;

function isUsable({ usage, selector, matchingType, certificate }: TlsaRecord): boolean {
  const digest = DIGESTS[matchingType];
  return (
    (usage === USAGES.trustAnchor || usage === USAGES.endEntity) &&
    (selector === 0 || selector === 1) &&
    (matchingType === 0 ? certificate.length > 0 : digest !== undefined && certificate.length === digest.bytes * 2)
  );
}

/**
 * Holds a server against its TLSA records.
 *
 * @param names that its certificate may be for where a trust anchor vouches for it (RFC 7672 3.2.3)
 * @throws Error where none fits
 */
export function verifyDane(
  socket: TLSSocket,
  usable: readonly TlsaRecord[],
  names: readonly string[],
  now: Date,
): void {
  const chain = chainOf(socket);
  const [leaf] = chain;
  if (leaf === undefined) throw new Error('it shows no certificate that its TLSA records could be held against');
  // RFC 7671 5.1: names and dates of such a certificate say nothing, the record says it all.
  if (usable.some((record) => record.usage === USAGES.endEntity && matches(leaf, record))) return;
  const anchors = usable.filter(isTrustAnchor);
  if (
    anchors.some((record) => pathTo(record, chain, now)) &&
    names.some((name) => leaf.checkHost(name) !== undefined)
  ) {
    return;
  }
  throw new Error('its certificate fits none of its TLSA records (DANE)');
}

/** Whether each certificate is signed by the next, up to the one that the record names. */
function pathTo(record: TlsaRecord, chain: readonly X509Certificate[], now: Date): boolean {
  const anchor = anchorOf(record);
  for (const [at, certificate] of chain.entries()) {
    if (new Date(certificate.validFrom) > now || new Date(certificate.validTo) < now) return false;
    // The end entity is no anchor of itself: that is what usage 3 is for.
    if (at > 0 && matches(certificate, record)) return true;
    if (anchor !== null && isIssuedBy(certificate, anchor)) return true;
    const issuer = chain[at + 1];
    if (issuer === undefined || !isIssuedBy(certificate, issuer)) return false;
  }
  return false;
}

/** A whole certificate in the record need not be sent by the server. */
function anchorOf({ selector, matchingType, certificate }: TlsaRecord): X509Certificate | null {
  if (selector !== 0 || matchingType !== 0) return null;
  try {
    return new X509Certificate(Buffer.from(certificate, 'hex'));
  } catch {
    return null; // what is no certificate matches none
  }
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

function matches(certificate: X509Certificate, { selector, matchingType, certificate: named }: TlsaRecord): boolean {
  const bytes = selector === 0 ? certificate.raw : certificate.publicKey.export({ type: 'spki', format: 'der' });
  const digest = DIGESTS[matchingType];
  const shown = digest === undefined ? bytes : createHash(digest.name).update(bytes).digest();
  return shown.toString('hex') === named.toLowerCase();
}

function chainOf(socket: TLSSocket): X509Certificate[] {
  const chain: X509Certificate[] = [];
  let next: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  // A self-signed certificate names itself as its issuer.
  while (next?.raw !== undefined && chain.length < LONGEST_CHAIN) {
    chain.push(new X509Certificate(next.raw));
    next = next.issuerCertificate === next ? undefined : next.issuerCertificate;
  }
  return chain;
}
