import { crc32 } from 'node:zlib';

/** MS-OXRTFCP 2.2.2: what every dictionary begins with. */
const DICTIONARY = Buffer.from(
  '{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor ' +
    'MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par ' +
    '\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx',
  'latin1',
);
const WINDOW = 4_096;
const HEADER = 16;
const COMPRESSED = 0x75465a4c;
const UNCOMPRESSED = 0x414c454d;
/** A control byte and eight references of two bytes give at most 8 x 17 bytes. */
const MOST_A_BYTE = 8;

export interface DecompressedRtf {
  rtf: Buffer;
  /** `length`: other than stated, `checksum`: not what was packed, `size`: longer than was allowed. */
  flaws: ('length' | 'checksum' | 'size')[];
}

/** Unpacks PidTagRtfCompressed (MS-OXRTFCP), at most `limit` bytes; null where it has no such header. */
export function decompressRtf(packed: Buffer, limit: number): DecompressedRtf | null {
  if (packed.length < HEADER) return null;
  const stated = packed.readUInt32LE(4);
  const kind = packed.readUInt32LE(8);
  if (kind !== COMPRESSED && kind !== UNCOMPRESSED) return null;
  const contents = packed.subarray(HEADER, Math.max(HEADER, Math.min(packed.length, packed.readUInt32LE(0) + 4)));
  const flaws: DecompressedRtf['flaws'] = [];
  // Its register begins at 0 and is not inverted at the end, unlike zlib's (MS-OXRTFCP 3.1.3.2).
  const checksum = ~crc32(contents, 0xffffffff) >>> 0;
  if (kind === COMPRESSED && checksum !== packed.readUInt32LE(12)) flaws.push('checksum');
  const whole = kind === UNCOMPRESSED ? contents.subarray(0, stated) : unpack(contents, limit + 1);
  if (whole.length > limit) flaws.push('size');
  else if (whole.length !== stated) flaws.push('length');
  return { rtf: whole.subarray(0, limit), flaws };
}

function unpack(contents: Buffer, limit: number): Buffer {
  const window = Buffer.alloc(WINDOW);
  DICTIONARY.copy(window);
  const out = Buffer.allocUnsafe(Math.min(limit, contents.length * MOST_A_BYTE));
  let length = 0;
  let at = DICTIONARY.length;
  const put = (byte: number): void => {
    out[length] = byte;
    length += 1;
    window[at] = byte;
    at = (at + 1) % WINDOW;
  };
  let pos = 0;
  while (pos < contents.length) {
    const control = contents[pos] ?? 0;
    pos += 1;
    for (let bit = 1; bit < 256; bit <<= 1) {
      if ((control & bit) === 0) {
        if (pos >= contents.length || length >= out.length) return out.subarray(0, length);
        put(contents[pos] ?? 0);
        pos += 1;
        continue;
      }
      if (pos + 2 > contents.length) return out.subarray(0, length);
      const reference = contents.readUInt16BE(pos);
      pos += 2;
      const from = reference >> 4;
      if (from === at) return out.subarray(0, length);
      for (let index = 0; index < (reference & 15) + 2; index += 1) {
        if (length >= out.length) return out.subarray(0, length);
        put(window[(from + index) % WINDOW] ?? 0);
      }
    }
  }
  return out.subarray(0, length);
}
