const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;
const FROM = Buffer.from('From ');
/** RFC 5321 4.5.3.1.6, without the line end. */
const LONGEST_LINE = 998;

/**
 * Whether no transport has a reason to change these bytes: seven bits, no NUL, lines that end in CRLF and are not too
 * long, no white space at a line's end (RFC 3156 5), no `From ` at its beginning, which mailboxes escape.
 */
export function isTransportSafe(bytes: Buffer): boolean {
  let start = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at]!;
    if (byte >= 0x80 || byte === 0) return false;
    if (byte === CR) {
      if (bytes[at + 1] !== LF) return false;
    } else if (byte === LF) {
      if (at === 0 || bytes[at - 1] !== CR || !isSafeLine(bytes, start, at - 1)) return false;
      start = at + 1;
    }
  }
  return isSafeLine(bytes, start, bytes.length);
}

function isSafeLine(bytes: Buffer, start: number, end: number): boolean {
  const last = end > start ? bytes[end - 1] : undefined;
  if (last === SPACE || last === TAB || end - start > LONGEST_LINE) return false;
  return !(bytes[start] === FROM[0] && bytes.subarray(start, start + FROM.length).equals(FROM));
}

/** The same bytes with each line end as CRLF; what has no other line ends is given as it is. */
export function withCrlf(bytes: Buffer): Buffer {
  let missing = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    if (bytes[at] === LF && bytes[at - 1] !== CR) missing += 1;
    else if (bytes[at] === CR && bytes[at + 1] !== LF) missing += 1;
  }
  if (missing === 0) return bytes;
  const out = Buffer.allocUnsafe(bytes.length + missing);
  let to = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at]!;
    if (byte === LF && bytes[at - 1] !== CR) out[to++] = CR;
    out[to++] = byte;
    if (byte === CR && bytes[at + 1] !== LF) out[to++] = LF;
  }
  return out;
}
