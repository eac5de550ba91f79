/** DER of a value, in pieces: a large content is wrapped many times over and copied once. */
export type Der = Buffer[];

const SEQUENCE = 0x30;
const SET = 0x31;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const NULL_TAG = 0x05;
const OBJECT_IDENTIFIER = 0x06;
const UTC_TIME = 0x17;
const GENERALIZED_TIME = 0x18;
const CONTEXT = 0x80;
const CONSTRUCTED = 0x20;

export const sequence = (...content: Der[]): Der => tagged(SEQUENCE, content.flat());
/** The members of a SET OF ascend in DER (X.690 11.6). */
export const setOf = (...content: Der[]): Der =>
  tagged(
    SET,
    content.map((member) => Buffer.concat(member)).toSorted((a, b) => Buffer.compare(a, b)),
  );
export const octets = (...content: Buffer[]): Der => tagged(OCTET_STRING, content);
export const bits = (content: Buffer): Der => tagged(BIT_STRING, [Buffer.of(0), content]);
/** @param value 0 to 127 */
export const integer = (value: number): Der => tagged(INTEGER, [Buffer.of(value)]);
export const nothing = (): Der => tagged(NULL_TAG, []);
/** `[tagNumber]` around values, or in place of the tag of a constructed one. */
export const context = (tagNumber: number, ...content: Der[]): Der =>
  tagged(CONTEXT | CONSTRUCTED | tagNumber, content.flat());
/** `[tagNumber]` in place of the tag of a primitive value. */
export const implicit = (tagNumber: number, ...content: Buffer[]): Der => tagged(CONTEXT | tagNumber, content);

/** @param dotted `1.2.840.113549.1.7.2` */
export function objectId(dotted: string): Der {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return tagged(OBJECT_IDENTIFIER, [Buffer.from([first * 40 + second, ...rest].flatMap(base128))]);
}

/** UTCTime until 2049, GeneralizedTime from then on (RFC 5652 11.3). */
export function time(at: Date): Der {
  const digits = at
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replace(/[-:T]/g, '');
  const year = at.getUTCFullYear();
  return year >= 1950 && year < 2050
    ? tagged(UTC_TIME, [Buffer.from(digits.slice(2), 'latin1')])
    : tagged(GENERALIZED_TIME, [Buffer.from(digits, 'latin1')]);
}

function tagged(tag: number, content: Buffer[]): Der {
  const size = content.reduce((sum, piece) => sum + piece.length, 0);
  return [Buffer.from([tag, ...lengthOf(size)]), ...content];
}

function lengthOf(size: number): number[] {
  if (size < 0x80) return [size];
  const bytes: number[] = [];
  for (let left = size; left > 0; left = Math.floor(left / 256)) bytes.unshift(left % 256);
  return [0x80 | bytes.length, ...bytes];
}

function base128(part: number): number[] {
  const bytes = [part % 128];
  for (let left = Math.floor(part / 128); left > 0; left = Math.floor(left / 128)) bytes.unshift((left % 128) | 0x80);
  return bytes;
}
