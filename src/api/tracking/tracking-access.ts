import { TrackingTokens } from '../../adapters/signed-tokens/tracking-tokens.js';

/** What links in mail are made and read with. */
export class TrackingAccess {
  /** Null where EVERPOST_SECRET_KEY is not set. */
  readonly tokens: TrackingTokens | null;

  constructor(
    secretKey: Buffer | null,
    /** EVERPOST_PUBLIC_URL; null: mail has no links to us. */
    readonly publicUrl: string | null,
  ) {
    this.tokens = secretKey === null ? null : new TrackingTokens(secretKey);
  }
}
