import type { KnownKey, ProtectionPolicy, SigningKey } from './protection-policy.js';

/** A key as sealing a message needs it. */
export interface SealingKey {
  /** A certificate in PEM, or an armored public key. */
  publicPart: string;
  /** PKCS #8 in PEM, or an armored private key; null where only the public part is known or can be read. */
  privatePart: string | null;
  /** Certificates between it and its authority, PEM. */
  chain: string[];
  readsGcm: boolean;
}

/** What an organization has to protect a message with. Never logged, never in a history: it holds private keys. */
export interface ProtectionKeys {
  policy: ProtectionPolicy;
  signingKeys: SigningKey[];
  keys: KnownKey[];
  /** By the id of a signing key or a known key. */
  material: ReadonlyMap<string, SealingKey>;
}
