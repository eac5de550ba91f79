import type { DefectList } from './defect-list.js';

/** One attribute of a TNEF stream (MS-OXTNEF 2.1.3.2). */
export interface TnefAttribute {
  level: 'message' | 'attachment';
  /** Type and identifier, as MS-OXTNEF 2.1.3.3 lists them. */
  tag: number;
  data: Buffer;
}

export const TNEF_TAG = {
  subject: 0x00018004,
  messageId: 0x00018009,
  attachTitle: 0x00018010,
  body: 0x0002800c,
  attachData: 0x0006800f,
  attachTransportFilename: 0x00069001,
  attachRenderData: 0x00069002,
  messageProperties: 0x00069003,
  attachmentProperties: 0x00069005,
  oemCodePage: 0x00069007,
} as const;

const SIGNATURE = 0x223e9f78;
/** Signature and key. */
const PREAMBLE = 6;
/** Level, tag and length; the checksum follows the data. */
const HEAD = 9;
const CHECKSUM = 2;
const MAX_ATTRIBUTES = 50_000;

export function hasTnefSignature(bytes: Buffer): boolean {
  return bytes.length >= 4 && bytes.readUInt32LE(0) === SIGNATURE;
}

/** The attributes in order. What is broken is marked and read as far as it goes. */
export function* tnefAttributes(bytes: Buffer, where: string, defects: DefectList): Generator<TnefAttribute> {
  let pos = PREAMBLE;
  for (let count = 0; pos < bytes.length; count += 1) {
    const level = bytes[pos];
    if (pos + HEAD > bytes.length || (level !== 1 && level !== 2)) {
      defects.add('tnef.garbage', `${bytes.length - pos} bytes at the end of the TNEF ${where} are no attributes.`);
      return;
    }
    if (count >= MAX_ATTRIBUTES) {
      defects.add('tnef.attributes', `The TNEF ${where} has more than ${MAX_ATTRIBUTES} attributes.`);
      return;
    }
    const start = pos + HEAD;
    const end = start + bytes.readUInt32LE(pos + 5);
    const tag = bytes.readUInt32LE(pos + 1);
    const data = bytes.subarray(start, Math.min(end, bytes.length));
    if (end + CHECKSUM > bytes.length) {
      defects.add('tnef.truncated', `The TNEF ${where} ends inside the attribute ${hex(tag)}.`);
    } else if (checksumOf(data) !== bytes.readUInt16LE(end)) {
      defects.add('tnef.checksum', `The checksum of the attribute ${hex(tag)} in the TNEF ${where} is wrong.`);
    }
    yield { level: level === 1 ? 'message' : 'attachment', tag, data };
    pos = end + CHECKSUM;
  }
}

function checksumOf(data: Buffer): number {
  let sum = 0;
  for (const byte of data) sum = (sum + byte) & 0xffff;
  return sum;
}

function hex(tag: number): string {
  return `0x${tag.toString(16).padStart(8, '0')}`;
}
