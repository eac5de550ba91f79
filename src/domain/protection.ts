/** S/MIME (RFC 8551) and OpenPGP (RFC 9580, RFC 3156): what of a message was encrypted or signed, and what came of it. */
export const PROTECTION_KINDS = ['smime', 'openpgp'] as const;
export type ProtectionKind = (typeof PROTECTION_KINDS)[number];

/**
 * `untrusted`: the signature is right, and nothing says that its key belongs to whom it names: an unknown certificate
 * authority, a revoked key, an algorithm that is broken. `expired`: it is right, and its key was not in force.
 */
export const SIGNATURE_STATUSES = ['valid', 'invalid', 'unknownKey', 'expired', 'untrusted'] as const;
export type SignatureStatus = (typeof SIGNATURE_STATUSES)[number];

export interface SignatureResult {
  kind: ProtectionKind;
  status: SignatureStatus;
  /** Address of the key that signed, its key id or the certificate's name where it has none; null where unknown. */
  signer: string | null;
  /** Digest and public-key algorithm, for example `sha256 rsa`; null where it could not be read. */
  algorithm: string | null;
  /** Whether one of the key's addresses is the author's (From). */
  matchesFrom: boolean;
  /** Whether all that is shown of the message was signed; false where text stands beside the signed part. */
  coversAll: boolean;
  /** Of an S/MIME certificate: who issued it. */
  issuer: string | null;
  /** From when to when the key is in force, ISO 8601; null where it is open or unknown. */
  validFrom: string | null;
  validTo: string | null;
  /** When the signer says that it was signed. */
  signedAt: string | null;
  /** Hexadecimal; null where the key is unknown. */
  fingerprint: string | null;
  /** Why it is not `valid`, in one sentence. */
  reason: string | null;
}

/**
 * Why something encrypted stays closed. `noKey`: no key of the organization is for it; `algorithm`: one that is not
 * supported; `unauthenticated`: OpenPGP without integrity protection, which is not opened; `damaged`: it cannot be read,
 * or was changed; `limit`: too large, too deep or too many; `deadline`: opening it took too long; `secretKey`: the
 * organization's keys cannot be unsealed here; `failed`: opening it ended its thread.
 */
export const CLOSED_REASONS = [
  'noKey',
  'algorithm',
  'unauthenticated',
  'damaged',
  'limit',
  'deadline',
  'secretKey',
  'failed',
] as const;
export type ClosedReason = (typeof CLOSED_REASONS)[number];

/** What protects a message; absent from one with neither an encrypted nor a signed part. */
export interface Protection {
  /** Of the outermost layer. */
  kind: ProtectionKind;
  encrypted: boolean;
  /** All that is encrypted in it was opened. */
  opened: boolean;
  /** Why not; null where it was, or where nothing is encrypted. */
  reason: ClosedReason | null;
  /** Whether the encryption itself, or a signature inside it, shows that nobody changed it; null where nothing was opened. */
  authenticated: boolean | null;
  /** Encrypted content stands beside content that is not, whose author may be another (EFAIL). */
  mixed: boolean;
  /** Whose Subject is shown; `protected` where the outer one was a placeholder. */
  subject: 'outer' | 'protected';
  /** Header fields that the protected part states otherwise than the message. */
  differs: ('subject' | 'from')[];
  signatures: SignatureResult[];
}

/** A key of an organization as the opening of a message needs it. */
export interface MailKeyMaterial {
  kind: ProtectionKind;
  fingerprint: string;
  addresses: string[];
  /** Of an OpenPGP key and its subkeys, 16 hexadecimal digits each; empty for S/MIME. */
  keyIds: string[];
  /** A certificate in PEM, or an armored OpenPGP public key. */
  publicPart: string;
  /** PKCS #8 in PEM, or an armored OpenPGP private key, neither with a passphrase; null where only the public part is known. */
  privatePart: string | null;
  /** A certificate authority: what chains to it is trusted. */
  authority: boolean;
  revoked: boolean;
}

/** A key that a message brought of its author: what it could be answered by, encrypted. */
export interface AuthorKey {
  kind: ProtectionKind;
  /** A certificate in PEM, or an armored public key. */
  publicPart: string;
  /**
   * `chained`: it made a valid signature over all of the message; `signed`: a right one, whose authority the organization
   * does not know; `attached`: it is an attachment, and nothing but the mail itself speaks for it.
   */
  by: 'chained' | 'signed' | 'attached';
  /** Whether the signature says that AES-GCM is read. */
  readsGcm: boolean;
}

/** What a message is opened with. */
export interface Opening {
  keys: MailKeyMaterial[];
  /** Whether keys of the organization could not be unsealed. */
  sealed: boolean;
  receivedAt: string;
}
