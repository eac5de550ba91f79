import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import { isIP } from 'node:net';
import { lookup as lookUp } from 'node:dns/promises';
import { Readable, Transform } from 'node:stream';
import { mayConnect } from '../address-policy.js';
import { ProviderFailure } from './capability.js';

export interface ProviderFetchOptions {
  /**
   * Null for an endpoint of the operator, who may name any; for an organization's, whether loopback and private
   * networks are allowed.
   */
  privateNetworks: boolean | null;
}

/** Answers of models are short; what is longer is none. */
const MOST_BYTES = 8 * 1024 * 1024;

/**
 * A `fetch` for providers: it connects to the addresses that it looked at and no others (a name that answers otherwise a
 * moment later leads nowhere else), follows no redirect, keeps no cookies and ends an answer that is too long.
 */
export function createProviderFetch({ privateNetworks }: ProviderFetchOptions): typeof globalThis.fetch {
  return async (input, init) => {
    const asked = new Request(input, { ...init, redirect: 'manual' });
    const url = new URL(asked.url);
    if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new TypeError('only http and https are asked');
    const body = asked.body === null ? null : Buffer.from(await asked.arrayBuffer());
    const lookup = privateNetworks === null ? undefined : await pinned(url, privateNetworks);
    const headers = Object.fromEntries(asked.headers);
    if (body !== null) headers['content-length'] = String(body.length);
    // Answers are read as they come: nothing here undoes a content coding.
    headers['accept-encoding'] = 'identity';
    const send = url.protocol === 'https:' ? requestHttps : requestHttp;
    return new Promise((resolve, reject) => {
      const request = send(url, {
        method: asked.method,
        headers,
        signal: asked.signal,
        agent: false,
        ...(lookup ? { lookup } : {}),
      });
      // Not once: an error that comes after the answer has begun has no other listener.
      request.on('error', reject);
      request.once('response', (response) => {
        try {
          resolve(responseOf(response, asked.method));
        } catch (error) {
          response.destroy();
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
      request.end(body ?? undefined);
    });
  };
}

/** @throws ProviderFailure `notAllowed`; the resolver's error */
async function pinned(url: URL, privateNetworks: boolean): Promise<LookupFunction> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const found = isIP(host) ? [{ address: host }] : await lookUp(host, { all: true });
  const addresses = found.map(({ address }) => address).filter((address) => mayConnect(address, privateNetworks));
  const [first] = addresses;
  if (first === undefined) {
    throw new ProviderFailure(
      'notAllowed',
      `${host} is at an address that Everpost does not connect to` +
        (privateNetworks ? '' : ' (AI_PRIVATE_NETWORKS=true allows private networks)'),
    );
  }
  if (url.protocol === 'http:' && addresses.some((address) => mayConnect(address, false))) {
    throw new ProviderFailure('notAllowed', `${host} is in a public network: key and mail go there by https alone`);
  }
  // Node does not call this for a literal address: that was looked at above.
  return (_host, options, callback) =>
    options.all
      ? callback(
          null,
          addresses.map((address) => ({ address, family: isIP(address) })),
        )
      : callback(null, first, isIP(first));
}

/** Statuses whose response has no body (Fetch standard, "null body status"). */
const BODILESS = [101, 103, 204, 205, 304];

function responseOf(response: IncomingMessage, method: string): Response {
  const status = response.statusCode ?? 0;
  const headers = new Headers();
  for (let at = 0; at < response.rawHeaders.length; at += 2) {
    headers.append(response.rawHeaders[at]!, response.rawHeaders[at + 1]!);
  }
  const init = { status, statusText: response.statusMessage ?? '', headers };
  if (BODILESS.includes(status) || method === 'HEAD') {
    response.resume();
    return new Response(null, init);
  }
  let size = 0;
  const capped = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      if (size > MOST_BYTES) done(new Error(`the answer is longer than ${MOST_BYTES} bytes`));
      else done(null, chunk);
    },
  });
  response.once('error', (error) => capped.destroy(error));
  // A connection that ends early emits no error of its own where the length was not told.
  response.once('aborted', () => capped.destroy(new Error('the connection ended in the middle of the answer')));
  capped.once('close', () => response.destroy());
  response.pipe(capped);
  return new Response(Readable.toWeb(capped) as ReadableStream<Uint8Array>, init);
}
