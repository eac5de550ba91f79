import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readMailKey } from '../../../src/adapters/mail-keys/read-key.js';
import { DEFAULT_PARSE_LIMITS } from '../../../src/domain/parsed-message.js';
import type { MailKeyMaterial } from '../../../src/domain/protection.js';
import { openMessage } from '../../../src/engines/protection/open-message.js';
import { sealMessage, type SealingOrder, type SealingSigner } from '../../../src/engines/sealing/seal-message.js';
import { isTransportSafe } from '../../../src/engines/sealing/transport-safe.js';
import { GnuPg } from '../../support/gnupg.js';
import { entityOf, partsOf } from '../../support/mime-sections.js';
import { OpenSsl, type TestCertificate } from '../../support/openssl.js';
import { findProgram } from '../../support/program.js';
import { lacking } from '../../support/summary-reporter.js';

const SECRET = 'Die Zahlen für Q3 sind 42 und 43.';
const MESSAGE = Buffer.from(
  [
    'From: Ada <ada@sender.example>',
    'To: team@example.org',
    'Subject: Quarterly figures',
    'Message-ID: <q3@sender.example>',
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary="mix"',
    '',
    'for old programs',
    '--mix',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    SECRET,
    'From here on a line with white space at its end   ',
    '-- ',
    'Ada',
    '--mix',
    'Content-Type: application/octet-stream; name=raw.bin',
    'Content-Disposition: attachment; filename=raw.bin',
    'Content-Transfer-Encoding: binary',
    '',
    '\x00\x01 \n bytes \t',
    '--mix--',
    '',
  ].join('\r\n'),
  'utf8',
);

let openssl: OpenSsl;
let gnupg: GnuPg;
let authority: TestCertificate;
let ada: TestCertificate;
let adaOnCurve: TestCertificate;
let team: TestCertificate;
let teamOnCurve: TestCertificate;
let adaPgp: { privateKey: string; publicKey: string };
let teamPgp: { privateKey: string; publicKey: string };
let teamRsaPgp: { privateKey: string; publicKey: string };

const absent = (await findProgram('openssl')) === null ? 'openssl' : (await findProgram('gpg')) === null ? 'gpg' : null;

beforeEach(({ skip }) => {
  if (absent !== null) skip(lacking(absent));
});
beforeAll(async () => {
  if (absent !== null) return;
  [openssl, gnupg] = await Promise.all([OpenSsl.create(), GnuPg.create()]);
  authority = await openssl.certificate({ name: 'Test authority' });
  [ada, adaOnCurve, team, teamOnCurve] = await Promise.all([
    openssl.certificate({ name: 'Ada', address: 'ada@sender.example' }, 'rsa', authority),
    openssl.certificate({ name: 'Ada', address: 'ada@sender.example' }, 'ec', authority),
    openssl.certificate({ name: 'Team', address: 'team@example.org' }, 'rsa', authority),
    openssl.certificate({ name: 'Team', address: 'team@example.org' }, 'ec', authority),
  ]);
  adaPgp = await gnupg.generate('ada@sender.example');
  teamPgp = await gnupg.generate('team@example.org');
  teamRsaPgp = await gnupg.generate('team-rsa@example.org', 'rsa2048');
}, 120_000);
afterAll(async () => {
  await openssl?.remove();
  await gnupg?.remove();
});

const signerOf = ({ certificate, key }: TestCertificate): SealingSigner => ({
  publicPart: certificate,
  privatePart: key,
  chain: [],
});
const pgpSigner = ({ privateKey, publicKey }: typeof adaPgp): SealingSigner => ({
  publicPart: publicKey,
  privatePart: privateKey,
  chain: [],
});
const to = (publicPart: string, readsGcm = false) => ({ publicPart, readsGcm });

const order = (over: Partial<SealingOrder>): SealingOrder => ({
  form: 'smime',
  signer: null,
  recipients: [],
  cipher: 'AUTO',
  protectHeaders: false,
  now: new Date(),
  ...over,
});
const seal = (over: Partial<SealingOrder>, message = MESSAGE) => sealMessage(message, order(over));

async function stored(...keys: string[]): Promise<MailKeyMaterial> {
  return { ...(await readMailKey(keys.join('\n'), null)), revoked: false };
}
const open = async (mail: Buffer, keys: MailKeyMaterial[]) =>
  openMessage(mail, DEFAULT_PARSE_LIMITS, { keys, sealed: false, receivedAt: new Date().toISOString() });

/** What openssl gives of a signed entity, its certificates checked against the authority. */
const verifiedByOpenSsl = (mail: Buffer) => openssl.run(['cms', '-verify', '-CAfile', authority.certificateFile], mail);
const decryptedByOpenSsl = (mail: Buffer, { certificateFile, keyFile }: TestCertificate) =>
  openssl.run(['cms', '-decrypt', '-recip', certificateFile, '-inkey', keyFile], mail);

describe('S/MIME', () => {
  test.each([
    ['RSA', () => ada],
    ['P-256', () => adaOnCurve],
  ])('signed by %s, it is verified by openssl and by us, and keeps its fields and parts', async (_name, key) => {
    const mail = await seal({ signer: signerOf(key()) });
    const { header, type } = entityOf(mail);
    expect(type).toMatch(/^multipart\/signed; protocol="application\/pkcs7-signature"; micalg=sha-256;/);
    expect(header).toContain('Subject: Quarterly figures\r\n');
    expect(header.match(/^(?:content-type|mime-version):/gim)).toHaveLength(2);
    expect(isTransportSafe(mail)).toBe(true);
    expect(await verifiedByOpenSsl(mail)).toEqual(partsOf(mail)[0]);
    const parsed = await open(mail, [await stored(authority.certificate)]);
    expect(parsed.protection!.signatures).toMatchObject([
      { status: 'valid', signer: 'ada@sender.example', matchesFrom: true, coversAll: true },
    ]);
    expect(parsed.text).toContain(SECRET);
    expect(parsed.text).toContain('white space at its end   \n');
    expect(parsed.attachments.map(({ filename, size }) => [filename, size])).toContainEqual(['raw.bin', 12]);
  });

  test('carries its chain, so that a reader who knows the root alone verifies it', async () => {
    const middle = await openssl.authority('Middle', authority);
    const leaf = await openssl.certificate({ name: 'Ada', address: 'ada@sender.example' }, 'ec', middle);
    const facts = await readMailKey(
      [leaf.certificate, leaf.key, authority.certificate, middle.certificate].join('\n'),
      null,
    );
    expect(facts.chain).toHaveLength(1);
    const signer = { publicPart: facts.publicPart, privatePart: facts.privatePart!, chain: facts.chain! };
    const mail = await seal({ signer });
    expect(await verifiedByOpenSsl(mail)).toEqual(partsOf(mail)[0]);
    await expect(verifiedByOpenSsl(await seal({ signer: { ...signer, chain: [] } }))).rejects.toThrow('issuer');
  });

  test.each([
    ['AES-256-CBC to RSA', () => team, 'AES_256_CBC', 'enveloped-data'],
    ['AES-256-CBC to P-256', () => teamOnCurve, 'AES_256_CBC', 'enveloped-data'],
    ['AES-256-GCM to RSA', () => team, 'AES_256_GCM', 'authEnveloped-data'],
    ['AES-256-GCM to P-256', () => teamOnCurve, 'AES_256_GCM', 'authEnveloped-data'],
  ] as const)('encrypted by %s, openssl and we open it', async (_name, recipient, cipher, type) => {
    const mail = await seal({ recipients: [to(ada.certificate), to(recipient().certificate)], cipher });
    expect(mail.includes('Zahlen')).toBe(false);
    expect(entityOf(mail).type).toBe(`application/pkcs7-mime; smime-type=${type}; name="smime.p7m"`);
    const opened = await decryptedByOpenSsl(mail, recipient());
    expect(opened.toString()).toMatch(/^Content-Type: multipart\/mixed/);
    expect((await open(mail, [await stored(recipient().certificate, recipient().key)])).text).toContain(SECRET);
    await expect(decryptedByOpenSsl(mail, adaOnCurve)).rejects.toThrow('Command failed');
  });

  test('AES-GCM is chosen where all certificates say that it is read', async () => {
    const type = async (...gcm: boolean[]) =>
      entityOf(await seal({ recipients: gcm.map((reads) => to(team.certificate, reads)) })).type;
    expect(await type(true, true)).toContain('authEnveloped');
    expect(await type(true, false)).toContain('smime-type=enveloped');
  });

  test('signed and encrypted, the signature is inside', async () => {
    const mail = await seal({ signer: signerOf(ada), recipients: [to(team.certificate)] });
    const inner = await decryptedByOpenSsl(mail, team);
    expect(entityOf(inner).type).toMatch(/^multipart\/signed/);
    expect(await verifiedByOpenSsl(inner)).toEqual(partsOf(inner)[0]);
    const { protection } = await open(mail, [
      await stored(team.certificate, team.key),
      await stored(authority.certificate),
    ]);
    expect(protection).toMatchObject({ encrypted: true, opened: true, authenticated: true });
    expect(protection!.signatures).toMatchObject([{ status: 'valid', coversAll: true }]);
  });

  test('what somebody else signed with eight bits goes in unchanged, under an opaque signature', async () => {
    const foreign = [
      'Content-Type: multipart/signed; protocol="application/pgp-signature"; micalg=pgp-sha256; boundary=f',
      '',
      '--f',
      'Content-Type: text/plain; charset=utf-8',
      'Content-Transfer-Encoding: 8bit',
      '',
      'Grüße',
      '--f',
      'Content-Type: application/pgp-signature',
      '',
      'none',
      '--f--',
    ].join('\r\n');
    const mail = Buffer.from(
      `From: ada@sender.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\n${foreign}\r\n--o--\r\n`,
    );
    const sealed = await seal({ signer: signerOf(ada) }, mail);
    expect(entityOf(sealed).type).toContain('smime-type=signed-data');
    expect(isTransportSafe(sealed)).toBe(true);
    expect((await verifiedByOpenSsl(sealed)).includes(foreign)).toBe(true);
  });
});

describe('OpenPGP', () => {
  test('signed, gpg and we verify it', async () => {
    const mail = await seal({ form: 'openpgp', signer: pgpSigner(adaPgp) });
    const [content, signature] = partsOf(mail);
    expect(isTransportSafe(mail)).toBe(true);
    const status = await gnupg.verify(content!, entityOf(signature!).body);
    expect(status).toContain('GOODSIG');
    // VALIDSIG ends in: version, reserved, public key algorithm, hash algorithm, class, fingerprint.
    const hash = { 8: 'sha256', 9: 'sha384', 10: 'sha512' }[Number(/VALIDSIG (?:\S+ ){7}(\d+)/.exec(status)![1])];
    expect(entityOf(mail).type).toContain(`micalg=pgp-${hash}`);
    const { protection } = await open(mail, [await stored(adaPgp.publicKey)]);
    expect(protection!.signatures).toMatchObject([{ status: 'valid', matchesFrom: true, coversAll: true }]);
  });

  test('changed on the way, its signature is bad', async () => {
    const [content, signature] = partsOf(await seal({ form: 'openpgp', signer: pgpSigner(adaPgp) }));
    const changed = Buffer.from(content!.toString('latin1').replace('42', '24'), 'latin1');
    await expect(gnupg.verify(changed, entityOf(signature!).body)).rejects.toThrow('BAD signature');
  });

  test.each([
    ['on curve 25519', () => teamPgp],
    ['of RSA', () => teamRsaPgp],
  ])('encrypted to a key %s and signed, gpg and we open it', async (_name, key) => {
    const recipients = [to(key().publicKey), to(adaPgp.publicKey)];
    const mail = await seal({ form: 'openpgp', signer: pgpSigner(adaPgp), recipients });
    const [control, data] = partsOf(mail);
    expect(entityOf(control!)).toMatchObject({ type: 'application/pgp-encrypted' });
    expect(entityOf(control!).body.toString()).toMatch(/^Version: 1/);
    const { content, status } = await gnupg.decrypt(entityOf(data!).body);
    expect(status).toContain('GOODSIG');
    expect(status).toContain('DECRYPTION_OKAY');
    expect(entityOf(content).type).toMatch(/^multipart\/mixed/);
    const parsed = await open(mail, [await stored(key().privateKey), await stored(adaPgp.publicKey)]);
    expect(parsed.text).toContain(SECRET);
    expect(parsed.protection).toMatchObject({ opened: true, authenticated: true });
    expect(parsed.protection!.signatures).toMatchObject([{ status: 'valid' }]);
  });

  test('encrypted alone, it says nothing of an author', async () => {
    const mail = await seal({ form: 'openpgp', recipients: [to(teamPgp.publicKey)] });
    const { status } = await gnupg.decrypt(entityOf(partsOf(mail)[1]!).body);
    expect(status).not.toContain('SIG');
  });
});

describe('header protection', () => {
  test('hides the Subject of an encrypted mail, and we show it', async () => {
    const mail = await seal({ recipients: [to(team.certificate)], protectHeaders: true });
    expect(mail.includes('Quarterly')).toBe(false);
    expect(entityOf(mail).header).toContain('Subject: [...]\r\n');
    const parsed = await open(mail, [await stored(team.certificate, team.key)]);
    expect(parsed).toMatchObject({ subject: 'Quarterly figures', protection: { subject: 'protected', differs: [] } });
    const inner = (await decryptedByOpenSsl(mail, team)).toString();
    expect(inner).toContain('HP-Outer: Subject: [...]\r\n');
    expect(entityOf(Buffer.from(inner)).type).toContain('hp="cipher"');
  });

  test('signs the fields of a mail that is signed alone', async () => {
    const mail = await seal({ signer: signerOf(ada), protectHeaders: true });
    const signed = (await verifiedByOpenSsl(mail)).toString();
    expect(signed).toContain('Subject: Quarterly figures\r\n');
    expect(signed).toContain('hp="clear"');
    const forged = Buffer.from(mail.toString('latin1').replace('Subject: Quarterly', 'Subject: Yearly'), 'latin1');
    const { protection } = await open(forged, [await stored(authority.certificate)]);
    expect(protection!.differs).toEqual(['subject']);
  });
});

describe('what cannot be sealed', () => {
  test.each([
    ['a private key that is none', { signer: { publicPart: '', privatePart: 'hunter2', chain: [] } }],
    ['a certificate that is none', { recipients: [{ publicPart: 'hunter2', readsGcm: false }] }],
    ['an OpenPGP key that is none', { form: 'openpgp', recipients: [{ publicPart: 'hunter2', readsGcm: false }] }],
    [
      'an OpenPGP signer that is none',
      { form: 'openpgp', signer: { publicPart: '', privatePart: 'hunter2', chain: [] } },
    ],
  ] as const)('%s is told, without a word of the key', async (_name, over) => {
    const failure = await seal(over).catch((error: unknown) => error as Error);
    expect(failure).toMatchObject({ name: 'CannotSeal' });
    expect(String((failure as Error).stack)).not.toContain('hunter2');
  });

  test('an OpenPGP key that has expired', async () => {
    const later = new Date(Date.now() + 3 * 365 * 86_400_000);
    await expect(seal({ form: 'openpgp', recipients: [to(teamPgp.publicKey)], now: later })).rejects.toThrow('expired');
  });

  test('a multipart whose structure is in doubt', async () => {
    const mail = Buffer.from('From: a@b.example\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\nnothing of it\r\n');
    await expect(seal({ signer: signerOf(ada) }, mail)).rejects.toThrow('MIME structure');
  });
});

test.each(['smime', 'openpgp'] as const)(
  '50 MB are signed and encrypted: %s',
  async (form) => {
    const line = `${'figures and more figures, '.repeat(2)}.\r\n`;
    const head = 'From: ada@sender.example\r\nContent-Type: text/plain\r\n\r\n';
    const text = line.repeat((50 * 2 ** 20) / line.length);
    const keys =
      form === 'smime'
        ? { signer: signerOf(ada), recipients: [to(team.certificate)] }
        : { signer: pgpSigner(adaPgp), recipients: [to(teamPgp.publicKey)] };
    const mail = await seal({ form, ...keys }, Buffer.from(head + text));
    const inner =
      form === 'smime'
        ? await verifiedByOpenSsl(await decryptedByOpenSsl(mail, team))
        : (await gnupg.decrypt(entityOf(partsOf(mail)[1]!).body)).content;
    expect(entityOf(inner).body.equals(Buffer.from(text))).toBe(true);
  },
  120_000,
);
