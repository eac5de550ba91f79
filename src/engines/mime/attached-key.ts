import type { AuthorKey } from '../../domain/protection.js';
import { isMessage, type Part } from './part.js';

/** A key with some pictures; larger ones carry signatures of others, which say nothing here. */
const MOST_BYTES = 64 * 1024;
const BLOCK = /^-----BEGIN PGP PUBLIC KEY BLOCK-----[\s\S]*?^-----END PGP PUBLIC KEY BLOCK-----/m;

/** The OpenPGP key that a message has attached (RFC 3156 7); null where the part is none, or lies in another message. */
export function attachedKey(part: Part, bytes: Buffer): AuthorKey | null {
  if (part.contentType !== 'application/pgp-keys' || bytes.length > MOST_BYTES) return null;
  for (let outer = part.parent; outer !== null; outer = outer.parent) if (isMessage(outer)) return null;
  const [block] = BLOCK.exec(bytes.toString('latin1')) ?? [];
  return block === undefined ? null : { kind: 'openpgp', publicPart: block, by: 'attached', readsGcm: false };
}
