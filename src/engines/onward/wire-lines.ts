const NUL = 0x00;
const LF = 0x0a;
const CR = 0x0d;
const LINE_FEED = Buffer.from('\n');
const CARRIAGE_RETURN = Buffer.from('\r');
const FOLD = Buffer.from('\r\n ');
/** RFC 5321 4.5.3.1.6, without the line end. */
const LONGEST_LINE = 998;

/**
 * A message as it may go over SMTP: each line ends in CRLF and in nothing else, none is longer than a server must take,
 * and there is no NUL. What a next server does with a bare CR or LF, with a NUL or with the rest of a line that is too
 * long, nobody knows: it may see the end of the data there (SMTP smuggling).
 *
 * NULs are left out (RFC 5321 4.1.2 has no place for them) and long lines broken by CRLF and a space, as Postfix does
 * it: a fold in the header section, white space in the body, and never in the middle of a UTF-8 character. A message
 * that keeps to the rules keeps its bytes.
 */
export async function* wireLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const lines = new WireLines();
  for await (const chunk of chunks) {
    const bytes = lines.add(chunk);
    if (bytes.length > 0) yield bytes;
  }
  const rest = lines.end();
  if (rest.length > 0) yield rest;
}

class WireLines {
  /** The last byte was a CR, whose LF is still to come. */
  #afterCr = false;
  #length = 0;

  add(chunk: Buffer): Buffer {
    const pieces: Buffer[] = [];
    let kept = 0;
    const cut = (at: number, inserted: Buffer | null, next: number) => {
      if (at > kept) pieces.push(chunk.subarray(kept, at));
      if (inserted !== null) pieces.push(inserted);
      kept = next;
    };
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i]!;
      if (byte === NUL) {
        cut(i, null, i + 1);
        continue;
      }
      if (byte === LF) {
        if (!this.#afterCr) cut(i, CARRIAGE_RETURN, i);
        this.#afterCr = false;
        this.#length = 0;
        continue;
      }
      if (this.#afterCr) {
        cut(i, LINE_FEED, i);
        this.#length = 0;
      }
      this.#afterCr = byte === CR;
      if (byte === CR) continue;
      if (this.#length + octetsOf(byte) > LONGEST_LINE) {
        cut(i, FOLD, i);
        this.#length = 1;
      }
      this.#length += 1;
    }
    if (pieces.length === 0) return kept === 0 ? chunk : chunk.subarray(kept);
    cut(chunk.length, null, chunk.length);
    return Buffer.concat(pieces);
  }

  end(): Buffer {
    return this.#afterCr ? LINE_FEED : Buffer.alloc(0);
  }
}

/** Bytes of the UTF-8 character that begins with this one; 1 for any other byte. */
function octetsOf(byte: number): number {
  if (byte < 0xc0) return 1;
  return byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}
