import { createHmac, timingSafeEqual } from 'node:crypto';
import { derivedKey } from './derived-key.js';
import { UUID_BYTES, uuidBytes, uuidOf } from './uuid-bytes.js';

/** 80 bits: who guesses has one chance in 10^24, and every try is a mail transaction. */
const MAC_BYTES = 10;
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
/** 42 characters hold 26 bytes; with `bounces+` the local part has 50 octets of 64 (RFC 5321 4.5.3.1.1). */
const TOKEN = /^bounces\+([a-z2-7]{42})$/;

export type VerpReading =
  | { kind: 'valid'; recipientId: string }
  /** It has the form of one and is none of ours. */
  | { kind: 'forged' }
  /** An address like any other. */
  | { kind: 'other' };

/** Addresses that bounces come back to, one a recipient (variable envelope return paths), which nobody else can make. */
export class VerpAddresses {
  readonly #key: Buffer;

  /** @param secretKey EVERPOST_SECRET_KEY */
  constructor(secretKey: Buffer) {
    this.#key = derivedKey(secretKey, 'verp');
  }

  /** @param host domain of the return path */
  write(organizationId: string, recipientId: string, host: string): string {
    const id = uuidBytes(recipientId);
    return `bounces+${base32(Buffer.concat([id, this.#mac(organizationId, id)]))}@${host}`;
  }

  /** Letter case does not count: some servers change it. */
  read(organizationId: string, address: string): VerpReading {
    const local = address.slice(0, Math.max(0, address.lastIndexOf('@'))).toLowerCase();
    const token = TOKEN.exec(local)?.[1];
    if (token === undefined) return { kind: 'other' };
    const bytes = unbase32(token);
    const id = bytes.subarray(0, UUID_BYTES);
    const valid = timingSafeEqual(bytes.subarray(UUID_BYTES), this.#mac(organizationId, id));
    return valid ? { kind: 'valid', recipientId: uuidOf(id) } : { kind: 'forged' };
  }

  #mac(organizationId: string, id: Buffer): Buffer {
    return createHmac('sha256', this.#key).update(uuidBytes(organizationId)).update(id).digest().subarray(0, MAC_BYTES);
  }
}

/** RFC 4648 6, in small letters and without padding. */
function base32(bytes: Buffer): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET[(held >>> bits) & 31];
    }
    held &= (1 << bits) - 1;
  }
  return bits === 0 ? text : text + ALPHABET[(held << (5 - bits)) & 31];
}

function unbase32(text: string): Buffer {
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (const letter of text) {
    held = ((held << 5) | ALPHABET.indexOf(letter)) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((held >>> bits) & 0xff);
  }
  return Buffer.from(bytes);
}
