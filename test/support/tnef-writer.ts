import { crc32 } from 'node:zlib';

/** Writes TNEF streams (MS-OXTNEF) as tests need them. */
export interface PropertyToWrite {
  id: number;
  type: number;
  value: Buffer;
  /** For identifiers from 0x8000 on: a name, or the number that stands for one. */
  name?: string | number;
  /** More values of the same property. */
  others?: Buffer[];
}

export const ATTACH_FILE = { level: 2, tag: 0x00069002, data: Buffer.alloc(14) } as const;

export interface AttributeToWrite {
  level: number;
  tag: number;
  data: Buffer;
}

export function tnefStream(...attributes: AttributeToWrite[]): Buffer {
  return Buffer.concat([uint32(0x223e9f78), Buffer.from([1, 0]), ...attributes.map(attribute)]);
}

export function attribute({ level, tag, data }: AttributeToWrite): Buffer {
  const sum = data.reduce((total, byte) => (total + byte) & 0xffff, 0);
  return Buffer.concat([
    Buffer.from([level]),
    uint32(tag),
    uint32(data.length),
    data,
    Buffer.from([sum & 255, sum >> 8]),
  ]);
}

export function messageProperties(...properties: PropertyToWrite[]): AttributeToWrite {
  return { level: 1, tag: 0x00069003, data: propertyList(properties) };
}

export function attachmentProperties(...properties: PropertyToWrite[]): AttributeToWrite {
  return { level: 2, tag: 0x00069005, data: propertyList(properties) };
}

export function attachData(data: Buffer): AttributeToWrite {
  return { level: 2, tag: 0x0006800f, data };
}

export function attachTitle(title: string | Buffer): AttributeToWrite {
  return { level: 2, tag: 0x00018010, data: Buffer.concat([Buffer.from(title), Buffer.alloc(1)]) };
}

export function codePage(number: number): AttributeToWrite {
  return { level: 1, tag: 0x00069007, data: Buffer.concat([uint32(number), uint32(0)]) };
}

export function unicode(id: number, text: string): PropertyToWrite {
  return { id, type: 0x1f, value: Buffer.from(`${text}\0`, 'utf16le') };
}

export function binary(id: number, value: Buffer): PropertyToWrite {
  return { id, type: 0x0102, value };
}

export function integer(id: number, value: number): PropertyToWrite {
  return { id, type: 3, value: uint32(value) };
}

/** A message as an attachment's object: the identifier of its interface, then its stream. */
export function embeddedMessage(stream: Buffer): PropertyToWrite {
  return {
    id: 0x3701,
    type: 0x0d,
    value: Buffer.concat([Buffer.from('0703020000000000c000000000000046', 'hex'), stream]),
  };
}

/** MS-OXRTFCP, in literals alone. */
export function compressedRtf(rtf: string | Buffer): Buffer {
  const bytes = Buffer.from(rtf);
  const pieces: Buffer[] = [];
  for (let pos = 0; pos < bytes.length; pos += 8) pieces.push(Buffer.from([0]), bytes.subarray(pos, pos + 8));
  const contents = Buffer.concat(pieces);
  const checksum = ~crc32(contents, 0xffffffff) >>> 0;
  const header = [contents.length + 12, bytes.length, 0x75465a4c, checksum];
  return Buffer.concat([...header.map(uint32), contents]);
}

function propertyList(properties: readonly PropertyToWrite[]): Buffer {
  return Buffer.concat([uint32(properties.length), ...properties.map(property)]);
}

function property({ id, type, value, name, others }: PropertyToWrite): Buffer {
  const multiple = others === undefined ? 0 : 0x1000;
  const head = [uint32(((id << 16) | type | multiple) >>> 0)];
  if (name !== undefined) {
    const text = Buffer.from(`${name}\0`, 'utf16le');
    head.push(
      Buffer.alloc(16, 7),
      ...(typeof name === 'number' ? [uint32(0), uint32(name)] : [uint32(1), counted(text)]),
    );
  }
  const values = [value, ...(others ?? [])];
  const variable = [0x0d, 0x1e, 0x1f, 0x0102].includes(type);
  if (variable || others !== undefined) head.push(uint32(values.length));
  return Buffer.concat([...head, ...values.map((one) => (variable ? counted(one) : one))]);
}

function counted(value: Buffer): Buffer {
  return Buffer.concat([uint32(value.length), value, Buffer.alloc((4 - (value.length % 4)) % 4)]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
}
