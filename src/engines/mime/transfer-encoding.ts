import type { DefectList } from './defect-list.js';
import type { Part } from './part.js';

/** The decoded bytes of a leaf part. What cannot be decoded is given as it stands and marked. */
export function decodedBytes(part: Part, defects: DefectList): Buffer {
  const body = part.source.subarray(part.bodyStart, part.bodyEnd);
  switch (part.encoding) {
    case '7bit':
    case '8bit':
    case 'binary':
      return body;
    case 'base64':
      return decodeBase64(body, defects);
    case 'quoted-printable':
      return decodeQuotedPrintable(body);
    case 'x-uuencode':
    case 'uuencode':
    case 'x-uue':
      return decodeUu(body);
    default:
      defects.add(
        'mime.encoding',
        `The transfer encoding "${part.encoding}" is unknown; the bytes were taken as they stand.`,
      );
      return body;
  }
}

function decodeBase64(body: Buffer, defects: DefectList): Buffer {
  const text = body.toString('latin1');
  const padding = text.indexOf('=');
  // Node stops at the first padding; joined base64 texts (RFC 2045 6.8 leaves them open) go on behind it.
  if (padding !== -1 && /[A-Za-z0-9+/]/.test(text.slice(padding, padding + 8))) {
    const pieces = text.replace(/[^A-Za-z0-9+/=]+/g, '').match(/[^=]+=*/g) ?? [];
    defects.add('mime.base64', 'A base64 text goes on behind its padding; all of it was decoded.');
    return Buffer.concat(pieces.map((piece) => Buffer.from(piece, 'base64')));
  }
  return Buffer.from(text, 'base64');
}

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

/** The lines between `begin` and `end` of a uuencoded text; an empty buffer where there are none. */
export function decodeUu(body: Buffer): Buffer {
  const pieces: Buffer[] = [];
  const lines = body.toString('latin1').split(/\r?\n/);
  const first = lines.findIndex((line) => /^begin [0-7]{3,4} /.test(line));
  for (const line of lines.slice(first + 1)) {
    const length = (line.charCodeAt(0) - 32) & 0x3f;
    if (line === 'end' || line === '' || length === 0) break;
    pieces.push(decodeUuLine(line, length));
  }
  return Buffer.concat(pieces);
}

function decodeUuLine(line: string, length: number): Buffer {
  const bytes: number[] = [];
  const value = (index: number): number => (line.charCodeAt(index) - 32) & 0x3f;
  for (let index = 1; index < line.length && bytes.length < length; index += 4) {
    const triple = (value(index) << 18) | (value(index + 1) << 12) | (value(index + 2) << 6) | value(index + 3);
    bytes.push((triple >> 16) & 0xff, (triple >> 8) & 0xff, triple & 0xff);
  }
  return Buffer.from(bytes.slice(0, length));
}
