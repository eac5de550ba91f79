import { createHash } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { parseMessage } from '../../../src/engines/mime/parse-message.js';

const HEAD =
  'From: a@example.com\r\nTo: b@example.org\r\nDate: Fri, 20 Nov 2026 10:30:00 +0100\r\nMessage-ID: <x@example.com>\r\n';
const mail = (text: string, encoding: BufferEncoding = 'utf8') =>
  parseMessage(Buffer.from(text.replace(/\r?\n/g, '\r\n'), encoding));
const codesOf = async (parsing: ReturnType<typeof mail>) => (await parsing).defects.map(({ code }) => code);

/** A zip with one stored or deflated entry, its directory saying what `entry` says. */
function zipOf(name: string, content: Buffer, claims: { uncompressed?: number; encrypted?: boolean } = {}): Buffer {
  const data = deflateRawSync(content);
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(name.length, 26);
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt16LE(claims.encrypted === true ? 1 : 0, 8);
  entry.writeUInt32LE(data.length, 20);
  entry.writeUInt32LE(claims.uncompressed ?? content.length, 24);
  entry.writeUInt16LE(name.length, 28);
  const body = Buffer.concat([local, Buffer.from(name), data]);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(entry.length + name.length, 12);
  end.writeUInt32LE(body.length, 16);
  return Buffer.concat([body, entry, Buffer.from(name), end]);
}

const attached = (filename: string, content: Buffer, type = 'application/octet-stream') =>
  mail(`${HEAD}Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain

see below
--b
Content-Type: ${type}
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="${filename}"

${content.toString('base64')}
--b--
`);

describe('header fields', () => {
  test('decodes encoded words, folded and split within a character', async () => {
    const parsed = await mail(`${HEAD}Subject: =?utf-8?B?TcO8bmNo?=\n =?utf-8?Q?en_f=C3?= =?utf-8?Q?=BCr_Sie?=\n\nx`);
    expect(parsed.subject).toBe('München für Sie');
    expect(parsed.defects).toEqual([]);
  });

  test('reads raw 8-bit fields as UTF-8, else guesses and marks them', async () => {
    expect((await mail(`${HEAD}Subject: Grüße\n\nx`)).subject).toBe('Grüße');
    const guessed = await mail(`${HEAD}Subject: Grüße\n\nx`, 'latin1');
    expect(guessed.subject).toBe('Grüße');
    expect(guessed.defects.map(({ code }) => code)).toEqual(['header.charset']);
  });

  test('lists addresses with groups, quoted and encoded names', async () => {
    const parsed = await mail(
      `${HEAD}Cc: Board: "Doe, Jane" <jane@example.com>, bob@example.com;, =?utf-8?Q?Zo=C3=AB?= <zoe@example.com>\n\nx`,
    );
    expect(parsed.cc).toEqual([
      { address: 'jane@example.com', name: 'Doe, Jane', group: 'Board' },
      { address: 'bob@example.com', name: '', group: 'Board' },
      { address: 'zoe@example.com', name: 'Zoë' },
    ]);
  });

  test('gives the date in UTC with the offset that was stated', async () => {
    const parsed = await mail(`${HEAD}\nx`);
    expect(parsed.date).toBe('2026-11-20T09:30:00.000Z');
    expect(parsed.dateOffset).toBe(60);
  });

  test.each([
    ['Tue, 1 Jul 03 22:05:09 PDT', '2003-07-02T05:05:09.000Z', -420],
    ['5 Feb 2026 08:00 -0000 (UTC)', '2026-02-05T08:00:00.000Z', 0],
    ['2026-02-05T08:00:00+02:00', '2026-02-05T06:00:00.000Z', 120],
    ['Thu, 05 Feb 2026 08:00:00', '2026-02-05T08:00:00.000Z', null],
  ])('reads the date %s', async (written, iso, offset) => {
    const parsed = await mail(`From: a@example.com\nMessage-ID: <x@y>\nDate: ${written}\n\nx`);
    expect([parsed.date, parsed.dateOffset]).toEqual([iso, offset]);
  });

  test('gives identifiers without brackets and what lists and machines say', async () => {
    const parsed = await mail(
      `${HEAD}In-Reply-To: <a@b>\nReferences: <z@b> <a@b>\nList-Id: News <news.example.com>\nAuto-Submitted: Auto-Replied\n\nx`,
    );
    expect([parsed.messageId, parsed.inReplyTo, parsed.references]).toEqual(['x@example.com', ['a@b'], ['z@b', 'a@b']]);
    expect([parsed.listId, parsed.autoSubmitted]).toEqual(['news.example.com', 'auto-replied']);
  });
});

describe('bodies', () => {
  test('prefers the plain text of an alternative and keeps the HTML', async () => {
    const parsed = await mail(
      `${HEAD}Content-Type: multipart/alternative; boundary=a\n\n--a\n\nplain\n--a\nContent-Type: text/html\n\n<p>rich</p>\n--a--\n`,
    );
    expect(parsed.text).toBe('plain');
    expect(parsed.html).toBe('<p>rich</p>');
    expect(parsed.parts).toBe(3);
  });

  test('reads HTML as text, apart from what its reader does not see', async () => {
    const html = `<style>p{}</style><p>Hello&nbsp;<b>you</b></p><ul><li>one<li>two</ul><div style="display:none">secret</div><p style="background:#fff;color:white">ghost</p><font style="font-size:0px">tiny</font><blockquote>old</blockquote>`;
    const parsed = await mail(`${HEAD}Content-Type: text/html\n\n${html}`);
    expect(parsed.text).toBe('Hello you\n\n- one\n- two\n\n> old');
    expect(parsed.newText).toBe('Hello you\n\n- one\n- two');
    expect(parsed.hiddenText).toBe('secret ghost tiny');
  });

  test('repairs text that is not in the charset it states', async () => {
    const parsed = await mail(`${HEAD}Content-Type: text/plain; charset=utf-8\n\nKäse`, 'latin1');
    expect(parsed.text).toBe('Käse');
    expect(parsed.defects.map(({ code }) => code)).toEqual(['body.charset']);
  });

  test('joins the lines of flowed text and decodes quoted-printable', async () => {
    const parsed = await mail(
      `${HEAD}Content-Type: text/plain; charset=iso-8859-15; format=flowed\nContent-Transfer-Encoding: quoted-printable\n\nsoft =20\nline =A4=\n 5\n`,
    );
    expect(parsed.text.trim()).toBe('soft  line € 5');
  });

  test('knows the delimiters of outer multiparts and white space behind a delimiter (RFC 2046 5.1.1)', async () => {
    const parsed = await mail(
      `${HEAD}Content-Type: multipart/mixed; boundary=outer\n\n--outer\nContent-Type: multipart/mixed; boundary=inner\n\n--inner\n\nfirst\n--outer  \nContent-Disposition: attachment; filename=a.exe\n\nMZ\n--outer--\n`,
    );
    expect(parsed.text).toBe('first');
    expect(parsed.attachments.map(({ part, filename }) => [part, filename])).toEqual([['2', 'a.exe']]);
  });

  test('finds attachments and links of embedded messages, encoded ones too, but leaves their text alone', async () => {
    const inner =
      'Subject: inner\r\nContent-Type: multipart/mixed; boundary=i\r\n\r\n--i\r\n\r\nsee http://inner.example/x\r\n--i\r\nContent-Disposition: attachment; filename=deep.pdf\r\n\r\n%PDF-1.4\r\n--i--\r\n';
    for (const [encoding, body] of [
      ['7bit', inner],
      ['base64', Buffer.from(inner).toString('base64')],
    ]) {
      const parsed = await mail(
        `${HEAD}Content-Type: multipart/mixed; boundary=o\n\n--o\n\nouter\n--o\nContent-Type: message/rfc822\nContent-Transfer-Encoding: ${encoding}\n\n${body}\n--o--\n`,
      );
      expect(parsed.text).toBe('outer');
      expect(parsed.attachments.map(({ part, filename, sniffedType }) => [part, filename, sniffedType])).toEqual([
        ['2', null, null],
        ['2.2', 'deep.pdf', 'application/pdf'],
      ]);
      expect(parsed.links.map(({ host }) => host)).toEqual(['inner.example']);
    }
  });
});

describe('links', () => {
  test('gives target, visible text and host of anchors, and bare addresses in text', async () => {
    const parsed = await mail(
      `${HEAD}Content-Type: text/html\n\n<a href="HTTP://Evil.Example:8080/x"><b>www.bank.example</b></a> and https://b\u00fccher.example/, then <a href="mailto:x@y.example">mail</a>`,
    );
    expect(parsed.links).toEqual([
      { url: 'HTTP://Evil.Example:8080/x', text: 'www.bank.example', host: 'evil.example' },
      { url: 'mailto:x@y.example', text: 'mail', host: null },
      { url: 'www.bank.example', text: 'www.bank.example', host: 'www.bank.example' },
      { url: 'https://bücher.example/', text: 'https://bücher.example/', host: 'xn--bcher-kva.example' },
    ]);
  });
});

describe('attachments', () => {
  test('names their bytes: size, hash, type', async () => {
    const [attachment] = (await attached('report.pdf', Buffer.from('%PDF-1.7 abc'), 'application/pdf')).attachments;
    expect(attachment).toMatchObject({
      part: '2',
      filename: 'report.pdf',
      contentType: 'application/pdf',
      sniffedType: 'application/pdf',
      size: 12,
      sha256: createHash('sha256').update('%PDF-1.7 abc').digest('hex'),
      disposition: 'attachment',
      entries: null,
      encrypted: false,
      macros: false,
    });
  });

  test('lists a zip without unpacking it, and sees encryption, macros and what is too good to be true', async () => {
    const plain = (await attached('a.zip', zipOf('notes/readme.txt', Buffer.from('hello')))).attachments[0];
    expect(plain).toMatchObject({ sniffedType: 'application/zip', entries: ['notes/readme.txt'], encrypted: false });
    expect(
      (await attached('a.zip', zipOf('x.txt', Buffer.from('x'), { encrypted: true }))).attachments[0]?.encrypted,
    ).toBe(true);
    expect((await attached('a.docm', zipOf('word/vbaProject.bin', Buffer.from('x')))).attachments[0]?.macros).toBe(
      true,
    );
    expect(
      await codesOf(attached('a.zip', zipOf('zeros', Buffer.from('x'), { uncompressed: 4_000_000_000 }))),
    ).toContain('archive.bomb');
    expect(await codesOf(attached('a.zip', zipOf('../../etc/passwd', Buffer.from('x'))))).toContain('archive.path');
    expect(await codesOf(attached('a.zip', Buffer.from('PK\x03\x04broken')))).toContain('archive.unreadable');
  });

  test('marks an HTML attachment whose script builds a file', async () => {
    const page = Buffer.from('<html><script>var b=new Blob([atob(x)]);a.download="x.zip"</script></html>');
    expect(await codesOf(attached('invoice.html', page, 'text/html'))).toContain('attachment.smuggling');
  });

  test('takes the last part of a name that is a path', async () => {
    const parsed = await attached('../../etc/passwd', Buffer.from('x'));
    expect(parsed.attachments[0]?.filename).toBe('passwd');
    expect(parsed.defects.map(({ code }) => code)).toContain('attachment.path');
  });

  test('keeps an image that the text shows as inline, with its content id', async () => {
    const parsed = await mail(
      `${HEAD}Content-Type: multipart/related; boundary=r\n\n--r\nContent-Type: text/html\n\n<img src="cid:logo@x">\n--r\nContent-Type: image/gif\nContent-ID: <logo@x>\nContent-Transfer-Encoding: base64\n\nR0lGODlhAQABAAAAACw=\n--r--\n`,
    );
    expect(parsed.attachments[0]).toMatchObject({
      contentId: 'logo@x',
      disposition: 'inline',
      sniffedType: 'image/gif',
    });
  });
});
