import { LRUCache } from 'lru-cache';
import type { Database } from '../../adapters/database/database.js';
import { tokenHash } from '../../adapters/organizations/provision.js';

/** Whom a token stands for. */
export interface Viewer {
  organizationId: string;
  tokenId: string;
  /** The token's name: who a command is recorded under. */
  name: string;
}

const DEFAULT_CACHE_MS = 5_000;
const CACHED_TOKENS = 10_000;
const BEARER = /^Bearer +([\w.~+/-]{1,512}=*)$/i;

/** Looks tokens up by their hash. A revoked one is refused once its cache entry has ended, within seconds. */
export class TokenAuthenticator {
  readonly #database: Database;
  readonly #known: LRUCache<string, Viewer>;
  /** Milliseconds for which an answer holds. */
  readonly cacheMs: number;

  /** @param database as everpost_app */
  constructor(database: Database, cacheMs = DEFAULT_CACHE_MS) {
    this.#database = database;
    this.cacheMs = cacheMs;
    this.#known = new LRUCache<string, Viewer>({
      max: CACHED_TOKENS,
      ttl: cacheMs,
      ttlResolution: 0,
      // Concurrent lookups of one token share a query; a token that is not known is not remembered.
      fetchMethod: (hash) => this.#lookUp(Buffer.from(hash, 'hex')),
    });
  }

  /**
   * @param authorization the header's value, `Bearer TOKEN`
   * @returns null where it is absent, malformed, unknown, expired or revoked
   */
  async authenticate(authorization: unknown): Promise<Viewer | null> {
    const token = typeof authorization === 'string' ? BEARER.exec(authorization.trim())?.[1] : undefined;
    if (token === undefined) return null;
    return (await this.#known.fetch(tokenHash(token).toString('hex'))) ?? null;
  }

  async #lookUp(hash: Buffer): Promise<Viewer | undefined> {
    const [row] = await this.#database.query<{ token_id: string; organization_id: string; name: string }>(
      'select token_id, organization_id, name from authenticate_token($1)',
      [hash],
    );
    return row && { organizationId: row.organization_id, tokenId: row.token_id, name: row.name };
  }
}
