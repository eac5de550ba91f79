const LF = 0x0a;
const CR = 0x0d;
const COLON = 0x3a;
const TAIL_BYTES = 64;
/** RFC 5322 2.1.1: no line is longer, so no field name is. */
const LONGEST_LINE = 998;
/** A line that is a lone dot once NUL bytes are dropped, as some servers do. */
const HIDDEN_DOT = /\r\n(?=[.\0]*\0)\0*\.\0*\r\n/;

/** `field`: inside a header field, after its colon. `name`: before it. */
type HeaderState = 'lineStart' | 'name' | 'field' | 'over';

/**
 * Looks at the bytes of a message while they come, in chunks of any size, without keeping them.
 *
 * Lines end in CRLF and in nothing else (RFC 5321 2.3.8): a bare CR or LF is what SMTP smuggling is made of, because
 * the next server may see a line, or the end of the data, where this one saw none. A lone dot behind NUL bytes is the
 * same trick for servers that drop NUL.
 */
export class ContentCheck {
  /** A bare CR or LF, or a disguised end of data, was seen. */
  ambiguous = false;
  #previous = 0;
  #tail = '\r\n';
  #header: HeaderState = 'lineStart';
  #nameLength = 0;

  /** Whether the header section has ended: by an empty line, or by a line that is no header field. */
  get headerOver(): boolean {
    return this.#header === 'over';
  }

  add(chunk: Buffer): void {
    if (this.#header !== 'over') this.#followHeader(chunk);
    let previous = this.#previous;
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i]!;
      if (previous === CR ? byte !== LF : byte === LF) {
        this.ambiguous = true;
        return;
      }
      previous = byte;
    }
    this.#previous = previous;
    this.#lookForHiddenDot(chunk);
  }

  /** To be called after the last chunk. */
  end(): void {
    if (this.#previous === CR) this.ambiguous = true;
  }

  #lookForHiddenDot(chunk: Buffer): void {
    const tail = this.#tail;
    if (chunk.includes(0) || tail.includes('\0')) {
      if (HIDDEN_DOT.test(tail + chunk.toString('latin1'))) this.ambiguous = true;
    }
    this.#tail =
      chunk.length < TAIL_BYTES
        ? (tail + chunk.toString('latin1')).slice(-TAIL_BYTES)
        : chunk.toString('latin1', chunk.length - TAIL_BYTES);
  }

  #followHeader(chunk: Buffer): void {
    let state = this.#header;
    for (let i = 0; i < chunk.length && state !== 'over'; i++) {
      const byte = chunk[i]!;
      if (state === 'field') {
        const lineEnd = chunk.indexOf(LF, i);
        if (lineEnd === -1) break;
        i = lineEnd;
        state = 'lineStart';
      } else if (state === 'lineStart') {
        this.#nameLength = 0;
        if (byte === 0x20 || byte === 0x09) state = 'field';
        else state = isFieldName(byte) ? 'name' : 'over';
      } else if (byte === COLON) state = 'field';
      else if (!isFieldName(byte) || ++this.#nameLength > LONGEST_LINE) state = 'over';
    }
    this.#header = state;
  }
}

/** RFC 5322 2.2: printable US-ASCII except the colon; RFC 6532 leaves names as they are. */
function isFieldName(byte: number): boolean {
  return byte > 0x20 && byte < 0x7f && byte !== COLON;
}
