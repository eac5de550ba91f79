import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readMailKey } from '../../../src/adapters/mail-keys/read-key.js';
import { DEFAULT_PARSE_LIMITS, type ParsedMessage } from '../../../src/domain/parsed-message.js';
import type { MailKeyMaterial } from '../../../src/domain/protection.js';
import { openMessage } from '../../../src/engines/protection/open-message.js';
import { findInProtection } from '../../../src/engines/protection/protection-findings.js';
import { OAEP, OpenSsl, type TestCertificate } from '../../support/openssl.js';
import { findProgram } from '../../support/program.js';
import { protectedMail, textEntity } from '../../support/protected-mail.js';
import { lacking } from '../../support/summary-reporter.js';

const SECRET = 'The figures are 42 and 43: https://figures.example/q3';

let openssl: OpenSsl;
let authority: TestCertificate;
let ours: TestCertificate;
let oursOnCurve: TestCertificate;
let stranger: TestCertificate;
let ada: TestCertificate;

const absent = (await findProgram('openssl')) === null;

beforeEach(({ skip }) => {
  if (absent) skip(lacking('openssl'));
});
beforeAll(async () => {
  if (absent) return;
  openssl = await OpenSsl.create();
  authority = await openssl.certificate({ name: 'Test authority' });
  [ours, oursOnCurve, stranger, ada] = await Promise.all([
    openssl.certificate({ name: 'Team', address: 'team@example.org' }, 'rsa', authority),
    openssl.certificate({ name: 'Team', address: 'team@example.org' }, 'ec', authority),
    openssl.certificate({ name: 'Stranger', address: 'stranger@elsewhere.example' }, 'rsa', authority),
    openssl.certificate({ name: 'Ada', address: 'ada@sender.example' }, 'rsa', authority),
  ]);
}, 120_000);
afterAll(() => openssl?.remove());

/** As the organization would have it stored. */
async function keyOf(...pems: string[]): Promise<MailKeyMaterial> {
  return { ...(await readMailKey(pems.join('\n'), null)), revoked: false };
}
const own = (of: TestCertificate) => keyOf(of.certificate, of.key);
const anchor = () => keyOf(authority.certificate);

async function open(mail: Buffer, keys: MailKeyMaterial[], receivedAt = new Date().toISOString()) {
  const parsed = await openMessage(mail, DEFAULT_PARSE_LIMITS, { keys, sealed: false, receivedAt });
  return { parsed, protection: parsed.protection!, findings: codesOf(parsed) };
}
const codesOf = (parsed: ParsedMessage) => findInProtection(parsed.protection).map(({ code }) => code);

describe('an enveloped mail', () => {
  test.each([
    ['AES-256-CBC, RSA', () => ours, ['-aes-256-cbc'], false],
    ['AES-128-CBC, RSA', () => ours, ['-aes-128-cbc'], false],
    ['3DES, RSA', () => ours, ['-des3'], false],
    ['AES-256-CBC, RSA-OAEP with SHA-256', () => ours, ['-aes-256-cbc', OAEP], false],
    ['AES-256-GCM, RSA', () => ours, ['-aes-256-gcm'], true],
    ['AES-128-GCM, RSA-OAEP', () => ours, ['-aes-128-gcm', OAEP], true],
    ['AES-256-CBC, ECDH on P-256', () => oursOnCurve, ['-aes-256-cbc'], false],
    ['AES-256-GCM, ECDH on P-256', () => oursOnCurve, ['-aes-256-gcm'], true],
    ['by subject key identifier', () => ours, ['-keyid', '-aes-256-cbc'], false],
    ['in pieces of indefinite length', () => ours, ['-stream', '-aes-256-cbc'], false],
  ] as const)('is opened: %s', async (_name, recipient, options, authenticated) => {
    const entity = await openssl.encrypt(textEntity(SECRET), [stranger, recipient()], [...options]);
    const { parsed, protection, findings } = await open(protectedMail(entity), [await own(recipient())]);
    expect(parsed.text.trim()).toBe(SECRET);
    expect(parsed.newText).toBe(SECRET);
    expect(parsed.subject).toBe('Quarterly figures');
    expect(parsed.links.map(({ host }) => host)).toEqual(['figures.example']);
    expect(parsed.attachments).toEqual([]);
    expect(parsed.defects).toEqual([]);
    expect(protection).toMatchObject({
      kind: 'smime',
      encrypted: true,
      opened: true,
      reason: null,
      authenticated,
      mixed: false,
    });
    expect(findings).toEqual(authenticated ? [] : ['protection.unauthenticated']);
  });

  test('stays closed without its key, and is delivered with its file', async () => {
    const entity = await openssl.encrypt(textEntity(SECRET), [ours]);
    const { parsed, protection, findings } = await open(protectedMail(entity), [await own(stranger)]);
    expect(protection).toMatchObject({ encrypted: true, opened: false, reason: 'noKey', authenticated: null });
    expect(JSON.stringify(parsed)).not.toContain('42 and 43');
    expect(parsed.attachments).toMatchObject([{ filename: 'smime.p7m' }]);
    expect(findings).toEqual(['protection.unopened']);
  });

  test('stays closed by a key that was revoked', async () => {
    const entity = await openssl.encrypt(textEntity(SECRET), [ours]);
    const { protection } = await open(protectedMail(entity), [{ ...(await own(ours)), revoked: true }]);
    expect(protection).toMatchObject({ opened: false, reason: 'noKey' });
  });

  test('stays closed where another private key is stored for its certificate', async () => {
    const entity = await openssl.encrypt(textEntity(SECRET), [ours]);
    const wrong = { ...(await own(ours)), privatePart: (await own(stranger)).privatePart };
    const { parsed, protection } = await open(protectedMail(entity), [wrong]);
    expect(protection).toMatchObject({ opened: false, reason: 'damaged' });
    expect(JSON.stringify(parsed)).not.toContain('42 and 43');
  });

  test('keeps its attachments, with hashes and types of what they are', async () => {
    const inner = [
      'Content-Type: multipart/mixed; boundary=in',
      '',
      '--in',
      textEntity(SECRET),
      '--in',
      'Content-Type: application/pdf; name=figures.pdf',
      'Content-Disposition: attachment; filename=figures.pdf',
      '',
      '%PDF-1.4 not much of one',
      '--in--',
      '',
    ].join('\r\n');
    const { parsed } = await open(protectedMail(await openssl.encrypt(inner, [ours])), [await own(ours)]);
    expect(parsed.attachments).toMatchObject([
      { part: '1/2', filename: 'figures.pdf', sniffedType: 'application/pdf', size: 24 },
    ]);
    expect(parsed.structure).toMatchObject({ role: 'opened', children: [{ children: [{ role: 'text' }, {}] }] });
  });

  test('of 20 MB is opened', async () => {
    const line = `${'x'.repeat(70)}\r\n`;
    const entity = await openssl.encrypt(textEntity(line.repeat(280_000)), [ours]);
    const { protection } = await open(protectedMail(entity), [await own(ours)]);
    expect(protection).toMatchObject({ opened: true });
  });
});

describe('an enveloped mail that was changed', () => {
  /** One byte of the DER is changed, and the entity written anew. */
  function flipped(entity: Buffer, fromEnd: number): Buffer {
    const [head, body] = entity.toString('latin1').split('\r\n\r\n', 2) as [string, string];
    const der = Buffer.from(body, 'base64');
    der[der.length - fromEnd]! ^= 0x01;
    return protectedMail(`${head}\r\n\r\n${der.toString('base64').replace(/.{64}/g, '$&\r\n')}\r\n`);
  }

  test.each([5, 20, 40])('stays closed where GCM protects it (byte %d from its end)', async (fromEnd) => {
    const entity = await openssl.encrypt(textEntity(SECRET), [ours], ['-aes-256-gcm']);
    const { parsed, protection, findings } = await open(flipped(entity, fromEnd), [await own(ours)]);
    expect(protection).toMatchObject({ encrypted: true, opened: false, reason: 'damaged' });
    expect(JSON.stringify(parsed)).not.toContain('figures are');
    expect(findings).toEqual(['protection.unopened']);
  });

  test('in CBC is opened as what it now is, and marked: nothing shows the change', async () => {
    const entity = await openssl.encrypt(textEntity(`${SECRET} ${'and more '.repeat(20)}`), [ours]);
    const { protection, findings } = await open(flipped(entity, 100), [await own(ours)]);
    expect(protection).toMatchObject({ opened: true, authenticated: false });
    expect(findings).toContain('protection.unauthenticated');
  });

  test('in its padding stays closed', async () => {
    const entity = await openssl.encrypt(textEntity(SECRET), [ours]);
    const { protection } = await open(flipped(entity, 17), [await own(ours)]);
    expect(protection).toMatchObject({ opened: false, reason: 'damaged' });
  });
});

test('encrypted content is never joined with HTML around it (EFAIL)', async () => {
  const entity = await openssl.encrypt(textEntity(SECRET), [ours], ['-aes-256-gcm']);
  const mail = protectedMail(
    [
      'Content-Type: multipart/mixed; boundary=efail',
      '',
      '--efail',
      'Content-Type: text/html',
      '',
      '<img src="http://stranger.example/',
      '--efail',
      entity.toString('latin1'),
      '--efail',
      'Content-Type: text/html',
      '',
      '">',
      '--efail--',
      '',
    ].join('\r\n'),
  );
  const { parsed, protection, findings } = await open(mail, [await own(ours)]);
  expect(protection).toMatchObject({ opened: true, mixed: true });
  expect(parsed.html).toContain('stranger.example');
  expect(parsed.html).not.toContain('figures');
  expect(parsed.text).toContain('figures are 42');
  expect(parsed.links.every(({ url }) => !url.includes('42'))).toBe(true);
  expect(findings).toContain('protection.mixed');
});

describe('a signed mail', () => {
  const signed = async (options: string[] = [], text = SECRET) =>
    protectedMail(await openssl.sign(textEntity(text), ada, options));

  test.each([
    ['multipart/signed', []],
    ['opaque', ['-nodetach']],
    ['RSA-PSS', ['-keyopt', 'rsa_padding_mode:pss']],
    ['by subject key identifier', ['-keyid']],
  ])('is valid where its certificate chains to an authority: %s', async (_name, options) => {
    const { parsed, protection, findings } = await open(await signed(options), [await anchor()]);
    expect(parsed.text.trim()).toBe(SECRET);
    expect(protection).toMatchObject({ kind: 'smime', encrypted: false, opened: false, reason: null });
    expect(protection.signatures).toMatchObject([
      {
        status: 'valid',
        signer: 'ada@sender.example',
        matchesFrom: true,
        coversAll: true,
        algorithm: 'sha256 rsa',
        issuer: 'Test authority',
        reason: null,
      },
    ]);
    expect(findings).toEqual(['protection.signed']);
  });

  test('is valid by ECDSA', async () => {
    const mail = protectedMail(await openssl.sign(textEntity(SECRET), oursOnCurve), { from: 'team@example.org' });
    const { protection } = await open(mail, [await anchor()]);
    expect(protection.signatures).toMatchObject([{ status: 'valid', algorithm: 'sha256 ec', matchesFrom: true }]);
  });

  test('is valid where its certificate itself is known', async () => {
    const { protection } = await open(await signed(), [await keyOf(ada.certificate)]);
    expect(protection.signatures).toMatchObject([{ status: 'valid' }]);
  });

  test('without its certificate is verified by the one that is known, or not at all', async () => {
    const mail = await signed(['-nocerts']);
    expect((await open(mail, [await keyOf(ada.certificate)])).protection.signatures).toMatchObject([
      { status: 'valid', matchesFrom: true },
    ]);
    const { protection, findings } = await open(mail, [await anchor()]);
    expect(protection.signatures).toMatchObject([{ status: 'unknownKey', signer: null }]);
    expect(findings).toEqual(['protection.unknownKey']);
  });

  test('is not trusted by an authority that the organization does not know, nor by none', async () => {
    const other = await openssl.certificate({ name: 'Another authority' });
    for (const keys of [[], [await keyOf(other.certificate)]]) {
      const { protection, findings } = await open(await signed(), keys);
      expect(protection.signatures).toMatchObject([{ status: 'untrusted' }]);
      expect(findings).toEqual(['protection.untrusted']);
    }
  });

  test('is not trusted by an authority of the same name and another key', async () => {
    const forged = await openssl.certificate({ name: 'Test authority' });
    const { protection } = await open(await signed(), [await keyOf(forged.certificate)]);
    expect(protection.signatures).toMatchObject([{ status: 'untrusted' }]);
  });

  test('is valid through an intermediate authority that comes with it', async () => {
    const between = await openssl.certificate({ name: 'Between' });
    const leaf = await openssl.certificate({ name: 'Ada', address: 'ada@sender.example' }, 'rsa', between);
    const chain = await openssl.file(await openssl.crossCertificate(between, authority));
    const mail = protectedMail(await openssl.sign(textEntity(SECRET), leaf, ['-certfile', chain]));
    expect((await open(mail, [await anchor()])).protection.signatures).toMatchObject([{ status: 'valid' }]);
  });

  test('is not trusted by authorities that vouch for each other, and that is found out at once', async () => {
    const [a, b] = [await openssl.certificate({ name: 'Loop A' }), await openssl.certificate({ name: 'Loop B' })];
    const leaf = await openssl.certificate({ name: 'Ada', address: 'ada@sender.example' }, 'rsa', a);
    const loop = [await openssl.crossCertificate(a, b), await openssl.crossCertificate(b, a)].join('\n');
    const mail = protectedMail(await openssl.sign(textEntity(SECRET), leaf, ['-certfile', await openssl.file(loop)]));
    expect((await open(mail, [await anchor()])).protection.signatures).toMatchObject([{ status: 'untrusted' }]);
  });

  test('is not trusted through a certificate that is no authority', async () => {
    const forged = await openssl.certificate({ name: 'Ada', address: 'ada@sender.example' }, 'rsa', stranger);
    const chain = await openssl.file(stranger.certificate);
    const mail = protectedMail(await openssl.sign(textEntity(SECRET), forged, ['-certfile', chain]));
    expect((await open(mail, [await anchor()])).protection.signatures).toMatchObject([{ status: 'untrusted' }]);
  });

  test('is not trusted after its certificate was revoked', async () => {
    const revoked = { ...(await keyOf(ada.certificate)), revoked: true };
    const { protection } = await open(await signed(), [await anchor(), revoked]);
    expect(protection.signatures).toMatchObject([{ status: 'untrusted', reason: expect.stringContaining('revoked') }]);
  });

  test('is not trusted by a certificate for servers', async () => {
    const purpose = { name: 'Ada', address: 'ada@sender.example', purpose: 'serverAuth' };
    const server = await openssl.certificate(purpose, 'rsa', authority);
    const mail = protectedMail(await openssl.sign(textEntity(SECRET), server));
    expect((await open(mail, [await anchor()])).protection.signatures).toMatchObject([{ status: 'untrusted' }]);
  });

  test('is expired where the message is from before or after its certificate', async () => {
    const early = protectedMail(await openssl.sign(textEntity(SECRET), ada), {
      date: 'Mon, 6 Jan 2020 10:00:00 +0000',
    });
    const before = await open(early, [await anchor()]);
    expect(before.protection.signatures).toMatchObject([{ status: 'expired' }]);
    expect(before.findings).toEqual(['protection.expiredKey']);
    const late = protectedMail(await openssl.sign(textEntity(SECRET), ada), { date: 'Sun, 6 Jan 2058 10:00:00 +0000' });
    const after = await open(late, [await anchor()], '2058-01-06T11:00:00Z');
    expect(after.protection.signatures).toMatchObject([{ status: 'expired' }]);
  });

  test('a Date in the future does not bring a certificate into force', async () => {
    const late = protectedMail(await openssl.sign(textEntity(SECRET), ada), { date: 'Sun, 6 Jan 2058 10:00:00 +0000' });
    const { protection } = await open(late, [await anchor()]);
    expect(protection.signatures).toMatchObject([{ status: 'valid' }]);
  });

  test('of somebody else than its author says so', async () => {
    const mail = protectedMail(await openssl.sign(textEntity(SECRET), stranger));
    const { protection, findings } = await open(mail, [await anchor()]);
    expect(protection.signatures).toMatchObject([{ status: 'valid', matchesFrom: false }]);
    expect(findings).toEqual(['protection.signerMismatch']);
  });

  test.each([
    ['a word of the text', (mail: string) => mail.replace('42 and 43', '52 and 53')],
    ['a space at a line end', (mail: string) => mail.replace('/q3', '/q3 ')],
    ['a field of the signed part', (mail: string) => mail.replace('charset=utf-8', 'charset=us-ascii')],
    ['another signature', (mail: string) => mail], // see below
  ])('is invalid where other bytes were signed: %s', async (name, change) => {
    let mail = (await signed()).toString('latin1');
    const before = mail;
    if (name === 'another signature') {
      const other = (await signed([], 'Something else')).toString('latin1');
      const text = /Content-Type: text\/plain[\s\S]*?\r\n\r\n.*\r\n/;
      mail = other.replace(text.exec(other)![0], text.exec(mail)![0]);
    } else mail = change(mail);
    expect(mail).not.toBe(before);
    const { protection, findings } = await open(Buffer.from(mail, 'latin1'), [await anchor()]);
    expect(protection.signatures).toMatchObject([{ status: 'invalid' }]);
    expect(findings).toEqual(['protection.badSignature']);
  });

  test('whose signature cannot be read is invalid, not unsigned', async () => {
    const mail = (await signed())
      .toString('latin1')
      .replace(/(smime\.p7s"\r\n\r\n)[\s\S]*?\r\n\r\n/, '$1bm9uc2Vuc2U=\r\n\r\n');
    const { protection } = await open(Buffer.from(mail, 'latin1'), [await anchor()]);
    expect(protection.signatures).toMatchObject([{ status: 'invalid', reason: 'the signature cannot be read' }]);
  });

  test('keeps its signature where a store has changed its line ends to LF', async () => {
    const mail = (await signed()).toString('latin1').replaceAll('\r\n', '\n');
    const { protection } = await open(Buffer.from(mail, 'latin1'), [await anchor()]);
    expect(protection.signatures).toMatchObject([{ status: 'valid' }]);
  });

  test('does not vouch for text that stands beside it', async () => {
    const entity = (await openssl.sign(textEntity(SECRET), ada)).toString('latin1');
    const parts = [
      'Content-Type: multipart/mixed; boundary=list',
      '',
      '--list',
      entity,
      '--list',
      textEntity('Footer'),
    ];
    const { protection, findings } = await open(protectedMail([...parts, '--list--', ''].join('\r\n')), [
      await anchor(),
    ]);
    expect(protection.signatures).toMatchObject([{ status: 'valid', coversAll: false }]);
    expect(findings).toEqual(['protection.partlySigned']);
  });

  test('does not vouch for a third part', async () => {
    const mail = (await signed()).toString('latin1');
    const boundary = /boundary="([^"]+)"/.exec(mail)![1]!;
    const more = mail.replace(
      `\r\n--${boundary}--`,
      `\r\n--${boundary}\r\n${textEntity('Pay here')}\r\n--${boundary}--`,
    );
    const { parsed, protection } = await open(Buffer.from(more, 'latin1'), [await anchor()]);
    expect(parsed.text).toContain('Pay here');
    expect(protection.signatures).toMatchObject([{ status: 'valid', coversAll: false }]);
  });
});

describe('layers', () => {
  test('signed and then encrypted: both are said, and the signature makes up for CBC', async () => {
    const signed = await openssl.sign(textEntity(SECRET), ada);
    const mail = protectedMail(await openssl.encrypt(signed, [ours]));
    const { parsed, protection, findings } = await open(mail, [await own(ours), await anchor()]);
    expect(parsed.text.trim()).toBe(SECRET);
    expect(protection).toMatchObject({ encrypted: true, opened: true, authenticated: true });
    expect(protection.signatures).toMatchObject([{ status: 'valid', coversAll: true, matchesFrom: true }]);
    expect(findings).toEqual(['protection.signed']);
  });

  test('encrypted and then signed, opaque', async () => {
    const encrypted = await openssl.encrypt(textEntity(SECRET), [ours]);
    const mail = protectedMail(await openssl.sign(encrypted, ada, ['-nodetach']));
    const { parsed, protection } = await open(mail, [await own(ours), await anchor()]);
    expect(parsed.text.trim()).toBe(SECRET);
    expect(protection).toMatchObject({ encrypted: true, opened: true });
    expect(protection.signatures).toMatchObject([{ status: 'valid' }]);
  });

  test('more than six are not opened', async () => {
    let entity: string | Buffer = textEntity(SECRET);
    for (let layer = 0; layer < 8; layer += 1) entity = await openssl.encrypt(entity, [ours], ['-aes-128-gcm']);
    const { parsed, protection } = await open(protectedMail(entity), [await own(ours)]);
    expect(protection).toMatchObject({ opened: false, reason: 'limit' });
    expect(JSON.stringify(parsed)).not.toContain('figures are');
  });
});

describe('a protected header', () => {
  const entity = (subject: string, type = 'protected-headers="v1"') =>
    `Content-Type: text/plain; charset=utf-8; ${type}\r\nFrom: ada@sender.example\r\nSubject: ${subject}\r\n\r\n${SECRET}\r\n`;

  test.each(['...', '[...]'])('is shown in the place of "%s"', async (subject) => {
    const mail = protectedMail(await openssl.encrypt(entity('Merger'), [ours]), { subject });
    const { parsed, protection } = await open(mail, [await own(ours)]);
    expect(parsed.subject).toBe('Merger');
    expect(protection).toMatchObject({ subject: 'protected', differs: [] });
  });

  test('of a whole message inside (RFC 8551) is shown', async () => {
    const message = `Content-Type: message/rfc822\r\n\r\nFrom: ada@sender.example\r\nSubject: Merger\r\n${textEntity(SECRET)}`;
    const mail = protectedMail(await openssl.encrypt(message, [ours]), { subject: '...' });
    const { parsed, protection } = await open(mail, [await own(ours)]);
    expect(parsed.subject).toBe('Merger');
    expect(parsed.text.trim()).toBe(SECRET);
    expect(protection.subject).toBe('protected');
  });

  test('that differs is told, and does not replace what everybody saw', async () => {
    const mail = protectedMail(await openssl.encrypt(entity('Merger', 'hp="cipher"'), [ours]), {
      from: 'eve@evil.example',
    });
    const { parsed, protection, findings } = await open(mail, [await own(ours)]);
    expect(parsed.subject).toBe('Quarterly figures');
    expect(protection).toMatchObject({ subject: 'outer', differs: ['subject', 'from'] });
    expect(findings).toEqual(expect.arrayContaining(['protection.fromDiffers', 'protection.subjectDiffers']));
  });

  test('is none where the part does not say so', async () => {
    const mail = protectedMail(await openssl.encrypt(entity('Merger', 'x=y'), [ours]), { subject: '...' });
    expect((await open(mail, [await own(ours)])).parsed.subject).toBe('...');
  });
});

test('whatever bytes are changed, a mail is read without an error', async () => {
  const mails = await Promise.all([
    openssl.encrypt(textEntity(SECRET), [ours]),
    openssl.encrypt(textEntity(SECRET), [oursOnCurve], ['-aes-256-gcm']),
    openssl.sign(textEntity(SECRET), ada, ['-nodetach']),
    openssl.sign(textEntity(SECRET), ada),
  ]);
  const keys = [await own(ours), await own(oursOnCurve), await anchor()];
  const change = fc.record({
    mail: fc.constantFrom(...mails),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 4 }),
  });
  await fc.assert(
    fc.asyncProperty(change, async ({ mail, at, bytes }) => {
      const written = /(?:[A-Za-z0-9+/=]{64}\r\n){5,}[A-Za-z0-9+/=]*/.exec(mail.toString('latin1'))![0];
      const der = Buffer.from(written, 'base64');
      der.set(bytes, Math.floor(at * (der.length - 4)));
      const base64 = der.toString('base64').replace(/.{64}/g, '$&\r\n');
      const changed = mail.toString('latin1').replace(written, base64);
      const { protection } = await open(protectedMail(changed), keys);
      expect(protection.kind).toBe('smime');
    }),
    { numRuns: 150, endOnFailure: true },
  );
});

test('ASN.1 that is nested without end is damaged, not fatal', async () => {
  const der = Buffer.alloc(200_000, Buffer.from([0x30, 0x80]));
  const entity = `Content-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: base64\r\n\r\n${der.toString('base64')}\r\n`;
  const { protection } = await open(protectedMail(entity), [await own(ours)]);
  expect(protection).toMatchObject({ opened: false, reason: 'damaged' });
});

test('a compression bomb is not unpacked', async () => {
  const der = compressedData(deflateSync(Buffer.alloc(200 * 1024 * 1024, 'x')));
  const entity = `Content-Type: application/pkcs7-mime; smime-type=compressed-data\r\nContent-Transfer-Encoding: base64\r\n\r\n${der.toString('base64').replace(/.{64}/g, '$&\r\n')}\r\n`;
  const { protection } = await open(protectedMail(entity), []);
  expect(protection).toMatchObject({ opened: false, reason: 'limit' });
});

/** RFC 3274. */
function compressedData(content: Buffer): Buffer {
  const tagged = (tag: number, ...parts: Buffer[]) => {
    const value = Buffer.concat(parts);
    const length = Buffer.alloc(5);
    length[0] = 0x84;
    length.writeUInt32BE(value.length, 1);
    return Buffer.concat([Buffer.from([tag]), length, value]);
  };
  const oid = (hex: string) => tagged(0x06, Buffer.from(hex, 'hex'));
  const data = tagged(0x30, oid('2a864886f70d010701'), tagged(0xa0, tagged(0x04, content)));
  const algorithm = tagged(0x30, oid('2a864886f70d0109100308'));
  const compressed = tagged(0x30, tagged(0x02, Buffer.from([0])), algorithm, data);
  return tagged(0x30, oid('2a864886f70d0109100109'), tagged(0xa0, compressed));
}
