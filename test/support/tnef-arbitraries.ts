import { ok, deepStrictEqual } from 'node:assert';
import fc from 'fast-check';
import { DEFAULT_PARSE_LIMITS } from '../../src/domain/parsed-message.js';
import { parseMessage } from '../../src/engines/mime/parse-message.js';
import { fuzzedRtf } from './rtf-arbitraries.js';
import {
  ATTACH_FILE,
  attachData,
  attachmentProperties,
  attachTitle,
  binary,
  codePage,
  compressedRtf,
  embeddedMessage,
  integer,
  messageProperties,
  tnefStream,
  unicode,
  type AttributeToWrite,
} from './tnef-writer.js';

const bytes = fc.uint8Array({ maxLength: 60 }).map((drawn) => Buffer.from(drawn));
const property = fc.oneof(
  fc
    .tuple(fc.constantFrom(0x0037, 0x007d, 0x1000, 0x1013, 0x3707, 0x370e, 0x3712), fc.string())
    .map(([id, text]) => unicode(id, text)),
  fc.tuple(fc.constantFrom(0x1000, 0x1009, 0x1013, 0x3701), bytes).map(([id, value]) => binary(id, value)),
  fuzzedRtf.map((rtf) => binary(0x1009, compressedRtf(rtf))),
  fc.integer({ min: 0, max: 8 }).map((method) => integer(0x3705, method)),
  fc.tuple(fc.string({ maxLength: 9 }), bytes).map(([name, value]) => ({ ...binary(0x8001, value), name })),
  fc.tuple(bytes, bytes).map(([value, other]) => ({ ...binary(0x0ffe, value), others: [other] })),
);
const properties = fc.array(property, { maxLength: 5 });

const attributesIn = (depth: number): fc.Arbitrary<AttributeToWrite[]> => {
  const file = fc
    .tuple(bytes, properties, bytes)
    .map(([title, drawn, data]) => [ATTACH_FILE, attachTitle(title), attachmentProperties(...drawn), attachData(data)]);
  const message = properties.map((drawn) => [messageProperties(...drawn)]);
  const page = fc.constantFrom(0, 437, 932, 1251, 1200, 65000, 99999).map((number) => [codePage(number)]);
  const own = fc.oneof(file, message, page);
  const nested =
    depth === 0
      ? own
      : fc.oneof(
          { weight: 3, arbitrary: own },
          {
            weight: 1,
            arbitrary: attributesIn(depth - 1).map((inner) => [
              ATTACH_FILE,
              attachmentProperties(integer(0x3705, 5), embeddedMessage(tnefStream(...inner))),
            ]),
          },
        );
  return fc.array(nested, { maxLength: 4 }).map((groups) => groups.flat());
};

/** A stream, and places where bytes are put, changed, or all that follows is cut. */
const damage = fc.array(
  fc.record({
    at: fc.nat({ max: 5_000 }),
    kind: fc.constantFrom('set' as const, 'length', 'cut', 'insert'),
    value: fc.constantFrom(0, 1, 2, 0x7f, 0x80, 0xff, 13, 64),
  }),
  { maxLength: 6 },
);

function damaged(stream: Buffer, changes: readonly { at: number; kind: string; value: number }[]): Buffer {
  let result: Buffer = Buffer.from(stream);
  for (const { at, kind, value } of changes) {
    const pos = 4 + (at % Math.max(1, result.length - 4));
    if (kind === 'set') result[pos] = value;
    else if (kind === 'length' && pos + 4 <= result.length) result.writeUInt32LE((value << 24) >>> 0, pos);
    else if (kind === 'cut' && value > 0x7f) result = result.subarray(0, pos);
    else if (kind === 'insert')
      result = Buffer.concat([result.subarray(0, pos), Buffer.from([value]), result.subarray(pos)]);
  }
  return result;
}

/** Any stream, whole or damaged. */
export const fuzzedTnef = fc
  .tuple(attributesIn(3), damage)
  .map(([attributes, changes]) => damaged(tnefStream(...attributes), changes));

/** Parses a mail of nothing but the stream twice: bounded by what came in, the same each time. */
export async function expectTnefSound(stream: Buffer): Promise<void> {
  const head = 'From: a@b.c\r\nContent-Type: application/ms-tnef\r\nContent-Transfer-Encoding: base64\r\n\r\n';
  const raw = Buffer.from(head + stream.toString('base64'));
  const limits = { ...DEFAULT_PARSE_LIMITS, parts: 12, depth: 5, textCharacters: 200 };
  const parsed = await parseMessage(raw, limits);
  ok(parsed.parts <= limits.parts && parsed.depth <= limits.depth, 'parts and depth');
  ok(parsed.text.length <= limits.textCharacters && (parsed.html ?? '').length <= limits.textCharacters, 'text');
  ok(parsed.attachments.length <= limits.parts, 'attachments');
  const [winmail, ...files] = parsed.attachments;
  ok(winmail?.part === '1' && winmail.size === stream.length, 'the stream itself');
  for (const { part, size, filename } of files) {
    ok(/^1(?:\.tnef\.\d+|\.\d+)+$/.test(part), part);
    ok(size <= stream.length * 8 && (filename?.length ?? 0) <= 255, 'size and name');
  }
  deepStrictEqual(await parseMessage(raw, limits), parsed);
}
