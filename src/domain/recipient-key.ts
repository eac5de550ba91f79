import type { ProtectionKind } from './protection.js';

/** `RECEIVED`: it came with a mail of its owner; `WKD`: the Web Key Directory of the address's domain gave it. */
export const KEY_SOURCES = ['UPLOADED', 'RECEIVED', 'WKD'] as const;
export type KeySource = (typeof KEY_SOURCES)[number];

/**
 * How sure it is that a key is its address's, weakest first. `SEEN`: a mail that its domain vouches for brought it;
 * `DOMAIN`: the domain itself publishes it; `VERIFIED`: a person put it in, or it chains to an authority that the
 * organization trusts.
 */
export const KEY_TRUSTS = ['SEEN', 'DOMAIN', 'VERIFIED'] as const;
export type KeyTrust = (typeof KEY_TRUSTS)[number];

export function isTrustedAtLeast(trust: KeyTrust, least: KeyTrust): boolean {
  return KEY_TRUSTS.indexOf(trust) >= KEY_TRUSTS.indexOf(least);
}

/** What a key that mail can be encrypted to says of itself. */
export interface RecipientKeyFacts {
  kind: ProtectionKind;
  /** SHA-256 of a certificate, fingerprint of an OpenPGP primary key; hexadecimal, lower case. */
  fingerprint: string;
  /** Lower case. */
  addresses: string[];
  subject: string;
  issuer: string | null;
  algorithm: string;
  /** ISO 8601; null where open. Of OpenPGP: as long as it can be encrypted to. */
  validFrom: string | null;
  validTo: string | null;
  /** Whether a certificate says that its owner reads AES-GCM (RFC 8551 2.5.2, RFC 4262). */
  readsGcm: boolean;
  /** A certificate in PEM, or an armored public key. */
  publicPart: string;
}

/** Who a received key came from, and what vouches for it. */
export interface HarvestedKey {
  address: string;
  trust: KeyTrust;
  facts: RecipientKeyFacts;
}

/** An organization's keys of others; those that only mail brought make way, the longest unseen first. */
export const MOST_RECIPIENT_KEYS = 50_000;
