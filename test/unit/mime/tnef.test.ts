import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { DEFAULT_PARSE_LIMITS, type ParsedMessage, type ParseLimits } from '../../../src/domain/parsed-message.js';
import { parseMessage } from '../../../src/engines/mime/parse-message.js';
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
} from '../../support/tnef-writer.js';

const BODY = 0x1000;
const HTML = 0x1013;
const RTF = 0x1009;
const LONG_FILENAME = 0x3707;
const METHOD = 0x3705;
const HEAD =
  'From: a@example.com\r\nDate: Thu, 1 Jan 2026 00:00:00 +0000\r\nMessage-ID: <1@example.com>\r\nMIME-Version: 1.0\r\n';

function winmail(stream: Buffer, type = 'application/ms-tnef'): string {
  return `Content-Type: ${type}; name="winmail.dat"\r\nContent-Transfer-Encoding: base64\r\n\r\n${stream.toString('base64')}\r\n`;
}

function parseStream(stream: Buffer, limits: ParseLimits = DEFAULT_PARSE_LIMITS): Promise<ParsedMessage> {
  return parseMessage(Buffer.from(`${HEAD}${winmail(stream)}`), limits);
}

function parseBeside(part: string, stream: Buffer): Promise<ParsedMessage> {
  const parts = [part, winmail(stream)].map((one) => `--b\r\n${one}\r\n`).join('');
  return parseMessage(Buffer.from(`${HEAD}Content-Type: multipart/mixed; boundary=b\r\n\r\n${parts}--b--\r\n`));
}

const codes = ({ defects }: ParsedMessage): string[] => defects.map(({ code }) => code);
const file = (name: string, data: string | Buffer) => [ATTACH_FILE, attachTitle(name), attachData(Buffer.from(data))];

describe('files in TNEF', () => {
  test('are attachments below the part of the stream, which stays listed', async () => {
    const parsed = await parseBeside(
      'Content-Type: text/plain\r\n\r\nSee what is attached.',
      tnefStream(...file('setup.exe', 'MZ not really'), ...file('note.txt', 'hello')),
    );
    expect(parsed.attachments.map(({ part, filename }) => [part, filename])).toEqual([
      ['2', 'winmail.dat'],
      ['2.tnef.1', 'setup.exe'],
      ['2.tnef.2', 'note.txt'],
    ]);
    expect(parsed.attachments[1]).toMatchObject({ sniffedType: 'application/x-msdownload', size: 13 });
    expect(parsed.attachments[2]?.sha256).toBe(createHash('sha256').update('hello').digest('hex'));
    expect(parsed).toMatchObject({ text: 'See what is attached.', parts: 5, defects: [] });
  });

  test('are found whatever the part is called, and only in what begins as TNEF', async () => {
    const octets = await parseMessage(
      Buffer.from(`${HEAD}${winmail(tnefStream(...file('a.txt', 'a')), 'application/octet-stream')}`),
    );
    expect(octets.attachments.map(({ part }) => part)).toEqual(['1', '1.tnef.1']);
    const other = await parseStream(Buffer.from('no such thing'));
    expect(other.attachments).toHaveLength(1);
    expect(codes(other)).toEqual(['tnef.signature']);
  });

  test('have their long name, their type and their Content-ID; paths are no names', async () => {
    const parsed = await parseStream(
      tnefStream(
        ATTACH_FILE,
        attachTitle('LONGNA~1.PNG'),
        attachmentProperties(
          unicode(LONG_FILENAME, '..\\..\\Żółw 日本.png'),
          unicode(0x370e, 'Image/PNG'),
          unicode(0x3712, '<logo@example.com>'),
        ),
        attachData(Buffer.from('x')),
      ),
    );
    expect(parsed.attachments[1]).toMatchObject({
      filename: 'Żółw 日本.png',
      contentType: 'image/png',
      contentId: 'logo@example.com',
      disposition: 'inline',
    });
    expect(codes(parsed)).toEqual(['attachment.path']);
  });

  test('have 8-bit names in the code page that the stream states, even after them', async () => {
    const title = Buffer.from([0xcf, 0xf0, 0xe8, 0x2e, 0x74, 0x78, 0x74]);
    const parsed = await parseStream(
      tnefStream(ATTACH_FILE, attachTitle(title), attachData(Buffer.from('x')), codePage(1251)),
    );
    expect(parsed.attachments[1]?.filename).toBe('При.txt');
  });

  test('are read behind named properties and properties of several values', async () => {
    const parsed = await parseStream(
      tnefStream(
        ATTACH_FILE,
        attachmentProperties(
          { ...unicode(0x8001, 'value'), name: 'Keywords' },
          { ...integer(0x8002, 7), name: 0x8205 },
          { id: 0x0fff, type: 0x14, value: Buffer.alloc(8, 1), others: [Buffer.alloc(8, 2)] },
          { ...binary(0x0ffe, Buffer.from('abc')), others: [Buffer.from('de')] },
          { id: 0x7ffe, type: 0x0b, value: Buffer.alloc(4) },
          unicode(LONG_FILENAME, 'behind.txt'),
        ),
        attachData(Buffer.from('x')),
      ),
    );
    expect(parsed.attachments[1]?.filename).toBe('behind.txt');
    expect(parsed.defects).toEqual([]);
  });

  test('are listed both where a stream gives two for one, and by name where it only points to one', async () => {
    const parsed = await parseStream(
      tnefStream(
        ...file('a.txt', 'what one reader sees'),
        attachmentProperties(binary(0x3701, Buffer.from('what another sees'))),
        ATTACH_FILE,
        attachmentProperties(
          unicode(LONG_FILENAME, 'b.txt'),
          integer(METHOD, 2),
          unicode(0x370d, '\\\\198.51.100.7\\share\\b.txt'),
        ),
      ),
    );
    expect(parsed.attachments.slice(1).map(({ filename, size }) => [filename, size])).toEqual([
      ['a.txt', 17],
      ['a.txt', 20],
      ['b.txt', 0],
    ]);
    expect(codes(parsed)).toEqual(['tnef.ambiguous', 'tnef.reference']);
    expect(parsed.defects[1]?.explanation).toContain('\\\\198.51.100.7\\share\\b.txt');
  });

  test('may be mail, whose parts and text are read', async () => {
    const mail = [
      'Subject: inside\r\nContent-Type: multipart/mixed; boundary=i\r\n\r\n--i\r\n\r\nthe text\r\n',
      '--i\r\nContent-Type: application/pdf; name=a.pdf\r\n\r\n%PDF-1.4\r\n--i--\r\n',
    ].join('');
    const parsed = await parseStream(
      tnefStream(...file('m.eml', mail), attachmentProperties(unicode(0x370e, 'message/rfc822'))),
    );
    expect(parsed.embedded).toMatchObject([{ part: '1.tnef.1', subject: 'inside', text: 'the text' }]);
    expect(parsed.attachments.map(({ part }) => part)).toEqual(['1', '1.tnef.1', '1.tnef.1.2']);
    expect(parsed.text).toBe('');
  });
});

describe('bodies in TNEF', () => {
  const html = Buffer.from('<p>Caf\xe9 <a href="https://example.com/x">here</a></p>', 'latin1');
  const rich = tnefStream(
    messageProperties(unicode(BODY, 'Plain żółw\r\n'), integer(0x3fde, 28591), binary(HTML, html)),
  );

  test('are the text of a message that has no other', async () => {
    const parsed = await parseStream(rich);
    expect(parsed).toMatchObject({ text: 'Plain żółw\n', html: html.toString('latin1'), defects: [] });
    expect(parsed.links.map(({ url }) => url)).toEqual(['https://example.com/x']);
  });

  test('stay behind the text that the message has, but for their HTML and links', async () => {
    const parsed = await parseBeside('Content-Type: text/plain\r\n\r\nown', rich);
    expect(parsed).toMatchObject({ text: 'own', html: html.toString('latin1') });
    expect(parsed.links).toHaveLength(1);
    const both = await parseBeside('Content-Type: text/html\r\n\r\n<p>own</p>', rich);
    expect(both).toMatchObject({ text: 'own', html: '<p>own</p>' });
    expect(both.links).toHaveLength(1);
  });

  test('take no room from the text that the message has', async () => {
    const limits = { ...DEFAULT_PARSE_LIMITS, textCharacters: 100 };
    const stream = tnefStream(messageProperties(unicode(BODY, 'x'.repeat(500))));
    const parts = [winmail(stream), 'Content-Type: text/plain\r\n\r\nown'].map((one) => `--b\r\n${one}\r\n`).join('');
    const parsed = await parseMessage(
      Buffer.from(`${HEAD}Content-Type: multipart/mixed; boundary=b\r\n\r\n${parts}--b--\r\n`),
      limits,
    );
    expect(parsed.text).toBe('own');
    expect(codes(parsed)).toEqual(['text.size']);
  });

  test('come out of RTF, which is listed where it is no wrapped HTML or holds objects', async () => {
    const wrapped = String.raw`{\rtf1\ansi\fromhtml1{\*\htmltag64 <p>}Hello{\*\htmltag72 </p>}}`;
    const one = await parseStream(tnefStream(messageProperties(binary(RTF, compressedRtf(wrapped)))));
    expect(one).toMatchObject({ text: 'Hello', html: '<p>Hello</p>', defects: [] });
    expect(one.attachments).toHaveLength(1);
    const native = String.raw`{\rtf1\ansi Hello {\object{\*\objdata 01}}}`;
    const two = await parseStream(tnefStream(messageProperties(binary(RTF, compressedRtf(native)))));
    expect(two).toMatchObject({ text: 'Hello ', html: null });
    expect(two.attachments[1]).toMatchObject({
      part: '1.tnef.1',
      filename: 'body.rtf',
      sniffedType: 'application/rtf',
      size: native.length,
    });
  });

  test('are read by attributes too, and a second one of a kind only for its links', async () => {
    const parsed = await parseStream(
      tnefStream(
        codePage(1252),
        { level: 1, tag: 0x0002800c, data: Buffer.from('Caf\xe9 http://one.example/\0', 'latin1') },
        messageProperties(unicode(BODY, 'Other http://two.example/')),
      ),
    );
    expect(parsed.text).toBe('Other http://two.example/');
    expect(parsed.links.map(({ url }) => url)).toEqual(['http://two.example/', 'http://one.example/']);
  });
});

describe('messages in TNEF', () => {
  const inner = tnefStream(
    messageProperties(
      unicode(0x0037, 'Inner\r\nBcc: injected@example.com'),
      unicode(0x0c1a, 'Ada'),
      unicode(0x5d01, 'ada@example.com'),
      { id: 0x0039, type: 0x40, value: Buffer.from('00a0f8f8c2d5dc01', 'hex') },
      unicode(BODY, 'inner text'),
    ),
    ...file('deep.txt', 'deep'),
  );
  const outer = tnefStream(
    messageProperties(unicode(BODY, 'outer text')),
    ATTACH_FILE,
    attachmentProperties(integer(METHOD, 5), unicode(0x3001, 'Inner'), embeddedMessage(inner)),
  );

  test('are messages inside the message, their files below them', async () => {
    const parsed = await parseStream(outer);
    expect(parsed.text).toBe('outer text');
    expect(parsed.attachments.map(({ part, filename }) => [part, filename])).toEqual([
      ['1', 'winmail.dat'],
      ['1.tnef.1', 'Inner'],
      ['1.tnef.1.tnef.1', 'deep.txt'],
    ]);
    expect(parsed.embedded).toMatchObject([
      {
        part: '1.tnef.1',
        subject: 'Inner Bcc: injected@example.com',
        from: [{ address: 'ada@example.com', name: 'Ada' }],
        text: 'inner text',
      },
    ]);
    expect(parsed.embedded[0]?.headers.map(({ name }) => name)).toEqual(['Subject', 'From', 'Date']);
    expect(parsed.embedded[0]?.date).toMatch(/^20\d\d-/);
    expect(parsed.defects).toEqual([]);
  });

  test('are opened down to the depth that is allowed', async () => {
    const parsed = await parseStream(outer, { ...DEFAULT_PARSE_LIMITS, depth: 1 });
    expect(parsed.attachments.map(({ part }) => part)).toEqual(['1', '1.tnef.1']);
    expect(codes(parsed)).toContain('tnef.depth');
  });
});

describe('broken TNEF', () => {
  const whole = tnefStream(
    messageProperties(unicode(BODY, 'text'), binary(RTF, compressedRtf('{\\rtf1 text}'))),
    ...file('a.txt', 'aaaa'),
    attachmentProperties(unicode(LONG_FILENAME, 'a.txt'), embeddedMessage(tnefStream(...file('b.txt', 'bbbb')))),
  );

  test('is read though a checksum is wrong, and up to what is no attribute', async () => {
    const stream = Buffer.concat([tnefStream(...file('a.txt', 'aaaa')), Buffer.from('and so on')]);
    stream[stream.indexOf('aaaa')] = 0x62;
    const parsed = await parseStream(stream);
    expect(parsed.attachments[1]).toMatchObject({ filename: 'a.txt', size: 4 });
    expect(codes(parsed)).toEqual(['tnef.checksum', 'tnef.garbage']);
  });

  test('is marked wherever it breaks off inside an attribute', async () => {
    for (let length = 15; length < whole.length; length += 1) {
      const parsed = await parseStream(whole.subarray(0, length));
      const last = parsed.defects.map(({ code }) => code).filter((code) => code.startsWith('tnef.'));
      const between = [...attributeEnds(whole)].includes(length);
      expect([length, last.length > 0]).toEqual([length, !between]);
    }
  });

  test('counts its files against the limits on parts and bytes', async () => {
    const stream = tnefStream(...file('a', '1234'), ...file('b', '1234'), ...file('c', '1234'));
    const few = await parseStream(stream, { ...DEFAULT_PARSE_LIMITS, parts: 3 });
    expect(few.attachments.map(({ filename }) => filename)).toEqual(['winmail.dat', 'a', 'b']);
    expect(codes(few)).toEqual(['tnef.parts']);
    const transmitted = stream.toString('base64').length + 2;
    const small = await parseStream(stream, { ...DEFAULT_PARSE_LIMITS, decodedBytes: transmitted + 4 });
    expect(small.attachments.map(({ filename }) => filename)).toEqual(['winmail.dat', 'a']);
    expect(codes(small)).toEqual(['tnef.parts']);
  });

  test('with counts and lengths beyond its end is marked', async () => {
    const counts = Buffer.alloc(12, 0xff);
    const parsed = await parseStream(tnefStream({ level: 1, tag: 0x00069003, data: counts }, ...file('a', '1')));
    expect(parsed.attachments).toHaveLength(2);
    expect(codes(parsed)).toEqual(['tnef.properties']);
  });
});

function* attributeEnds(stream: Buffer): Generator<number> {
  let pos = 6;
  while (pos < stream.length) {
    pos += 11 + stream.readUInt32LE(pos + 5);
    yield pos;
  }
}
