const EQUALS = 0x3d;
const LF = 0x0a;
const CR = 0x0d;

function hexDigit(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const upper = byte & 0xdf;
  return upper >= 0x41 && upper <= 0x46 ? upper - 0x37 : -1;
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09;
}

/** RFC 2045 6.7. A broken escape stays as it was written. */
export function decodeQuotedPrintable(body: Buffer): Buffer {
  const out = Buffer.allocUnsafe(body.length);
  let length = 0;
  let pos = 0;
  while (pos < body.length) {
    const byte = body[pos] ?? 0;
    if (byte !== EQUALS) {
      out[length++] = byte;
      pos += 1;
      continue;
    }
    const high = hexDigit(body[pos + 1]);
    const low = hexDigit(body[pos + 2]);
    if (high >= 0 && low >= 0) {
      out[length++] = high * 16 + low;
      pos += 3;
      continue;
    }
    const after = softBreakEnd(body, pos + 1);
    if (after === -1) {
      out[length++] = byte;
      pos += 1;
    } else {
      pos = after;
    }
  }
  return out.subarray(0, length);
}

/** Behind the line end that makes `=` a soft line break, white space between them allowed; -1 where it is none. */
function softBreakEnd(body: Buffer, from: number): number {
  let pos = from;
  while (pos - from < 1_000 && isBlank(body[pos])) pos += 1;
  if (pos >= body.length) return body.length;
  if (body[pos] === LF) return pos + 1;
  if (body[pos] === CR) return body[pos + 1] === LF ? pos + 2 : pos + 1;
  return -1;
}
