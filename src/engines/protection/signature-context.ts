import type { AuthorKey, MailKeyMaterial } from '../../domain/protection.js';

/** What signatures are judged by. */
export interface SignatureContext {
  keys: readonly MailKeyMaterial[];
  /** Of the message, or its receipt where it claims a later one or none. */
  date: Date;
  receivedAt: Date;
  /** Addresses of the message's authors, lower case. */
  from: readonly string[];
  /** Certificates of right signatures are put here, by fingerprint. */
  certificates?: Map<string, AuthorKey>;
}
