import * as asn1js from 'asn1js';
import { MailKeyRefused } from '../../domain/mail-key.js';

/** About half a second of work. Programs write 2,048 to 600,000. */
const MOST_ITERATIONS = 1_000_000;
const MAX_NODES = 200;

/**
 * Refuses what would take long to unlock: whoever made the file chose the number of rounds, and they run here.
 *
 * @param algorithm an AlgorithmIdentifier of password-based encryption (RFC 8018, RFC 7292)
 * @throws MailKeyRefused
 */
export function checkPasswordCost(algorithm: unknown): void {
  const open = [algorithm];
  for (let block = open.pop(), nodes = 0; block !== undefined; block = open.pop(), nodes += 1) {
    if (block instanceof asn1js.Integer && !isModest(block)) {
      throw new MailKeyRefused('key', `is locked with more than ${MOST_ITERATIONS} rounds: export it with fewer`);
    }
    if (nodes > MAX_NODES) throw new MailKeyRefused('key', 'cannot be read');
    if (block instanceof asn1js.Constructed || block instanceof asn1js.Sequence) open.push(...block.valueBlock.value);
  }
}

/** The same for an EncryptedPrivateKeyInfo (RFC 5958 3). @throws MailKeyRefused */
export function checkEncryptedKeyCost(der: Buffer): void {
  const { result, offset } = asn1js.fromBER(new Uint8Array(der));
  if (offset === -1 || !(result instanceof asn1js.Sequence)) throw new MailKeyRefused('key', 'cannot be read');
  checkPasswordCost(result.valueBlock.value[0]);
}

function isModest({ valueBlock }: asn1js.Integer): boolean {
  return !valueBlock.isHexOnly && valueBlock.valueDec >= 0 && valueBlock.valueDec <= MOST_ITERATIONS;
}
