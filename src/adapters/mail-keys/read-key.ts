import { MailKeyRefused, type MailKeyFacts } from '../../domain/mail-key.js';
import { readPem } from './read-certificate.js';
import { readOpenPgpKey } from './read-openpgp-key.js';
import { readPkcs12 } from './read-pkcs12.js';

const MAX_CHARACTERS = 256 * 1024;

/**
 * Reads a key as people have it: an armored OpenPGP key, PEM, or PKCS #12 in base64. The passphrase is used here, once.
 *
 * @throws MailKeyRefused
 */
export async function readMailKey(key: string, passphrase: string | null): Promise<MailKeyFacts> {
  if (key.length > MAX_CHARACTERS) throw new MailKeyRefused('key', `must be at most ${MAX_CHARACTERS} characters`);
  if (/-----BEGIN PGP (?:PUBLIC|PRIVATE) KEY BLOCK-----/.test(key)) return readOpenPgpKey(key, passphrase);
  if (key.includes('-----BEGIN ')) return readPem(key, passphrase);
  if (/^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(key)) return readPkcs12(Buffer.from(key, 'base64'), passphrase ?? '');
  throw new MailKeyRefused('key', 'must be an armored OpenPGP key, a certificate in PEM, or PKCS #12 in base64');
}
