import { hkdfSync } from 'node:crypto';

/** A key of one use, made of EVERPOST_SECRET_KEY (HKDF-SHA256, RFC 5869): what leaks of one tells nothing of another. */
export function derivedKey(secretKey: Buffer, use: 'verp' | 'tracking'): Buffer {
  return Buffer.from(hkdfSync('sha256', secretKey, '', `everpost ${use} 1`, 32));
}
