import { decodeText } from './charset.js';
import type { DefectList } from './defect-list.js';

/** MAPI properties (MS-OXPROPS) that mail needs, by their identifier. */
export const MAPI_ID = {
  subject: 0x0037,
  submitTime: 0x0039,
  representingName: 0x0042,
  representingAddress: 0x0065,
  transportHeaders: 0x007d,
  senderName: 0x0c1a,
  senderAddress: 0x0c1f,
  body: 0x1000,
  compressedRtf: 0x1009,
  html: 0x1013,
  messageId: 0x1035,
  displayName: 0x3001,
  attachData: 0x3701,
  attachFilename: 0x3704,
  attachMethod: 0x3705,
  attachLongFilename: 0x3707,
  attachPathname: 0x3708,
  attachTransportName: 0x370c,
  attachLongPathname: 0x370d,
  attachMimeTag: 0x370e,
  attachContentId: 0x3712,
  internetCodePage: 0x3fde,
  senderSmtpAddress: 0x5d01,
  representingSmtpAddress: 0x5d02,
} as const;

export const MAPI_TYPE = {
  object: 0x000d,
  string8: 0x001e,
  unicode: 0x001f,
  systemTime: 0x0040,
  binary: 0x0102,
} as const;

/** A property and its value; of several values the first. */
interface MapiProperty {
  type: number;
  value: Buffer;
}

/** Bytes that a value takes in the stream, by type (MS-OXTNEF 2.1.3.4). */
const FIXED: Readonly<Record<number, number>> = {
  0x0000: 0,
  0x0001: 0,
  0x0002: 4,
  0x0003: 4,
  0x0004: 4,
  0x0005: 8,
  0x0006: 8,
  0x0007: 8,
  0x000a: 4,
  0x000b: 4,
  0x0014: 8,
  [MAPI_TYPE.systemTime]: 8,
  0x0048: 16,
};
const VARIABLE: readonly number[] = [MAPI_TYPE.object, MAPI_TYPE.string8, MAPI_TYPE.unicode, MAPI_TYPE.binary];
const MULTIPLE = 0x1000;
const NAMED = 0x8000;
const GUID = 16;
const MAX_PROPERTIES = 50_000;
/** Of names and addresses; nothing reads more. */
const MAX_STRING = 8 * 1024;
/** FILETIME counts 100 ns from 1601. */
const FILETIME_EPOCH_MS = 11_644_473_600_000;

/** The properties of a message or an attachment, as TNEF packs them. The first of two with the same identifier counts. */
export class MapiProperties {
  readonly #values = new Map<number, MapiProperty>();
  readonly #charset: () => string;

  /** @param charset of 8-bit strings; asked when they are read, since it may be stated later */
  constructor(charset: () => string) {
    this.#charset = charset;
  }

  add(data: Buffer, where: string, defects: DefectList): void {
    if (!new PropertyList(data, this.#values).read()) {
      defects.add('tnef.properties', `The MAPI properties ${where} cannot be read to their end.`);
    }
  }

  bytes(id: number): MapiProperty | null {
    const found = this.#values.get(id);
    return found !== undefined && VARIABLE.includes(found.type) ? found : null;
  }

  /** A string up to its NUL; empty where there is none. */
  text(id: number, maxBytes = MAX_STRING): string {
    const found = this.bytes(id);
    return found === null ? '' : shortText(found.value, this.charsetOf(found), maxBytes);
  }

  charsetOf({ type }: MapiProperty): string {
    return type === MAPI_TYPE.unicode ? 'utf-16le' : this.#charset();
  }

  integer(id: number): number | null {
    const found = this.#values.get(id);
    return found?.type === 3 ? found.value.readInt32LE(0) : null;
  }

  time(id: number): Date | null {
    const found = this.#values.get(id);
    if (found?.type !== MAPI_TYPE.systemTime) return null;
    const date = new Date(Number(found.value.readBigUInt64LE(0) / 10_000n) - FILETIME_EPOCH_MS);
    return Number.isNaN(date.getTime()) ? null : date;
  }
}

/** Decodes a short string up to its NUL. */
export function shortText(bytes: Buffer, charset: string, maxBytes = MAX_STRING): string {
  const text = decodeText(bytes.subarray(0, maxBytes), charset).text;
  const nul = text.indexOf('\0');
  return (nul === -1 ? text : text.slice(0, nul)).trim();
}

class PropertyList {
  readonly #data: Buffer;
  readonly #values: Map<number, MapiProperty>;
  #pos = 0;

  constructor(data: Buffer, values: Map<number, MapiProperty>) {
    this.#data = data;
    this.#values = values;
  }

  /** False where the list breaks off or has a type of unknown size. */
  read(): boolean {
    const count = this.#uint32();
    if (count === null) return false;
    for (let index = 0; index < Math.min(count, MAX_PROPERTIES); index += 1) if (!this.#property()) return false;
    return count <= MAX_PROPERTIES;
  }

  #property(): boolean {
    const tag = this.#uint32();
    if (tag === null) return false;
    const id = tag >>> 16;
    const type = tag & 0xffff & ~MULTIPLE;
    if (id >= NAMED && !this.#skipName()) return false;
    const value = this.#value(type, (tag & MULTIPLE) !== 0);
    if (value === null) return false;
    if (id < NAMED && value.length >= (FIXED[type] ?? 0) && !this.#values.has(id))
      this.#values.set(id, { type, value });
    return true;
  }

  /** MS-OXTNEF 2.1.3.4: a GUID, then an identifier or a name. */
  #skipName(): boolean {
    this.#pos += GUID;
    const kind = this.#uint32();
    if (kind === null) return false;
    return kind === 0 ? this.#uint32() !== null : this.#counted() !== null;
  }

  #value(type: number, multiple: boolean): Buffer | null {
    const size = FIXED[type];
    if (size !== undefined) {
      const count = multiple ? this.#uint32() : 1;
      return count === null ? null : this.#fixed(size, count);
    }
    if (!VARIABLE.includes(type)) return null;
    const count = this.#uint32();
    if (count === null) return null;
    let first: Buffer = Buffer.alloc(0);
    for (let index = 0; index < count; index += 1) {
      const value = this.#counted();
      if (value === null) return null;
      if (index === 0) first = value;
    }
    return first;
  }

  #fixed(size: number, count: number): Buffer | null {
    const start = this.#pos;
    this.#pos += size * count;
    return this.#pos > this.#data.length ? null : this.#data.subarray(start, start + Math.min(size, size * count));
  }

  /** A length, so many bytes, and padding to four. */
  #counted(): Buffer | null {
    const length = this.#uint32();
    if (length === null || this.#pos + length > this.#data.length) return null;
    const value = this.#data.subarray(this.#pos, this.#pos + length);
    this.#pos += Math.ceil(length / 4) * 4;
    return value;
  }

  #uint32(): number | null {
    if (this.#pos + 4 > this.#data.length) return null;
    this.#pos += 4;
    return this.#data.readUInt32LE(this.#pos - 4);
  }
}
