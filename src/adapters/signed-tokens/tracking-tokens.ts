import { createHmac, timingSafeEqual } from 'node:crypto';
import { derivedKey } from './derived-key.js';
import { UUID_BYTES, uuidBytes, uuidOf } from './uuid-bytes.js';

const MAC_BYTES = 16;
const HEAD_BYTES = 2 * UUID_BYTES + MAC_BYTES;
/** Links that are longer are left as they are: proxies refuse what is made of them. */
export const LONGEST_TRACKED_URL = 2_000;
const LONGEST_TOKEN = Math.ceil(((HEAD_BYTES + LONGEST_TRACKED_URL * 4) * 4) / 3);

/** What a token is for; a token of one use does not serve another. */
export type TrackingUse = 'open' | 'click' | 'unsubscribe';

export interface TrackingToken {
  organizationId: string;
  recipientId: string;
  /** Of a click, where it goes. */
  url: string;
}

/**
 * Tokens of links in what was sent: organization, recipient, and for a click its target, all under one HMAC. The target
 * travels in the token, so that nothing but what stood in the mail is ever redirected to.
 */
export class TrackingTokens {
  readonly #key: Buffer;

  /** @param secretKey EVERPOST_SECRET_KEY */
  constructor(secretKey: Buffer) {
    this.#key = derivedKey(secretKey, 'tracking');
  }

  write(use: TrackingUse, { organizationId, recipientId, url }: TrackingToken): string {
    const ids = Buffer.concat([uuidBytes(organizationId), uuidBytes(recipientId)]);
    const target = Buffer.from(url, 'utf8');
    return Buffer.concat([ids, this.#mac(use, ids, target), target]).toString('base64url');
  }

  /** Null for what we did not write. */
  read(use: TrackingUse, token: string): TrackingToken | null {
    if (token.length > LONGEST_TOKEN || !/^[\w-]+$/.test(token)) return null;
    const bytes = Buffer.from(token, 'base64url');
    // Else the same token could be written in several ways.
    if (bytes.length < HEAD_BYTES || bytes.toString('base64url') !== token) return null;
    const ids = bytes.subarray(0, 2 * UUID_BYTES);
    const target = bytes.subarray(HEAD_BYTES);
    if (!timingSafeEqual(bytes.subarray(2 * UUID_BYTES, HEAD_BYTES), this.#mac(use, ids, target))) return null;
    return {
      organizationId: uuidOf(ids.subarray(0, UUID_BYTES)),
      recipientId: uuidOf(ids.subarray(UUID_BYTES)),
      url: target.toString('utf8'),
    };
  }

  #mac(use: TrackingUse, ids: Buffer, target: Buffer): Buffer {
    const mac = createHmac('sha256', this.#key).update(`${use}\0`).update(ids).update(target);
    return mac.digest().subarray(0, MAC_BYTES);
  }
}
