import { X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { checkServerIdentity } from 'node:tls';
import { mayConnect } from '../address-policy.js';
import { isAbsent, type Resolve } from '../smtp/mx-hosts.js';

export interface PolicyHostOptions {
  resolve: Resolve;
  port: number;
  /** Certificates in PEM that are trusted; null: the system's. */
  ca: string | null;
  privateNetworks: boolean;
}

/** RFC 8461 3.3. */
const MOST_BYTES = 64 * 1024;
const LONGEST_MS = 20_000;

/**
 * The policy file of a domain, as its policy host serves it (RFC 8461 3.3): no redirect is followed, the certificate is
 * for that very name.
 *
 * @throws Error
 */
export async function fetchPolicyFile(domain: string, options: PolicyHostOptions): Promise<string> {
  const servername = `mta-sts.${domain}`;
  const address = await addressOf(servername, options);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request({
      host: address,
      port: options.port,
      path: '/.well-known/mta-sts.txt',
      servername,
      headers: { host: servername, accept: 'text/plain' },
      // A connection that was verified otherwise is never used again for this.
      agent: false,
      signal: AbortSignal.timeout(LONGEST_MS),
      ...(options.ca === null ? {} : { ca: options.ca }),
      checkServerIdentity: (name, certificate) => {
        const problem = checkServerIdentity(name, certificate);
        if (problem !== undefined) return problem;
        const named = new X509Certificate(certificate.raw).checkHost(name, {
          subject: 'never',
          partialWildcards: false,
        });
        return named === undefined ? new Error(`the certificate of ${name} names it in no subjectAltName`) : undefined;
      },
    })
      .on('response', resolve)
      .on('error', reject)
      .end();
  });
  const type = (response.headers['content-type'] ?? '').split(';', 1)[0]!.trim().toLowerCase();
  if (response.statusCode !== 200 || type !== 'text/plain') {
    response.destroy();
    throw new Error(`${servername} answered with ${response.statusCode} and ${type || 'no content type'}`);
  }
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    pieces.push(piece);
    bytes += piece.length;
    if (bytes > MOST_BYTES) {
      response.destroy();
      throw new Error(`the policy of ${servername} is larger than ${MOST_BYTES} bytes`);
    }
  }
  return Buffer.concat(pieces).toString('utf8');
}

async function addressOf(name: string, { resolve, privateNetworks }: PolicyHostOptions): Promise<string> {
  for (const rrtype of ['A', 'AAAA']) {
    try {
      const addresses = (await resolve(name, rrtype)) as string[];
      const allowed = addresses.find((address) => mayConnect(address, privateNetworks));
      if (allowed !== undefined) return allowed;
    } catch (error) {
      if (!isAbsent(error)) throw error;
    }
  }
  throw new Error(`${name} has no address that may be connected to`);
}
