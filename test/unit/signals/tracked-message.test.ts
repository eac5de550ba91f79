import { expect, test } from 'vitest';
import { trackedHtml } from '../../../src/engines/outgoing/tracked-html.js';
import { trackedMessage, withUnsubscription } from '../../../src/engines/outgoing/tracked-message.js';
import { DEFAULT_PARSE_LIMITS } from '../../../src/domain/parsed-message.js';
import { parseMessage } from '../../../src/engines/mime/parse-message.js';

const linkFor = (url: string) => `https://t.example/c?${encodeURIComponent(url)}&x`;

test.each([
  [
    '<a href="https://a.example/?x=1&amp;y=2">A</a>',
    '<a href="https://t.example/c?https%3A%2F%2Fa.example%2F%3Fx%3D1%26y%3D2&amp;x">A</a>',
  ],
  [
    "<A class=b HREF='http://a.example'>A</A>",
    '<A class=b HREF="https://t.example/c?http%3A%2F%2Fa.example&amp;x">A</A>',
  ],
  ['<a href=http://a.example>A</a>', '<a href="https://t.example/c?http%3A%2F%2Fa.example&amp;x">A</a>'],
  [
    '<a title="href=http://no.example" href="http://a.example">A</a>',
    '<a title="href=http://no.example" href="https://t.example/c?http%3A%2F%2Fa.example&amp;x">A</a>',
  ],
  ['<a href="mailto:a@b.example">A</a><a href="#top">B</a><a href>C</a><a>D</a>', null],
  ['<!-- <a href="http://a.example">A</a> --><script>"<a href=http://a.example>"</script>', null],
  ['<p>1 < 2 & <b>no</i> "quotes" ü</p>', null],
])('of %s, only the targets of links are changed', (html, expected) => {
  expect(trackedHtml(html, { linkFor, pixel: null })).toBe(expected ?? html);
});

test('the picture stands before the end of the body, or last', () => {
  const pixel = 'https://t.example/o/T.gif';
  expect(trackedHtml('<body><p>x</p></body></html>', { linkFor: null, pixel })).toMatch(
    /<p>x<\/p><img src="[^"]+T\.gif"[^>]+><\/body>/,
  );
  expect(trackedHtml('x', { linkFor: null, pixel })).toMatch(/^x<img /);
});

const html = '<p>Grüße <a href="https://a.example/ä?b=1&amp;c=2">hier</a></p>';
const mail = (encoding: string, body: string, charset = 'utf-8') =>
  Buffer.from(
    [
      'From: a@example.org',
      'Date: Wed, 18 Nov 2026 10:00:00 +0000',
      'Message-ID: <one@example.org>',
      'MIME-Version: 1.0',
      'Content-Type: multipart/alternative; boundary=b',
      '',
      '--b',
      'Content-Type: text/plain; charset=utf-8',
      '',
      'https://a.example/plain',
      '--b',
      `Content-Type: text/html; charset=${charset}`,
      `Content-Transfer-Encoding: ${encoding}`,
      '',
      body,
      '--b--',
      '',
    ].join('\r\n'),
    charset === 'utf-8' ? 'utf8' : 'latin1',
  );

test.each([
  ['8bit', mail('8bit', html)],
  ['8bit', mail('8bit', html, 'iso-8859-1')],
  ['base64', mail('base64', Buffer.from(html).toString('base64'))],
  [
    'quoted-printable',
    mail(
      'quoted-printable',
      html.replaceAll('=', '=3D').replaceAll('ü', '=C3=BC').replaceAll('ß', '=C3=9F').replaceAll('ä', '=C3=A4'),
    ),
  ],
])('the HTML of a mail in %s is tracked and stays readable', async (_encoding, bytes) => {
  const tracked = trackedMessage(bytes, { linkFor, pixel: 'https://t.example/o/T.gif' });
  const parsed = await parseMessage(tracked, DEFAULT_PARSE_LIMITS);
  expect(parsed.html).toContain('Grüße');
  expect(parsed.html).toContain(encodeURIComponent('https://a.example/ä?b=1&c=2'));
  expect(parsed.html).toContain('/o/T.gif');
  expect(parsed.defects).toEqual([]);
  expect(tracked.toString('latin1')).toContain('https://a.example/plain\r\n');
});

test('sealed mail and attached HTML stay byte for byte', () => {
  const sealed = Buffer.from(mail('8bit', html).toString().replace('multipart/alternative', 'multipart/signed'));
  expect(trackedMessage(sealed, { linkFor, pixel: 'https://t.example/o' })).toBe(sealed);
  const attached = Buffer.from(
    mail('8bit', html)
      .toString()
      .replace('Content-Transfer-Encoding', 'Content-Disposition: attachment\r\nContent-Transfer-Encoding'),
  );
  expect(trackedMessage(attached, { linkFor, pixel: 'https://t.example/o' })).toBe(attached);
});

test('the fields of one-click unsubscription are added once', () => {
  const once = withUnsubscription(mail('8bit', html), { url: 'https://t.example/u/T' });
  expect(once.toString()).toMatch(
    /^List-Unsubscribe: <https:\/\/t\.example\/u\/T>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nFrom:/,
  );
  expect(withUnsubscription(once, { url: 'https://t.example/u/X' })).toBe(once);
});
