import { describe, expect, test } from 'vitest';
import { DEFAULT_PARSE_LIMITS } from '../../../src/domain/parsed-message.js';
import { parseMessage } from '../../../src/engines/mime/parse-message.js';

const HEAD = 'From: a@example.com\nDate: Fri, 20 Nov 2026 10:30:00 +0100\nMessage-ID: <x@example.com>\n';
const parse = (text: string, limits = DEFAULT_PARSE_LIMITS) =>
  parseMessage(Buffer.from(text.replace(/\n/g, '\r\n')), limits);
const codes = async (parsing: ReturnType<typeof parse>) => (await parsing).defects.map(({ code }) => code);

const RELATED = `${HEAD}Content-Type: multipart/mixed; boundary=m

--m
Content-Type: multipart/alternative; boundary=a

--a

Hello
--a
Content-Type: multipart/related; boundary=r

--r
Content-Type: text/html

<p style="background:url('cid:bg@x')">Hello <img src="cid:logo%40x"> <a href="cid:no@x">x</a></p>
--r
Content-Type: image/png
Content-ID: <logo@x>
Content-Transfer-Encoding: base64

iVBORw0KGgo=
--r--
--a--
--m
Content-Type: message/rfc822

From: Inner <inner@example.com>
To: b@example.org
Subject: =?utf-8?B?SW5uZXI=?=
Date: Thu, 19 Nov 2026 10:30:00 +0100
Message-ID: <inner@example.com>
Content-Type: text/html

<b>inner words</b>
--m--
`;

test('gives the MIME tree with what became of each part', async () => {
  const { structure } = await parse(RELATED);
  const lines: string[] = [];
  const visit = (part: NonNullable<typeof structure>): void => {
    lines.push(
      [part.part, part.contentType, part.role, part.contentId ?? '', part.role === 'multipart' ? '' : part.size]
        .join(' ')
        .trim(),
    );
    part.children.forEach(visit);
  };
  visit(structure!);
  expect(lines.map((line) => line.replace(/ {2,}/g, ' '))).toEqual([
    'multipart/mixed multipart',
    '1 multipart/alternative multipart',
    '1.1 text/plain text 5',
    '1.2 multipart/related multipart',
    '1.2.1 text/html html 97',
    '1.2.2 image/png attachment logo@x 8',
    '2 message/rfc822 message 200',
    '2.1 text/html html 18',
  ]);
});

test('names the parts that the HTML shows in place', async () => {
  expect((await parse(RELATED)).referencedContentIds).toEqual(['bg@x', 'logo@x']);
});

test('gives messages inside by their own fields and text', async () => {
  const { embedded, text } = await parse(RELATED);
  expect(text).toBe('Hello');
  expect(embedded).toMatchObject([
    {
      part: '2',
      subject: 'Inner',
      from: [{ address: 'inner@example.com', name: 'Inner' }],
      to: [{ address: 'b@example.org', name: '' }],
      date: '2026-11-19T09:30:00.000Z',
      messageId: 'inner@example.com',
      text: 'inner words',
    },
  ]);
  expect(embedded[0]?.headers.map(({ name }) => name)).toEqual([
    'From',
    'To',
    'Subject',
    'Date',
    'Message-ID',
    'Content-Type',
  ]);
});

test('keeps header fields in order, and what was transmitted where it reads otherwise', async () => {
  const { headers } = await parse(
    `X-One: plain\nSubject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\nX-One: folded\n  here\n${HEAD}\nx`,
  );
  expect(headers.slice(0, 3)).toEqual([
    { name: 'X-One', value: 'plain' },
    { name: 'Subject', value: 'Grüße', raw: '=?utf-8?Q?Gr=C3=BC=C3=9Fe?=' },
    { name: 'X-One', value: 'folded here', raw: 'folded\r\n  here' },
  ]);
});

describe('encoded words', () => {
  test.each([
    ['=?utf-7?Q?+ZeVnLA-?=', '日本'],
    ['=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=', '日本'],
    ['=?utf-8*en?Q?a_b?= c', 'a b c'],
    ['=?utf-8?Q?with space?=', 'with space'],
    ['=?utf-8?B?w7w?= =?utf-8?Q?=C3?=\n =?UTF-8?B?vA==?=', 'üü'],
    ['=?koi8-r?Q?=F4?=x=?utf-8?Q?y?=', 'Тxy'],
    ['=?utf-8?Q?open', '=?utf-8?Q?open'],
    ['=?no-such-charset?Q?abc?=', 'abc'],
  ])('reads %s', async (written, expected) => {
    expect((await parse(`${HEAD}Subject: ${written}\n\nx`)).subject).toBe(expected);
  });
});

describe('what is cut is marked:', () => {
  const long = 'x'.repeat(5_000);
  test.each([
    ['a long Subject', `${HEAD}Subject: ${long}\n\nx`, 'header.value'],
    ['a long field', `${HEAD}X-A: ${'y'.repeat(20_000)}\n\nx`, 'header.value'],
    ['a long name', `To: ${long} <b@example.org>\n${HEAD}\nx`, 'address.size'],
    [
      'many references',
      `${HEAD}References: ${Array.from({ length: 300 }, (_, n) => `<${n}@x>`).join(' ')}\n\nx`,
      'header.ids',
    ],
    ['a long link', `${HEAD}Content-Type: text/html\n\n<a href="http://a.example/${long}">x</a>`, 'text.links'],
    [
      'a long file name',
      `${HEAD}Content-Disposition: attachment; filename="${'n'.repeat(300)}.pdf"\n\nx`,
      'attachment.name',
    ],
    [
      'text before the parts',
      `${HEAD}Content-Type: multipart/mixed; boundary=b\n\nhttp://hidden.example/\n--b\n\nx\n--b--\n`,
      'mime.preamble',
    ],
    [
      'text behind the parts',
      `${HEAD}Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b--\nhidden\n`,
      'mime.epilogue',
    ],
    [
      'foreign characters in base64',
      `${HEAD}Content-Type: image/png\nContent-Transfer-Encoding: base64\n\naGVs-!bG8=\n`,
      'mime.base64',
    ],
    [
      'lines around a uuencoded file',
      `${HEAD}Content-Type: image/png\nContent-Transfer-Encoding: x-uuencode\n\nhidden\nbegin 644 a\n#86)C\n\`\nend\n`,
      'mime.uuencode',
    ],
  ])('%s', async (_what, mail, code) => {
    expect(await codes(parse(mail))).toContain(code);
  });

  test('text beyond the limit, whose HTML grows when it is read as text', async () => {
    const html = '<li>a'.repeat(40);
    const parsed = await parse(`${HEAD}Content-Type: text/html\n\n${html}`, {
      ...DEFAULT_PARSE_LIMITS,
      textCharacters: 100,
    });
    expect(parsed.text.length).toBeLessThanOrEqual(100);
    expect(parsed.defects.map(({ code }) => code)).toContain('text.size');
  });
});

describe('broken parts', () => {
  test('are read by the boundary that they have where the stated one is absent', async () => {
    for (const type of ['multipart/mixed', 'multipart/mixed; boundary=other']) {
      const parsed = await parse(
        `${HEAD}Content-Type: ${type}\n\n--real\nContent-Type: text/plain\n\nread me\n--real\nContent-Disposition: attachment; filename=a.exe\n\nMZ\n--real--\n`,
      );
      expect(parsed.text).toBe('read me');
      expect(parsed.attachments.map(({ filename }) => filename)).toEqual(['a.exe']);
      expect(parsed.defects.map(({ code }) => code)).toContain('mime.boundary');
    }
  });

  test('are read by the stated boundary where both are there', async () => {
    const parsed = await parse(
      `${HEAD}Content-Type: multipart/mixed; boundary=b\n\n--fake\nContent-Type: text/plain\n\nno\n--b\n\nyes\n--b--\n`,
    );
    expect(parsed.text).toBe('yes');
  });

  test('know a delimiter with text behind it (RFC 2046 5.1.1) and mark it', async () => {
    const parsed = await parse(
      `${HEAD}Content-Type: multipart/mixed; boundary=b\n\n--b trailing\n\none\n--b-- trailing\n`,
    );
    expect(parsed.text).toBe('one');
    expect(parsed.defects.map(({ code }) => code)).toContain('mime.ambiguous');
  });

  test('take a text that claims to be base64 as it stands', async () => {
    const parsed = await parse(`${HEAD}Content-Transfer-Encoding: base64\n\nHello, this is plain. Really!\n`);
    expect(parsed.text.trim()).toBe('Hello, this is plain. Really!');
    expect(parsed.defects.map(({ code }) => code)).toContain('mime.base64');
  });

  test('go on behind the padding of base64, but not into what is none', async () => {
    const joined = await parse(`${HEAD}Content-Transfer-Encoding: base64\n\naGVsbG8=\nIHlvdSE=\n`);
    expect(joined.text).toBe('hello you!');
    const rest = await parse(`${HEAD}Content-Transfer-Encoding: base64\n\naGVsbG8=\n ignored`);
    expect(rest.text).toBe('hello');
  });

  test('uuencoded parts are decoded', async () => {
    const parsed = await parse(
      `${HEAD}Content-Type: text/plain\nContent-Transfer-Encoding: x-uuencode\n\nbegin 644 a.txt\n#86)C\n\`\nend\n`,
    );
    expect(parsed.text).toBe('abc');
  });
});
