import type { ProtectionKind } from './protection.js';

/** What a key says of itself, and the key; the private part is plain here and is sealed before it is stored. */
export interface MailKeyFacts {
  kind: ProtectionKind;
  /** SHA-256 of a certificate, fingerprint of an OpenPGP primary key; hexadecimal, lower case. */
  fingerprint: string;
  addresses: string[];
  /** Of an OpenPGP key and its subkeys, 16 hexadecimal digits each. */
  keyIds: string[];
  /** Whom it names. */
  subject: string;
  /** Who issued a certificate; null for OpenPGP. */
  issuer: string | null;
  /** For example `rsa 2048`. */
  algorithm: string;
  /** ISO 8601; null where open. */
  validFrom: string | null;
  validTo: string | null;
  authority: boolean;
  publicPart: string;
  /** Without a passphrase; null where there is none. */
  privatePart: string | null;
  /** Certificates that came with it, towards its authority and without it, PEM; absent where there are none. */
  chain?: string[];
}

/** A key cannot be taken. Its message says what to do and holds nothing of key or passphrase. */
export class MailKeyRefused extends Error {
  override name = 'MailKeyRefused';
  readonly field: 'key' | 'passphrase';

  constructor(field: 'key' | 'passphrase', message: string) {
    super(message);
    this.field = field;
  }
}

/** An organization's keys are all at hand when a message is opened. */
export const MOST_MAIL_KEYS = 1_000;
