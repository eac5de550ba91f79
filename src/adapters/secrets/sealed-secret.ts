import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

/** Bytes of a key: AES-256. */
export const SECRET_KEY_BYTES = 32;

const FORMAT = 1;
const KEY_ID_BYTES = 4;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = 1 + KEY_ID_BYTES + NONCE_BYTES + TAG_BYTES;

/** A sealed secret cannot be opened: another key, another context, or changed bytes. Never carries the secret. */
export class SecretUnreadable extends Error {
  override name = 'SecretUnreadable';
}

/**
 * Seals a secret for the database by AES-256-GCM under a random nonce.
 *
 * @param key 32 bytes, EVERPOST_SECRET_KEY
 * @param context where the secret belongs, for example `nextHop <organization> <domain>`: sealed bytes that are copied
 *   to another row do not open there
 * @returns format (1 byte), key id (4), nonce (12), tag (16), ciphertext
 */
export function sealSecret(key: Buffer, plain: string, context: string): Buffer {
  checkKey(key);
  const nonce = randomBytes(NONCE_BYTES);
  const head = Buffer.concat([Buffer.from([FORMAT]), keyId(key), nonce]);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(additional(head, context));
  const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
  return Buffer.concat([head, cipher.getAuthTag(), sealed]);
}

/**
 * The secret that `sealSecret` sealed.
 *
 * @throws SecretUnreadable with what to do about it
 */
export function openSecret(key: Buffer, sealed: Buffer, context: string): string {
  checkKey(key);
  if (sealed.length < HEAD_BYTES || sealed[0] !== FORMAT) throw new SecretUnreadable('it is no sealed secret');
  if (!sealed.subarray(1, 1 + KEY_ID_BYTES).equals(keyId(key))) {
    throw new SecretUnreadable(
      'it was sealed with another EVERPOST_SECRET_KEY: set that key, or enter the secret again',
    );
  }
  const head = sealed.subarray(0, 1 + KEY_ID_BYTES + NONCE_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, head.subarray(1 + KEY_ID_BYTES), { authTagLength: TAG_BYTES })
    .setAAD(additional(head, context))
    .setAuthTag(sealed.subarray(head.length, HEAD_BYTES));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(HEAD_BYTES)), decipher.final()]).toString('utf8');
  } catch (cause) {
    throw new SecretUnreadable('it was changed, or sealed for another place: enter the secret again', { cause });
  }
}

/** JSON text that was sealed, as its value; null where it cannot be opened here, which is as good as absent. */
export function openJson(key: Buffer | null, sealed: Buffer, context: string): unknown {
  if (key === null) return null;
  try {
    return JSON.parse(openSecret(key, sealed, context));
  } catch (error) {
    if (error instanceof SecretUnreadable || error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Tells keys apart without telling anything of them. */
function keyId(key: Buffer): Buffer {
  return createHash('sha256').update('everpost key id').update(key).digest().subarray(0, KEY_ID_BYTES);
}

const additional = (head: Buffer, context: string) => Buffer.concat([head, Buffer.from(context, 'utf8')]);

function checkKey(key: Buffer): void {
  if (key.length !== SECRET_KEY_BYTES) throw new Error(`a secret key has ${SECRET_KEY_BYTES} bytes, not ${key.length}`);
}
