import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { authenticate } from '../../../src/engines/authentication/authenticate.js';
import { chainStatus, resultsPayload, sealArc } from '../../../src/engines/authentication/arc-seal.js';
import { renderAuthenticationResults } from '../../../src/engines/authentication/authentication-results.js';
import { verifySignatures } from '../../../src/engines/authentication/signatures.js';
import { findInAuthentication } from '../../../src/engines/security/authentication-findings.js';
import { FindingList } from '../../../src/engines/security/finding-list.js';

const message = Buffer.from('From: a@sender.example\r\nTo: b@example.org\r\nSubject: x\r\n\r\nHello\r\n');
const field = renderAuthenticationResults(
  {
    spf: { result: 'pass', domain: 'sender.example', identity: 'mailFrom' },
    dkim: [],
    dmarc: { result: 'pass', domain: 'sender.example', policy: 'reject' },
    arc: { result: 'none' },
  },
  'mx.example.org',
);

const keys = (['rsa', 'ed25519'] as const).map((type) => {
  const pair = type === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ed25519');
  const spki = pair.publicKey.export({ type: 'spki', format: 'der' });
  const record =
    type === 'rsa'
      ? `v=DKIM1; k=rsa; p=${spki.toString('base64')}`
      : `v=DKIM1; k=ed25519; p=${spki.subarray(-32).toString('base64')}`;
  const privateKey = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { type, record, privateKey };
});

const options = (privateKey: string, cv: 'none' | 'pass' | 'fail') => ({
  signingDomain: 'example.org',
  selector: 'arc',
  privateKey,
  authResults: resultsPayload(field),
  cv,
  signTime: new Date('2026-11-20T10:00:00Z'),
});
const now = new Date('2026-11-20T10:00:05Z');

async function sealed(bytes: Buffer, privateKey: string, cv: 'none' | 'pass' | 'fail'): Promise<Buffer> {
  const seal = await sealArc(bytes, options(privateKey, cv));
  if ('refused' in seal) throw new Error(seal.refused);
  return Buffer.concat([Buffer.from(seal.fields), bytes]);
}

test.each(keys)('a chain sealed with $type verifies hop by hop, and fails where the message changes', async (key) => {
  const dns = (name: string) =>
    name === 'arc._domainkey.example.org' ? Promise.resolve([[key.record]]) : Promise.reject(new Error(name));
  const once = await sealed(message, key.privateKey, 'none');
  expect((await verifySignatures(once, { dns, now })).arc).toEqual({
    result: 'pass',
    sets: 1,
    sealedBy: 'example.org',
  });
  const twice = await sealed(once, key.privateKey, 'pass');
  expect((await verifySignatures(twice, { dns, now })).arc).toEqual({
    result: 'pass',
    sets: 2,
    sealedBy: 'example.org',
  });
  const changed = Buffer.from(twice.toString().replace('Hello', 'Hell'));
  expect((await verifySignatures(changed, { dns, now })).arc.result).toBe('fail');
  expect(once.toString()).toContain('i=1; mx.example.org;\r\n spf=pass smtp.mailfrom=sender.example;');
});

test('seals a failed chain once and never again', async () => {
  const { privateKey } = keys[0]!;
  const failed = await sealed(await sealed(message, privateKey, 'none'), privateKey, 'fail');
  expect(failed.toString()).toMatch(/ARC-Seal:[^:]*cv=fail/);
  expect(await sealArc(failed, options(privateKey, 'fail'))).toHaveProperty('refused');
});

test('throws for a key that is none, without showing it', async () => {
  const attempt = sealArc(message, options('-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----', 'none'));
  await expect(attempt).rejects.toThrow(/could not be sealed for example\.org/);
  await expect(attempt).rejects.not.toThrow(/c2VjcmV0/);
});

test('says nothing of a chain that was not examined', () => {
  expect(
    ['none', 'pass', 'fail', 'skipped', 'policy', 'temperror'].map((result) =>
      chainStatus({ arc: { result: result as 'none' } }),
    ),
  ).toEqual(['none', 'pass', 'fail', null, null, null]);
});

test.each<[string, string, string[], boolean]>([
  ['a sealer that is believed and found it authenticated', 'mx; dmarc=pass', ['example.org'], true],
  ['anybody, who says that it was', 'mx; dmarc=pass', [], false],
  ['a sealer that is believed and did not find it so', 'mx; dmarc=fail', ['example.org'], false],
  [
    'a sealer whose results quote what a stranger wrote',
    'mx; spf=fail smtp.helo="; dmarc=pass"',
    ['example.org'],
    false,
  ],
])('a failure of DMARC is mended by %s', async (_who, authResults, trustedSealers, trusted) => {
  const key = keys[0]!;
  const records: Record<string, string> = {
    'arc._domainkey.example.org': key.record,
    '_dmarc.sender.example': 'v=DMARC1; p=reject',
  };
  const seal = await sealArc(message, { ...options(key.privateKey, 'none'), authResults });
  if ('refused' in seal) throw new Error(seal.refused);
  const { authentication } = await authenticate(
    Buffer.concat([Buffer.from(seal.fields), message]),
    {
      clientAddress: '192.88.100.7',
      clientHostname: null,
      helo: 'list.example.org',
      tls: null,
      authenticatedAs: null,
      mailFrom: 'list@example.org',
      recipients: ['b@example.com'],
      smtpUtf8: false,
      receivedAt: now.toISOString(),
    },
    {
      dns: (name) =>
        records[name] === undefined
          ? Promise.reject(Object.assign(new Error(name), { code: 'ENOTFOUND' }))
          : Promise.resolve([[records[name]]]),
      deadlineMs: 2_000,
      authservId: 'mx.example.com',
      isTrusted: () => false,
      trustedSealers,
      now,
    },
  );
  expect(authentication).toMatchObject({ dmarc: { result: 'fail', policy: 'reject' }, arc: { result: 'pass' } });
  expect(authentication.arc.trusted ?? false).toBe(trusted);
  const found = new FindingList();
  findInAuthentication(authentication, found);
  expect(found.toArray()).toContainEqual(
    expect.objectContaining({ code: 'auth.dmarc.fail', severity: trusted ? 'low' : 'high' }),
  );
});
