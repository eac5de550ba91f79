import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import { isIP } from 'node:net';
import type { ImapCredentials } from '../../domain/imap-account.js';
import { allowedAddresses } from './allowed-address.js';

export interface AccessToken {
  accessToken: string;
  expiresAt: Date;
  /** Where the endpoint rotates it: the old one is void. */
  refreshToken: string | null;
}

/** The token endpoint refused or could not be asked; never carries what was sent or answered beyond its error code. */
export class TokenRefused extends Error {
  override name = 'TokenRefused';

  constructor(
    message: string,
    /** RFC 6749 5.2; null where the endpoint gave no answer of that kind. */
    readonly oauthError: string | null,
    readonly code: string | null = null,
  ) {
    super(message);
  }
}

const PATIENCE_MS = 15_000;
const MOST_BYTES = 256 * 1024;
/** Where the endpoint does not say (RFC 6749 5.1 only recommends it). */
const DEFAULT_SECONDS = 3_600;

/**
 * Gets an access token by the refresh token (RFC 6749 6).
 *
 * @throws TokenRefused, AddressNotAllowed
 */
export async function refreshAccessToken(
  credentials: Extract<ImapCredentials, { kind: 'oauth2' }>,
  privateNetworks: boolean,
): Promise<AccessToken> {
  const form = new URLSearchParams({
    grant_type: 'refresh_token',
    refresh_token: credentials.refreshToken,
    client_id: credentials.clientId,
    ...(credentials.clientSecret === '' ? {} : { client_secret: credentials.clientSecret }),
    ...(credentials.scope === null ? {} : { scope: credentials.scope }),
  });
  const { status, body } = await post(new URL(credentials.tokenUrl), form.toString(), privateNetworks);
  const answer = readJson(body);
  if (status !== 200) {
    const error = readErrorCode(answer);
    throw new TokenRefused(`the token endpoint answered ${status}${error === null ? '' : ` ${error}`}`, error);
  }
  const token = answer['access_token'];
  if (typeof token !== 'string' || token === '') {
    throw new TokenRefused('the token endpoint answered 200 without an access token', null);
  }
  const seconds = Number(answer['expires_in']);
  const rotated = answer['refresh_token'];
  return {
    accessToken: token,
    expiresAt: new Date(Date.now() + (seconds > 0 ? seconds : DEFAULT_SECONDS) * 1_000),
    refreshToken:
      typeof rotated === 'string' && rotated !== '' && rotated !== credentials.refreshToken ? rotated : null,
  };
}

async function post(url: URL, form: string, privateNetworks: boolean): Promise<{ status: number; body: string }> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const addresses = await allowedAddresses(host, privateNetworks);
  // The addresses that were looked at are those that are connected to.
  const lookup: LookupFunction = (_host, options, callback) =>
    options.all
      ? callback(
          null,
          addresses.map((address) => ({ address, family: isIP(address) })),
        )
      : callback(null, addresses[0], isIP(addresses[0]));
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const failed = (error: Error & { code?: string }) =>
      reject(new TokenRefused(`the token endpoint could not be asked: ${error.code ?? error.name}`, null, error.code));
    const asked = request(
      url,
      {
        method: 'POST',
        lookup,
        signal: AbortSignal.timeout(PATIENCE_MS),
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'content-length': Buffer.byteLength(form),
          accept: 'application/json',
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size > MOST_BYTES) response.destroy(new Error('too large'));
          else chunks.push(chunk);
        });
        response.once('error', failed);
        response.once('end', () =>
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
        );
      },
    );
    asked.once('error', failed);
    asked.end(form);
  });
}

function readJson(body: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {}; // not an answer of RFC 6749: the status alone tells
  }
}

/** Only what looks like an error code is shown: anything else might repeat the secret. */
function readErrorCode(answer: Record<string, unknown>): string | null {
  const { error } = answer;
  return typeof error === 'string' && /^[a-z_]{1,50}$/.test(error) ? error : null;
}
