import fc from 'fast-check';

/** Mails as mail programs write them, by structure, and what chance and malice make of them. */

export interface Leaf {
  kind: 'leaf';
  type: 'text/plain' | 'text/html' | 'application/octet-stream' | 'image/png' | 'application/zip';
  encoding: '7bit' | 'base64' | 'quoted-printable';
  filename: string | null;
  content: Buffer;
}

export interface Multipart {
  kind: 'multipart';
  subtype: string;
  boundary: string;
  children: Entity[];
}

export interface Embedded {
  kind: 'message';
  content: Entity;
}

export type Entity = Leaf | Multipart | Embedded;

const word = fc.stringMatching(/^[a-z]{1,10}$/);
const text = fc.oneof(
  fc.array(word, { minLength: 1, maxLength: 30 }).map((words) => words.join(' ')),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }).map((drawn) => drawn.replace(/[\p{Cc}\ufffd]/gu, ' ')),
);

const leaf: fc.Arbitrary<Leaf> = fc
  .record({
    kind: fc.constant('leaf' as const),
    type: fc.constantFrom(
      'text/plain' as const,
      'text/html',
      'application/octet-stream',
      'image/png',
      'application/zip',
    ),
    encoding: fc.constantFrom('7bit' as const, 'base64', 'quoted-printable'),
    filename: fc.option(word.map((name) => `${name}.bin`)),
    drawn: fc.oneof(text, fc.uint8Array({ maxLength: 300 })),
  })
  .map(({ drawn, ...rest }) => {
    const isText = rest.type.startsWith('text/');
    const bytes = typeof drawn === 'string' ? Buffer.from(drawn) : Buffer.from(drawn);
    const content = isText && typeof drawn !== 'string' ? Buffer.from(bytes.toString('base64')) : bytes;
    // What 7bit cannot carry is encoded.
    const encoding = rest.encoding === '7bit' && !isText ? 'base64' : rest.encoding;
    return { ...rest, encoding, content };
  });

export const entity: fc.Arbitrary<Entity> = fc.letrec<{ entity: Entity }>((tie) => ({
  entity: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    fc.record({
      kind: fc.constant('multipart' as const),
      subtype: fc.constantFrom('mixed', 'alternative', 'related', 'report', 'signed', 'digest', 'parallel'),
      boundary: fc.uuid().map((id) => `=_${id}`),
      children: fc.array(tie('entity'), { minLength: 1, maxLength: 4 }),
    }),
    fc.record({ kind: fc.constant('message' as const), content: tie('entity') }),
  ),
})).entity;

/** The bytes of an entity: its MIME fields, an empty line, its body. */
export function entityBytes(of: Entity): Buffer {
  switch (of.kind) {
    case 'leaf':
      return Buffer.concat([Buffer.from(leafHeader(of)), encodedContent(of)]);
    case 'multipart': {
      const delimiter = `\r\n--${of.boundary}`;
      const parts = of.children.flatMap((child) => [Buffer.from(`${delimiter}\r\n`), entityBytes(child)]);
      const header = `Content-Type: multipart/${of.subtype}; boundary="${of.boundary}"\r\n\r\n`;
      return Buffer.concat([Buffer.from(header), ...parts, Buffer.from(`${delimiter}--\r\n`)]);
    }
    case 'message': {
      const header = 'Content-Type: message/rfc822\r\n\r\nFrom: inner@example.com\r\nSubject: inner\r\n';
      return Buffer.concat([Buffer.from(header), entityBytes(of.content)]);
    }
  }
}

function leafHeader(of: Leaf): string {
  const charset = of.type.startsWith('text/') ? '; charset=utf-8' : '';
  const disposition = of.filename === null ? '' : `Content-Disposition: attachment; filename="${of.filename}"\r\n`;
  return `Content-Type: ${of.type}${charset}\r\nContent-Transfer-Encoding: ${of.encoding}\r\n${disposition}\r\n`;
}

function encodedContent(of: Leaf): Buffer {
  if (of.encoding === '7bit') return of.content;
  if (of.encoding === 'base64') return Buffer.from(of.content.toString('base64').replace(/.{76}/g, '$&\r\n'));
  return Buffer.from(
    Array.from(of.content, (byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`)
      .join('')
      .replace(/(?:.{3}){20}/g, '$&=\r\n'),
  );
}

export const HEAD =
  'From: "Doe, Jane" <jane@example.com>\r\nTo: Team: a@example.org, b@example.org;\r\nSubject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\n' +
  'Date: Fri, 20 Nov 2026 10:30:00 +0100\r\nMessage-ID: <x@example.com>\r\nMIME-Version: 1.0\r\n';

export function mailOf(of: Entity): Buffer {
  return Buffer.concat([Buffer.from(HEAD), entityBytes(of)]);
}

/** What stands in mails where it matters, and breaks parsers where it should not stand. */
const TOKENS = [
  '\r\n',
  '\n',
  '\r',
  '\r\n\r\n',
  '\0',
  '--',
  '=',
  '=?utf-8?B?',
  '=?utf-7?Q?+ZeVnLA-?=',
  '=?iso-2022-jp?B?GyRCRnxLXA==?=',
  '?=',
  '"',
  '\\',
  ';',
  ',',
  ':',
  '(',
  ')',
  '<',
  '>',
  '@',
  '\t ',
  '\xff\xfe',
  '\xc3',
  'Content-Type: multipart/mixed; boundary=x\r\n',
  'Content-Type: message/rfc822\r\n\r\n',
  'Content-Type: message/delivery-status\r\n\r\nFinal-Recipient: rfc822; a@b\r\nAction: failed\r\nStatus: 5.1.1\r\n',
  'Content-Transfer-Encoding: base64\r\n',
  'Content-Transfer-Encoding: x-uuencode\r\n',
  'begin 644 a\r\n',
  "filename*0*=utf-8''%E2%82; filename*1=x",
  'charset=utf-16',
  'charset="iso-2022-kr"',
  '\r\n--x\r\n',
  '\r\n--x--\r\n',
  'PK\x05\x06',
  '<a href="http://',
  '<div style="display:none">',
  '\x1f\x8b',
];

interface Mutation {
  at: number;
  length: number;
  how: 'delete' | 'repeat' | 'insert' | 'flip' | 'move';
  token: string;
  to: number;
}

export const mutations: fc.Arbitrary<Mutation[]> = fc.array(
  fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.nat(80),
    how: fc.constantFrom('delete' as const, 'repeat', 'insert', 'flip', 'move'),
    token: fc.constantFrom(...TOKENS),
    to: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
  { maxLength: 12 },
);

export function mutated(raw: Buffer, changes: readonly Mutation[]): Buffer {
  return changes.reduce((bytes, change) => {
    const at = Math.floor(change.at * bytes.length);
    const end = Math.min(bytes.length, at + change.length);
    const [before, middle, after] = [bytes.subarray(0, at), bytes.subarray(at, end), bytes.subarray(end)];
    switch (change.how) {
      case 'delete':
        return Buffer.concat([before, after]);
      case 'repeat':
        return Buffer.concat([before, middle, middle, middle, after]);
      case 'insert':
        return Buffer.concat([before, Buffer.from(change.token, 'latin1'), middle, after]);
      case 'flip':
        return Buffer.concat([before, Buffer.from(middle.map((byte) => byte ^ 0x81)), after]);
      case 'move': {
        const rest = Buffer.concat([before, after]);
        const to = Math.floor(change.to * rest.length);
        return Buffer.concat([rest.subarray(0, to), middle, rest.subarray(to)]);
      }
    }
  }, raw);
}

/** A mail of any structure, changed in up to twelve places. */
export const hostileMail: fc.Arbitrary<Buffer> = fc
  .tuple(entity, mutations)
  .map(([of, changes]) => mutated(mailOf(of), changes));

/** Nothing like a mail: tokens and bytes in any order. */
export const tokenSoup: fc.Arbitrary<Buffer> = fc
  .array(fc.oneof(fc.constantFrom(...TOKENS), fc.string({ maxLength: 20, unit: 'binary-ascii' })), { maxLength: 60 })
  .map((tokens) => Buffer.from(tokens.join(''), 'latin1'));

export interface WrittenAddress {
  address: string;
  name: string;
  group?: string;
}

const atom = fc.stringMatching(/^[a-z0-9]{1,12}$/);
const mailbox: fc.Arbitrary<WrittenAddress> = fc.record({
  address: fc.tuple(atom, atom).map(([local, domain]) => `${local}@${domain}.example`),
  name: fc.oneof(
    fc.constant(''),
    fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join(' ')),
    fc.constantFrom('Doe, Jane', 'O\'Hara "Liz"', 'Zoë Müller', '日本 太郎', 'a@b.example', 'x <y@z.example>'),
  ),
});

/** A list of addresses, and how it is written in a header field (RFC 5322 3.4). */
export const addressList: fc.Arbitrary<{ written: string; addresses: WrittenAddress[] }> = fc
  .array(
    fc.oneof(
      mailbox.map((one) => [one]),
      fc
        .tuple(word, fc.array(mailbox, { minLength: 1, maxLength: 3 }))
        .map(([group, members]) => members.map((member) => ({ ...member, group }))),
    ),
    { minLength: 1, maxLength: 5 },
  )
  .map((entries) => ({
    written: entries.map(writtenEntry).join(', '),
    addresses: entries.flat(),
  }));

function writtenEntry(entry: readonly WrittenAddress[]): string {
  const group = entry[0]?.group;
  const members = entry.map(writtenMailbox).join(', ');
  return group === undefined ? members : `${group}: ${members};`;
}

function writtenMailbox({ address, name }: WrittenAddress): string {
  if (name === '') return address;
  // eslint-disable-next-line no-control-regex
  if (/[^\x00-\x7f]/.test(name)) return `=?utf-8?B?${Buffer.from(name).toString('base64')}?= <${address}>`;
  return /^[a-z ]+$/.test(name) ? `${name} <${address}>` : `"${name.replace(/["\\]/g, '\\$&')}" <${address}>`;
}
