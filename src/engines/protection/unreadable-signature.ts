import type { ProtectionKind, SignatureResult } from '../../domain/protection.js';

/** What is said of a signature that cannot be read, and so vouches for nothing. */
export function unreadableSignature(kind: ProtectionKind, reason: string): SignatureResult {
  return {
    kind,
    status: 'invalid',
    signer: null,
    algorithm: null,
    matchesFrom: false,
    coversAll: false,
    issuer: null,
    validFrom: null,
    validTo: null,
    signedAt: null,
    fingerprint: null,
    reason,
  };
}
