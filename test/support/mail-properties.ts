import { createHash } from 'node:crypto';
import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import fc from 'fast-check';
import { lostBytes } from '../../bench/quality/parsing/accounting.js';
import { DEFAULT_PARSE_LIMITS, type MimePart } from '../../src/domain/parsed-message.js';
import { decodeBase64 } from '../../src/engines/mime/base64.js';
import { decodeWords } from '../../src/engines/mime/encoded-words.js';
import { parseMessage } from '../../src/engines/mime/parse-message.js';
import { decodeQuotedPrintable } from '../../src/engines/mime/quoted-printable.js';
import { splitReply } from '../../src/engines/mime/reply-text.js';
import {
  addressList,
  entity,
  HEAD,
  hostileMail,
  mailOf,
  tokenSoup,
  type Entity,
  type Leaf,
} from './mail-arbitraries.js';
import { expectTnefSound, fuzzedTnef } from './tnef-arbitraries.js';

/** What holds for any mail; each named, for the tests and for `npm run fuzz`. */
export const MAIL_PROPERTIES: Record<string, fc.IRawProperty<unknown>> = {
  'any bytes parse, within the limits, the same each time, nothing lost': fc.asyncProperty(
    fc.oneof({ weight: 4, arbitrary: hostileMail }, { weight: 1, arbitrary: tokenSoup }),
    expectSound,
  ),
  'any TNEF is read within the limits, the same each time': fc.asyncProperty(fuzzedTnef, expectTnefSound),
  'every leaf of a well-formed mail is found': fc.asyncProperty(entity, expectLeaves),
  'addresses are read as they were written': fc.asyncProperty(addressList, async ({ written, addresses }) => {
    const parsed = await parseMessage(Buffer.from(`${HEAD}Cc: ${written}\r\n\r\nx`));
    // fast-check draws objects without a prototype.
    deepStrictEqual(
      parsed.cc,
      addresses.map((address) => ({ ...address })),
    );
  }),
  'any field of addresses is read or marked': fc.asyncProperty(
    fc.array(fc.constantFrom(...Array.from('"\\()<>@,;: \tab.=?'), '=?utf-8?Q?', '?=', 'a@b.c', '\xff'), {
      maxLength: 60,
    }),
    async (tokens) => {
      const parsed = await parseMessage(Buffer.from(`Cc: ${tokens.join('')}\r\n\r\nx`, 'latin1'));
      for (const { address, name } of parsed.cc) ok(address.length <= 500 && name.length <= 500);
    },
  ),
  'encoded words give back what was encoded': fc.property(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 120 }).filter((drawn) => !/[\p{Cc}\p{Cs}]/u.test(drawn)),
    fc.constantFrom('Q' as const, 'B'),
    fc.integer({ min: 1, max: 45 }),
    (drawn, encoding, width) => {
      strictEqual(decodeWords(encodedWords(Buffer.from(drawn), encoding, width)), drawn);
    },
  ),
  'any text may stand in a header field': fc.property(
    fc.array(
      fc.constantFrom('=?', '?=', '?Q?', '?B?', 'utf-8', 'utf-7', 'iso-2022-jp', '=C3', '_', ' ', 'YQ==', '\u20ac'),
      {
        maxLength: 40,
      },
    ),
    (tokens) => {
      strictEqual(typeof decodeWords(tokens.join('')), 'string');
    },
  ),
  'base64 gives back what was encoded, however it is broken into lines': fc.property(
    fc.uint8Array({ maxLength: 500 }),
    fc.integer({ min: 1, max: 80 }),
    fc.constantFrom('\r\n', '\n', ' ', '\r\n\t'),
    (bytes, width, ending) => {
      const encoded = Buffer.from(bytes)
        .toString('base64')
        .replace(new RegExp(`.{${width}}`, 'g'), `$&${ending}`);
      deepStrictEqual(decodeBase64(Buffer.from(encoded)), { bytes: Buffer.from(bytes), foreign: 0, rest: 'none' });
    },
  ),
  'quoted-printable never gives more bytes than it has': fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
    ok(decodeQuotedPrintable(Buffer.from(bytes)).length <= bytes.length);
  }),
  'new text is part of the text': fc.property(
    fc.array(
      fc.constantFrom(
        '> a',
        'b',
        '',
        '-- ',
        'On 1 May 2026 at 10:00, Ada <a@b.c> wrote:',
        'From: a@b.c',
        'Date: 1',
        '--',
        'To: x',
        'Subject: y',
        '____________',
        'wrote:',
      ),
      { maxLength: 30 },
    ),
    (lines) => {
      const text = lines.join('\n');
      const { newText, signature } = splitReply(text);
      for (const line of `${newText}\n${signature ?? ''}`.split('\n')) ok(text.includes(line));
    },
  ),
};

/** Words of so many bytes each, characters broken between them. */
function encodedWords(bytes: Buffer, encoding: 'Q' | 'B', width: number): string {
  const words: string[] = [];
  for (let pos = 0; pos < bytes.length; pos += width) {
    const piece = bytes.subarray(pos, pos + width);
    const content =
      encoding === 'B'
        ? piece.toString('base64')
        : Array.from(piece, (byte) => `=${byte.toString(16).padStart(2, '0')}`).join('');
    words.push(`=?utf-8?${encoding}?${content}?=`);
  }
  return words.join('\r\n ');
}

async function expectSound(raw: Buffer): Promise<void> {
  const parsed = await parseMessage(raw);
  deepStrictEqual(await parseMessage(raw), parsed);
  structuredClone(parsed);
  ok(parsed.text.length <= DEFAULT_PARSE_LIMITS.textCharacters);
  ok(parsed.defects.length <= 100);
  ok(parsed.depth <= DEFAULT_PARSE_LIMITS.depth + 1);
  for (const { sha256 } of parsed.attachments) ok(/^[0-9a-f]{64}$/.test(sha256));
  deepStrictEqual(lostBytes(raw, parsed), []);
}

async function expectLeaves(of: Entity): Promise<void> {
  const parsed = await parseMessage(mailOf(of));
  const hashes = parsed.attachments.map(({ sha256 }) => sha256);
  const shown = [parsed.text, parsed.html ?? '', ...parsed.embedded.map(({ text }) => text)].join('\n');
  for (const leaf of leavesOf(of)) {
    const text = leaf.content.toString().replace(/\r\n?/g, '\n').trim();
    const found =
      hashes.includes(createHash('sha256').update(leaf.content).digest('hex')) ||
      shown.includes(text) ||
      leaf.type === 'text/html';
    ok(found, `a leaf of ${leaf.content.length} bytes is not found`);
  }
  strictEqual(countLeaves(parsed.structure), leavesOf(of).length);
}

function leavesOf(of: Entity): Leaf[] {
  if (of.kind === 'leaf') return [of];
  return of.kind === 'message' ? leavesOf(of.content) : of.children.flatMap(leavesOf);
}

function countLeaves(part: MimePart | null): number {
  if (part === null) return 0;
  return part.children.length === 0 ? 1 : part.children.reduce((sum, child) => sum + countLeaves(child), 0);
}
