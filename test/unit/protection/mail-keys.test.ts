import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import * as openpgp from 'openpgp';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readMailKey } from '../../../src/adapters/mail-keys/read-key.js';
import { certificateAddresses, userIdAddresses } from '../../../src/domain/certificate-addresses.js';
import { MailKeyRefused } from '../../../src/domain/mail-key.js';
import { OpenSsl, type TestCertificate } from '../../support/openssl.js';
import { findProgram } from '../../support/program.js';
import { lacking } from '../../support/summary-reporter.js';
import { testData } from '../../support/test-data.js';

const PASSPHRASE = 'correct horse battery ß';
const run = promisify(execFile);
const absent = (await findProgram('openssl')) === null;

async function refusal(key: string, passphrase: string | null): Promise<MailKeyRefused> {
  const error: unknown = await readMailKey(key, passphrase).then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(MailKeyRefused);
  const { message, stack } = error as MailKeyRefused;
  if (passphrase) expect(`${message}${stack}`).not.toContain(passphrase);
  return error as MailKeyRefused;
}

describe('an OpenPGP key', () => {
  let armored: { privateKey: string; publicKey: string };
  beforeAll(async () => {
    armored = await openpgp.generateKey({
      userIDs: [{ name: 'Team', email: 'Team@Example.org' }, { email: 'support@example.org' }],
      passphrase: PASSPHRASE,
    });
  });

  test('is unlocked by its passphrase and kept without it', async () => {
    const key = await readMailKey(armored.privateKey, PASSPHRASE);
    expect(key).toMatchObject({ kind: 'openpgp', addresses: ['team@example.org', 'support@example.org'] });
    expect(key.keyIds).toHaveLength(2);
    const stored = await openpgp.readPrivateKey({ armoredKey: key.privatePart! });
    expect(stored.isDecrypted()).toBe(true);
    expect(key.publicPart).toContain('PUBLIC KEY BLOCK');
    expect(stored.getFingerprint()).toBe(key.fingerprint);
  });

  test('that is public has no private part', async () => {
    expect((await readMailKey(armored.publicKey, null)).privatePart).toBeNull();
  });

  test('is refused without or with a wrong passphrase, or in pieces', async () => {
    expect(await refusal(armored.privateKey, null)).toMatchObject({ field: 'passphrase' });
    expect(await refusal(armored.privateKey, 'wrong horse')).toMatchObject({ field: 'passphrase' });
    expect(await refusal(armored.privateKey.slice(0, 400), PASSPHRASE)).toMatchObject({ field: 'key' });
  });
});

describe('a certificate', () => {
  let openssl: OpenSsl;
  let authority: TestCertificate;
  let own: TestCertificate;

  beforeEach(({ skip }) => {
    if (absent) skip(lacking('openssl'));
  });
  beforeAll(async () => {
    if (absent) return;
    openssl = await OpenSsl.create();
    authority = await openssl.certificate({ name: 'Test authority' });
    own = await openssl.certificate({ name: 'Team', address: 'Team@Example.org' }, 'rsa', authority);
  }, 60_000);
  afterAll(() => openssl?.remove());

  const pkcs12 = async (...options: string[]) => {
    const out = path.join(openssl.folder, `p12-${options.join('')}`);
    await run('openssl', [
      'pkcs12',
      '-export',
      '-inkey',
      own.keyFile,
      '-in',
      own.certificateFile,
      '-certfile',
      authority.certificateFile,
      '-passout',
      `pass:${PASSPHRASE}`,
      '-out',
      out,
      ...options,
    ]);
    return (await readFile(out)).toString('base64');
  };

  test.each([
    ['as programs write it today', []],
    ['by 3DES, as Windows does', ['-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'PBE-SHA1-3DES', '-macalg', 'sha1']],
    ['with a certificate that is not locked', ['-certpbe', 'NONE']],
  ])('is read from PKCS #12: %s', async (_name, options) => {
    const key = await readMailKey(await pkcs12(...options), PASSPHRASE);
    expect(key).toMatchObject({
      kind: 'smime',
      addresses: ['team@example.org'],
      subject: 'CN=Team',
      issuer: 'CN=Test authority',
      algorithm: 'rsa 2048',
      authority: false,
    });
    expect(key.privatePart).toMatch(/^-----BEGIN PRIVATE KEY-----/);
  });

  test('of PKCS #12 is refused by a wrong passphrase', async () => {
    expect(await refusal(await pkcs12(), 'wrong horse')).toMatchObject({ field: 'passphrase' });
    expect(await refusal(await pkcs12(), null)).toMatchObject({ field: 'passphrase' });
  });

  test('of PKCS #12 that is locked by RC2 is refused with what to do', async (context) => {
    const legacy = await pkcs12('-legacy', '-certpbe', 'PBE-SHA1-RC2-40').catch(() => null);
    if (legacy === null) return context.skip('this openssl has no legacy provider');
    expect((await refusal(legacy, PASSPHRASE)).message).toContain('RC2');
  });

  test('of PKCS #12 with too many rounds is refused before they run', async () => {
    const locked = await pkcs12('-iter', '1000001', '-nomaciter');
    expect((await refusal(locked, PASSPHRASE)).message).toContain('rounds');
  });

  test('is read from PEM with its private key, locked or not, whatever the order', async () => {
    const { stdout: locked } = await run('openssl', [
      'pkcs8',
      '-topk8',
      '-in',
      own.keyFile,
      '-passout',
      `pass:${PASSPHRASE}`,
      '-v2',
      'aes-256-cbc',
    ]);
    for (const key of [own.key, locked]) {
      const read = await readMailKey([key, authority.certificate, own.certificate].join('\n'), PASSPHRASE);
      expect(read).toMatchObject({ subject: 'CN=Team', privatePart: expect.stringContaining('BEGIN PRIVATE KEY') });
    }
    const pem = `${own.certificate}\n${locked}`;
    expect(await refusal(pem, null)).toMatchObject({ field: 'passphrase' });
    expect(await refusal(pem, 'wrong horse')).toMatchObject({ field: 'passphrase' });
  });

  test('alone is for verifying; of an authority it is an anchor', async () => {
    expect(await readMailKey(own.certificate, null)).toMatchObject({ privatePart: null, authority: false });
    expect(await readMailKey(authority.certificate, null)).toMatchObject({ authority: true, addresses: [] });
  });

  test('with the private key of another, or none at all, is refused', async () => {
    const other = await openssl.certificate({ name: 'Other', address: 'o@example.org' }, 'ec', authority);
    expect(await refusal(`${own.certificate}\n${other.key}`, null)).toMatchObject({ field: 'key' });
    expect(await refusal(own.key, null)).toMatchObject({ field: 'key' });
  });
});

test.each(['', 'nonsense', 'bm9uc2Vuc2U=', '-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----', '\0'])(
  'what is no key is refused: %j',
  async (key) => {
    expect(await refusal(key, null)).toMatchObject({ field: 'key' });
  },
);

const mimekit = testData('mime-mimekit');
test.skipIf(mimekit.absent)(
  mimekit.title('PKCS #12 whose certificates are locked by RC2 is refused with what to do'),
  async () => {
    for (const name of ['rsa/smime.pfx', 'ec/smime.pfx', 'dsa/smime.pfx']) {
      const file = await readFile(path.join(mimekit.path, 'TestData/smime', name));
      const { message } = await refusal(file.toString('base64'), 'no.secret');
      expect(message).toBe('is locked by RC2, which is not supported: export it anew with AES or 3DES');
    }
  },
);

test('addresses are those of the alternative names; a name with a comma in it is none of its own', () => {
  expect(certificateAddresses('email:Ada@a.example, DNS:b.example, email:c@c.example', 'CN=x')).toEqual([
    'ada@a.example',
    'c@c.example',
  ]);
  expect(certificateAddresses('DNS:"x, email:evil@evil.example"', '')).toEqual([]);
  expect(certificateAddresses(undefined, 'CN=x\nemailAddress=d@d.example')).toEqual(['d@d.example']);
  expect(certificateAddresses('email:e@e.example', 'emailAddress=d@d.example')).toEqual(['e@e.example']);
  expect(userIdAddresses(['Ada <Ada@a.example>', 'b@b.example', 'no address', 'x <a@b> <c@c.example>'])).toEqual([
    'ada@a.example',
    'b@b.example',
    'c@c.example',
  ]);
});
