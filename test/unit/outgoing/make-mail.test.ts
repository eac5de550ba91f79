import { simpleParser } from 'mailparser';
import { describe, expect, test } from 'vitest';
import { checkHeader } from '../../../src/engines/outgoing/header-check.js';
import { makeMail, type MakingOrder } from '../../../src/engines/outgoing/make-mail.js';
import { personalizeMail } from '../../../src/engines/outgoing/personalize.js';
import { findDisclosedSecrets } from '../../../src/engines/outgoing/disclosed-secrets.js';
import { FindingList } from '../../../src/engines/security/finding-list.js';

const mail = (...lines: string[]) => Buffer.from(lines.join('\r\n'));
const ORDER: MakingOrder = {
  id: '0198',
  domain: 'org.example',
  date: new Date('2026-01-02T03:04:05Z'),
  changes: { footers: [{ text: 'Foot & note', html: null }], prefixes: [], notices: ['Take care'], headers: [] },
};
const FROM = ['From: ada@org.example', 'Subject: S', 'MIME-Version: 1.0'];

describe('what leaves', () => {
  test('is the same each time, with a date and an id of its own', async () => {
    const given = mail(...FROM, 'Content-Type: text/html', '', '<p>Hi <a href="https://x.example/a">there</a></p>');
    const made = makeMail(given, ORDER);
    expect(makeMail(given, ORDER).bytes.equals(made.bytes)).toBe(true);
    const read = await simpleParser(made.bytes);
    expect(read.messageId).toBe('<0198@org.example>');
    expect(read.date).toEqual(ORDER.date);
    expect(read.text).toMatch(/^Take care\s+Hi there \[https:\/\/x\.example\/a\]\s+Foot & note/);
    expect(read.html).toContain('Foot &amp; note');
  });

  test('keeps pictures with the HTML that shows them', async () => {
    const given = mail(
      ...FROM,
      'Content-Type: multipart/mixed; boundary=m',
      '',
      '--m',
      'Content-Type: multipart/related; boundary=r',
      '',
      '--r',
      'Content-Type: text/html',
      '',
      '<img src="cid:a"><p>Hi</p>',
      '--r',
      'Content-Type: image/png',
      'Content-ID: <a>',
      'Content-Transfer-Encoding: base64',
      '',
      'AAAA',
      '--r--',
      '',
      '--m',
      'Content-Type: application/pdf; name=b.pdf',
      'Content-Transfer-Encoding: base64',
      '',
      'BBBB',
      '--m--',
      '',
    );
    const read = await simpleParser(makeMail(given, ORDER).bytes);
    expect(read.attachments.map(({ contentType, related }) => [contentType, related ?? false])).toEqual([
      ['image/png', true],
      ['application/pdf', false],
    ]);
    expect(read.text).toContain('Foot & note');
    expect(read.html).toContain('Foot &amp; note');
  });

  test('has no line that a server refuses', () => {
    const made = makeMail(mail(...FROM, 'Content-Type: text/plain', '', `${'ü'.repeat(2_000)}\r\n`), ORDER);
    expect(
      Math.max(
        ...made.bytes
          .toString('latin1')
          .split('\r\n')
          .map(({ length }) => length),
      ),
    ).toBeLessThanOrEqual(998);
  });

  test('is unchanged in what its client signed', () => {
    const body = [
      '--s',
      'Content-Type: text/html',
      '',
      '<p>signed</p>',
      '--s',
      'Content-Type: application/pgp-signature',
      '',
      'x',
      '--s--',
      '',
    ];
    const given = mail(...FROM, 'Content-Type: multipart/signed; boundary=s', '', ...body);
    const made = makeMail(given, ORDER);
    expect(made.isProtected).toBe(true);
    expect(made.bytes.toString()).toContain(`\r\n\r\n${body.join('\r\n')}`);
  });

  test('a mail of files alone gets a text for its footer', async () => {
    const given = mail(
      ...FROM,
      'Content-Type: application/pdf',
      'Content-Transfer-Encoding: base64',
      '',
      'JVBERi0=',
      '',
    );
    const read = await simpleParser(makeMail(given, ORDER).bytes);
    expect(read.text).toContain('Foot & note');
    expect(read.attachments[0]!.content.toString()).toBe('%PDF-');
  });
});

describe('merge fields', () => {
  const bytes = mail(
    'From: ada@org.example',
    'Subject: Hi {{name|there}}',
    'List-Unsubscribe: <{{everpost.unsubscribe}}>',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    Buffer.from('Grüße {{name|there}}, {{ offer }} {{constructor|no}}').toString('base64'),
  );
  const own = { unsubscribeUrl: 'https://t.example/u/1' };

  test('are filled within encoded parts and header fields', async () => {
    const filled = personalizeMail(bytes, { name: 'Zoë\r\nBcc: x@y.example', offer: '{{name}}' }, own);
    const read = await simpleParser((filled as { bytes: Buffer }).bytes);
    expect(read.subject).toBe('Hi Zoë Bcc: x@y.example');
    expect(read.headers.has('bcc')).toBe(false);
    expect(read.text).toContain(', {{name}} no');
    expect((filled as { bytes: Buffer }).bytes.toString()).toContain('List-Unsubscribe: <https://t.example/u/1>');
  });

  test('that are missing are named', () => {
    expect(personalizeMail(bytes, {}, own)).toEqual({ result: 'missing', fields: ['offer'] });
  });
});

describe('what is found in outgoing mail', () => {
  const header = (bytes: Buffer) => {
    const findings = new FindingList();
    checkHeader(bytes, false, findings);
    return findings.toArray().map(({ code }) => code);
  };

  test('are header sections that programs read differently', () => {
    expect(header(mail(...FROM, '', 'x'))).toEqual([]);
    expect(header(mail('From: a@b.example', 'Subject: x\nBcc: y@z.example', '', ''))).toEqual([
      'outgoing.header.injection',
    ]);
    expect(header(mail('From: a@b.example', 'From: c@d.example', '', ''))).toEqual(['outgoing.header.duplicated']);
    expect(header(mail('Subject: x\ry', 'no field', '', ''))).toContain('outgoing.header.malformed');
    expect(header(mail('Subject: ü', '', ''))).toEqual(['outgoing.header.charset']);
  });

  test.each([
    ['card 4111-1111-1111-1111.', ['secret.card']],
    ['order 4111111111111112', []],
    ['DE89 3704 0044 0532 0130 00', ['secret.account']],
    ['Password: hunter22!', ['secret.password']],
    ['the password is hunter22', ['secret.password']],
    ['Reset your password: https://x.example/r?t=1', []],
    ['Your code is 123456', []],
    ['-----BEGIN RSA PRIVATE KEY-----\nMIIE', ['secret.privateKey']],
  ])('are secrets: %s', async (text, codes) => {
    const findings = new FindingList();
    await findDisclosedSecrets(text, 'its text', findings);
    expect(findings.toArray().map(({ code }) => code)).toEqual(codes);
    for (const { explanation } of findings.toArray()) expect(explanation).not.toMatch(/4111|hunter|3704|MIIE/);
  });
});
