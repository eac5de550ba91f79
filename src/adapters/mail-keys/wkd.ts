import { createHash } from 'node:crypto';
import { request, type RequestOptions } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import * as openpgp from 'openpgp';
import type { RecipientKeyFacts } from '../../domain/recipient-key.js';
import { MailKeyRefused } from '../../domain/mail-key.js';
import { mayConnect } from '../address-policy.js';
import type { DnsRecords } from '../dns/answer.js';
import { keyAddress } from './key-address.js';
import { openPgpFacts } from './read-recipient-key.js';

/** Records as `resolve` of node:dns gives them; rejects with a DnsError. */
type Resolve = (name: string, rrtype: string) => Promise<DnsRecords>;

export interface WkdOptions {
  resolve: Resolve;
  /** Whether directories in loopback and private networks are asked; for tests and closed networks. */
  privateNetworks?: boolean;
  port?: number;
  /** Authorities beside the system's, PEM. */
  ca?: string;
  timeoutMs?: number;
  now?: () => Date;
}

/** What a Web Key Directory said of an address. */
export type WkdAnswer =
  | {
      status: 'answered';
      /** In force; null where it has none. */
      key: RecipientKeyFacts | null;
      /** Fingerprints of keys that their owner has revoked. */
      revoked: string[];
    }
  | { status: 'failed'; reason: string };

export type Wkd = (address: string, signal?: AbortSignal) => Promise<WkdAnswer>;

const TIMEOUT_MS = 5_000;
const MOST_BYTES = 256 * 1024;
const MOST_KEYS = 10;

/**
 * Asks the Web Key Directory of an address's domain (draft-koch-openpgp-webkey-service): by the advanced method, by the
 * direct one where there is no `openpgpkey` name. Only https with a certificate that holds, to public addresses that
 * were looked at before; no redirect is followed, and of what comes back only keys that name the address count.
 */
export function createWkd(options: WkdOptions): Wkd {
  const now = options.now ?? (() => new Date());
  return async (address, signal) => {
    const asked = keyAddress(address);
    const at = asked.lastIndexOf('@');
    const [local, domain] = [address.slice(0, address.lastIndexOf('@')), asked.slice(at + 1)];
    if (at < 1 || isIP(domain) !== 0 || !/^[a-z0-9.-]{1,253}$/.test(domain)) {
      return { status: 'answered', key: null, revoked: [] };
    }
    const path = `hu/${wkdHash(local)}?l=${encodeURIComponent(local)}`;
    try {
      const advanced = `openpgpkey.${domain}`;
      const addresses = await addressesOf(advanced, options);
      const body =
        addresses === null
          ? await fetched(
              domain,
              `/.well-known/openpgpkey/${path}`,
              await addressesOf(domain, options),
              options,
              signal,
            )
          : await fetched(advanced, `/.well-known/openpgpkey/${domain}/${path}`, addresses, options, signal);
      if (body === null) return { status: 'answered', key: null, revoked: [] };
      return { status: 'answered', ...(await keyIn(body, asked, now())) };
    } catch (error) {
      if (signal?.aborted === true) throw error;
      return { status: 'failed', reason: (error instanceof Error ? error.message : String(error)).slice(0, 300) };
    }
  };
}

/** Z-Base-32 of SHA-1 of the local part in small letters (draft 3.1); SHA-1 names it and protects nothing. */
export function wkdHash(local: string): string {
  const digest = createHash('sha1')
    .update(local.replace(/[A-Z]/g, (letter) => letter.toLowerCase()))
    .digest();
  let bits = '';
  for (const byte of digest) bits += byte.toString(2).padStart(8, '0');
  return bits.replace(/.{5}/g, (five) => 'ybndrfg8ejkmcpqxot1uwisza345h769'[Number.parseInt(five, 2)] ?? '');
}

/** Null where the name does not exist or has no address. @throws where DNS does not say, or all addresses are barred */
async function addressesOf(name: string, { resolve, privateNetworks = false }: WkdOptions): Promise<string[] | null> {
  const found = (await Promise.all(['A', 'AAAA'].map((type) => recordsOf(resolve, name, type)))).flat();
  if (found.length === 0) return null;
  const allowed = found.filter((address) => mayConnect(address, privateNetworks));
  if (allowed.length === 0) throw new Error(`${name} is at an address that Everpost does not connect to`);
  return allowed;
}

async function recordsOf(resolve: Resolve, name: string, type: string): Promise<string[]> {
  try {
    return (await resolve(name, type)).filter((record) => typeof record === 'string');
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === 'ENOTFOUND' || code === 'ENODATA' || code === 'EBADNAME') return [];
    throw error;
  }
}

/** Null where there is none: no server, or 404. @throws for any other answer */
async function fetched(
  host: string,
  path: string,
  addresses: string[] | null,
  { port = 443, ca, timeoutMs = TIMEOUT_MS }: WkdOptions,
  signal?: AbortSignal,
): Promise<Buffer | null> {
  if (addresses === null) return null;
  const deadline = AbortSignal.timeout(timeoutMs);
  const settings: RequestOptions = {
    host,
    port,
    path,
    servername: host,
    agent: false,
    headers: { accept: 'application/octet-stream' },
    signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
    lookup: pinnedTo(addresses),
    ...(ca === undefined ? {} : { ca }),
  };
  return new Promise((resolve, reject) => {
    const asking = request(settings, (response) => {
      const status = response.statusCode ?? 0;
      if (status !== 200) {
        response.destroy();
        if (status === 404 || status === 410) resolve(null);
        else reject(new Error(`${host} answered with ${status}`));
        return;
      }
      const pieces: Buffer[] = [];
      let size = 0;
      response.on('data', (piece: Buffer) => {
        size += piece.length;
        pieces.push(piece);
        if (size > MOST_BYTES) response.destroy(new Error(`the answer of ${host} is longer than ${MOST_BYTES} bytes`));
      });
      response.on('error', reject);
      response.on('end', () => resolve(Buffer.concat(pieces)));
      response.on('close', () => reject(new Error(`${host} ended its answer early`)));
    });
    asking.on('error', (error) =>
      reject(deadline.aborted ? new Error(`${host} did not answer within ${timeoutMs} ms`) : error),
    );
    asking.end();
  });
}

/** Only where we looked: a name that answers otherwise a moment later leads nowhere else. */
function pinnedTo(addresses: readonly string[]): LookupFunction {
  return (_host, { all }, callback) => {
    const known = addresses.map((address) => ({ address, family: isIP(address) }));
    if (all === true) callback(null, known);
    else callback(null, known[0]?.address ?? '', known[0]?.family);
  };
}

/** The newest key that names the address and can be encrypted to. @throws where what came is no key */
async function keyIn(
  body: Buffer,
  address: string,
  now: Date,
): Promise<{ key: RecipientKeyFacts | null; revoked: string[] }> {
  const keys = await openpgp.readKeys({ binaryKeys: new Uint8Array(body) }).catch(() => {
    throw new Error('the directory answered with something that is no key');
  });
  const usable: RecipientKeyFacts[] = [];
  const revoked: string[] = [];
  for (const key of keys.slice(0, MOST_KEYS)) {
    // Its signature holds, or it would not count: whoever has an older copy of the key must not write to it any more.
    if (await key.isRevoked(undefined, undefined, now).catch(() => false))
      revoked.push(key.getFingerprint().toLowerCase());
    const facts = await openPgpFacts(key, now).catch((error: unknown) => {
      if (error instanceof MailKeyRefused) return null; // expired or revoked: as good as none
      throw error;
    });
    if (facts?.addresses.includes(address) === true) usable.push(facts);
  }
  const [newest = null] = usable.toSorted((a, b) => (b.validFrom ?? '').localeCompare(a.validFrom ?? ''));
  return { key: newest, revoked };
}
