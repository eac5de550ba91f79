import { lookup as lookUp } from 'node:dns/promises';
import { Agent as HttpAgent, request as requestHttp, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { WebhookAnswer } from '../../domain/webhook.js';
import { mayConnect } from '../address-policy.js';
import { signWebhook } from './webhook-secrets.js';

/** What an endpoint says is shown to people: its beginning. */
const MOST_SHOWN = 200;
/** What is read of an answer; the rest of it is not waited for. */
const MOST_READ = 4_096;
const MOST_HEADER_BYTES = 16_384;
const MOST_ADDRESSES = 4;

export interface WebhookRequest {
  url: string;
  /** In force, at least one. */
  secrets: readonly string[];
  id: string;
  body: string;
  now: Date;
  /** Ends it before its time is over. */
  signal?: AbortSignal;
}

export interface WebhookPosterOptions {
  privateNetworks: boolean;
  timeoutMs: number;
  /** All addresses of a host name. */
  resolve?: (host: string) => Promise<string[]>;
}

/** An endpoint is where we do not connect to. */
class EndpointNotAllowed extends Error {
  override name = 'EndpointNotAllowed';
}

/** A kept connection that the endpoint had closed meanwhile: nothing was asked yet. */
class StaleConnection extends Error {
  override name = 'StaleConnection';
}

/**
 * Posts events to endpoints that strangers named: it connects to the addresses that it looked at and no others (a name
 * that answers otherwise a moment later leads nowhere else), follows no redirect and reads the beginning of an answer.
 * Connections are kept until `close`.
 */
export class WebhookPoster {
  readonly #options: WebhookPosterOptions;
  readonly #http: HttpAgent;
  readonly #https: HttpsAgent;

  constructor(options: WebhookPosterOptions) {
    this.#options = options;
    const kept = { keepAlive: true, maxFreeSockets: 8, timeout: options.timeoutMs };
    this.#http = new HttpAgent(kept);
    this.#https = new HttpsAgent(kept);
  }

  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }

  /** The answer, or why none came; it throws for nothing that the endpoint or DNS can do. */
  async post(asked: WebhookRequest): Promise<WebhookAnswer> {
    const within = AbortSignal.timeout(this.#options.timeoutMs);
    const signal = asked.signal ? AbortSignal.any([asked.signal, within]) : within;
    try {
      return await this.#send(asked, signal).catch((error: unknown) => {
        if (!(error instanceof StaleConnection)) throw error;
        return this.#send(asked, signal);
      });
    } catch (error) {
      const text = within.aborted
        ? `no answer within ${Math.ceil(this.#options.timeoutMs / 1_000)} s`
        : reasonOf(error);
      return { code: null, text, retryAfter: null };
    }
  }

  async #send({ url: text, secrets, id, body, now }: WebhookRequest, signal: AbortSignal): Promise<WebhookAnswer> {
    const url = new URL(text);
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const secure = url.protocol === 'https:';
    // Node calls no lookup for a literal address.
    if (isIP(host)) this.#allowed([host], secure);
    const timestamp = Math.floor(now.getTime() / 1_000);
    const bytes = Buffer.from(body);
    return new Promise((resolve, reject) => {
      const request = (secure ? requestHttps : requestHttp)(url, {
        method: 'POST',
        agent: secure ? this.#https : this.#http,
        signal,
        lookup: this.#lookup(secure),
        maxHeaderSize: MOST_HEADER_BYTES,
        headers: {
          'content-type': 'application/json',
          'content-length': String(bytes.length),
          'accept-encoding': 'identity',
          'user-agent': 'Everpost-Webhooks/1',
          'webhook-id': id,
          'webhook-timestamp': String(timestamp),
          'webhook-signature': signWebhook(secrets, id, timestamp, body),
        },
      });
      let answered = false;
      // Not once: an error that comes after the answer has begun has no other listener. It ends the reading of the body.
      request.on('error', (error: NodeJS.ErrnoException) => {
        if (answered) return;
        reject(request.reusedSocket && error.code === 'ECONNRESET' ? new StaleConnection() : error);
      });
      request.once('response', (response) => {
        answered = true;
        readAnswer(response, request.destroy.bind(request)).then(resolve, reject);
      });
      request.end(bytes);
    });
  }

  /** Asked by Node for each connection; what it gives is all that is connected to. */
  #lookup(secure: boolean): LookupFunction {
    const resolve = this.#options.resolve ?? allAddresses;
    return (host, options, callback) => {
      resolve(host).then(
        (addresses) => {
          try {
            const allowed = this.#allowed(addresses, secure).slice(0, MOST_ADDRESSES);
            const found = allowed.map((address) => ({ address, family: isIP(address) }));
            if (options.all) callback(null, found);
            else callback(null, found[0]!.address, found[0]!.family);
          } catch (error) {
            callback(error as Error, options.all ? [] : '');
          }
        },
        (error: unknown) => callback(error as Error, options.all ? [] : ''),
      );
    };
  }

  /** @throws EndpointNotAllowed where none of them may be connected to */
  #allowed(addresses: readonly string[], secure: boolean): string[] {
    const { privateNetworks } = this.#options;
    const allowed = addresses.filter((address) => mayConnect(address, privateNetworks));
    if (allowed.length === 0) {
      throw new EndpointNotAllowed('its host is at an address that Everpost does not connect to');
    }
    if (!secure && allowed.some((address) => mayConnect(address, false))) {
      throw new EndpointNotAllowed('its host is in a public network: only https goes there');
    }
    return allowed;
  }
}

const allAddresses = async (host: string) => (await lookUp(host, { all: true })).map(({ address }) => address);

/** The status counts, whatever becomes of the body: it is read to show it, no further than `MOST_READ`. */
async function readAnswer(response: IncomingMessage, end: () => void): Promise<WebhookAnswer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of response) {
      chunks.push(chunk as Buffer);
      size += (chunk as Buffer).length;
      if (size >= MOST_READ) break;
    }
  } catch {
    // The connection broke, or the time was over, behind the status: what came of the body is enough.
  }
  // A connection whose answer was not read to its end cannot be used again.
  if (!response.complete) end();
  return {
    code: response.statusCode ?? null,
    text: shown(Buffer.concat(chunks).toString('utf8')),
    retryAfter: response.headers['retry-after'] ?? null,
  };
}

function shown(text: string): string {
  return text
    .slice(0, MOST_SHOWN * 4)
    .replace(/[\p{Cc}\p{Cf}\s\u{fffd}]+/gu, ' ')
    .trim()
    .slice(0, MOST_SHOWN);
}

const REASONS: Record<string, string> = {
  ENOTFOUND: 'its host name does not resolve',
  EAI_AGAIN: 'its host name does not resolve for now',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was cut',
  ETIMEDOUT: 'no connection within the time',
  EHOSTUNREACH: 'its host cannot be reached',
  ENETUNREACH: 'its network cannot be reached',
};

/** Never the URL or the address: what resolves to what inside a network is nobody's business. */
function reasonOf(error: unknown): string {
  if (error instanceof EndpointNotAllowed) return error.message;
  // Of several addresses that were tried each has an error: the first one speaks for all.
  const failure = error instanceof AggregateError && error.errors.length > 0 ? (error.errors[0] as unknown) : error;
  if (!(failure instanceof Error)) return 'the connection failed';
  const code = 'code' in failure && typeof failure.code === 'string' ? failure.code : failure.name;
  return REASONS[code] ?? `the connection failed (${shown(code)})`;
}
