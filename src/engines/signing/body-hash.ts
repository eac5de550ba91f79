import { createHash } from 'node:crypto';

const CR = 0x0d;
const LF = 0x0a;
const SP = 0x20;
const TAB = 0x09;
const SCRATCH_BYTES = 64 * 1024;
/** What one byte of input may add besides line breaks that were held back: a space, a bare CR and itself. */
const ROOM = 8;

/**
 * The body hash of a DKIM signature: SHA-256 over the relaxed form (RFC 6376 3.4.4). It does not depend on key, domain
 * or header section: what has the same body for many recipients is hashed once. Linear in the bytes, whatever they are.
 */
export class DkimBodyHash {
  readonly #hash = createHash('sha256');
  readonly #scratch = Buffer.allocUnsafe(SCRATCH_BYTES);
  #written = 0;
  /** Whether the canonical body has any byte so far. */
  #any = false;
  /** Line breaks and white space that count only where something follows. */
  #breaks = 0;
  #space = false;
  #carriageReturn = false;

  /** @param chunk the next bytes behind the empty line that ends the header section */
  update(chunk: Buffer): this {
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at]!;
      if (this.#carriageReturn) {
        this.#carriageReturn = false;
        // Bare: it is content like any other byte.
        if (byte !== LF) this.#content(CR);
      }
      if (byte === CR) this.#carriageReturn = true;
      else if (byte === LF) {
        this.#space = false;
        this.#breaks += 1;
      } else if (byte === SP || byte === TAB) this.#space = true;
      else this.#content(byte);
    }
    return this;
  }

  /** @returns base64, for `bh=` */
  digest(): string {
    if (this.#carriageReturn) this.#content(CR);
    if (this.#any) this.#lineBreak();
    this.#flush();
    return this.#hash.digest('base64');
  }

  #content(byte: number): void {
    for (; this.#breaks > 0; this.#breaks--) this.#lineBreak();
    if (this.#written > SCRATCH_BYTES - ROOM) this.#flush();
    if (this.#space) this.#scratch[this.#written++] = SP;
    this.#space = false;
    this.#scratch[this.#written++] = byte;
    this.#any = true;
  }

  #lineBreak(): void {
    if (this.#written > SCRATCH_BYTES - ROOM) this.#flush();
    this.#scratch[this.#written++] = CR;
    this.#scratch[this.#written++] = LF;
  }

  #flush(): void {
    this.#hash.update(this.#scratch.subarray(0, this.#written));
    this.#written = 0;
  }
}

/** Of a body in one piece. */
export function dkimBodyHash(body: Buffer): string {
  return new DkimBodyHash().update(body).digest();
}
