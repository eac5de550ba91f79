import type { Database } from '../../adapters/database/database.js';
import type { Viewer } from '../authentication/token-authenticator.js';
import { createLoaders, type Loaders } from './loaders.js';

/** Who asks, and what the request has read so far: the GraphQL context's `caller`. */
export class Caller {
  readonly #database: Database;
  #loaders: Loaders | null = null;

  constructor(
    database: Database,
    readonly viewer: Viewer,
    /** The header's value, so that a long subscription can ask whether it still holds. */
    readonly authorization: string,
    readonly clientAddress: string | null,
    /** The header Idempotency-Key of the request: it names the sending in it. */
    readonly idempotencyKey: string | null = null,
  ) {
    this.#database = database;
  }

  get organizationId(): string {
    return this.viewer.organizationId;
  }

  get loaders(): Loaders {
    this.#loaders ??= createLoaders(this.#database, this.organizationId);
    return this.#loaders;
  }

  /** After a write: what was read before it is stale. */
  forget(): void {
    this.#loaders = null;
  }
}
