const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;
const EQUALS = 0x3d;
const HEX = Buffer.from('0123456789ABCDEF');
/** RFC 2045 6.7 (5), without the `=` of a soft line break. */
const LINE = 75;

/**
 * Text as quoted-printable (RFC 2045 6.7) that nothing on the way has a reason to change: white space at the end of a
 * line is encoded, and so are an `F` that would begin `From ` and a dot that stands alone.
 *
 * @param text with CRLF line ends
 */
export function quotedPrintable(text: Buffer): Buffer {
  const out = Buffer.allocUnsafe(text.length * 3 + Math.ceil((text.length * 3) / LINE) * 3 + 3);
  let to = 0;
  let column = 0;
  for (let at = 0; at < text.length; at += 1) {
    const byte = text[at]!;
    if (byte === CR && text[at + 1] === LF) {
      out[to++] = CR;
      out[to++] = LF;
      at += 1;
      column = 0;
      continue;
    }
    const plain = isPlain(text, at, column);
    if (column + (plain ? 1 : 3) > LINE) {
      out[to++] = EQUALS;
      out[to++] = CR;
      out[to++] = LF;
      column = 0;
    }
    // After a soft break it stands at a line's beginning, where it may need encoding that it did not before.
    if (plain && (column > 0 || isPlain(text, at, 0))) {
      out[to++] = byte;
      column += 1;
      continue;
    }
    out[to++] = EQUALS;
    out[to++] = HEX[byte >> 4]!;
    out[to++] = HEX[byte & 15]!;
    column += 3;
  }
  return out.subarray(0, to);
}

function isPlain(text: Buffer, at: number, column: number): boolean {
  const byte = text[at]!;
  if (byte === SPACE || byte === TAB) return at + 1 < text.length && text[at + 1] !== CR;
  if (byte < 0x21 || byte > 0x7e || byte === EQUALS) return false;
  if (column > 0) return true;
  return byte !== 0x46 && byte !== 0x2e;
}
