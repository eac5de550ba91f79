import { generateKeyPairSync } from 'node:crypto';
import { dkimSign } from 'mailauth/lib/dkim/sign.js';
import { beforeAll, expect, test } from 'vitest';
import type { SmtpSession } from '../../../src/domain/parsed-message.js';
import { authenticate, type DnsResolver } from '../../../src/engines/authentication/authenticate.js';

const session: SmtpSession = {
  clientAddress: '192.88.100.7',
  clientHostname: 'mail.sender.example',
  helo: 'mail.sender.example',
  tls: null,
  authenticatedAs: null,
  mailFrom: 'ada@sender.example',
  recipients: ['b@example.org'],
  smtpUtf8: false,
  receivedAt: '2026-11-20T10:00:00.000Z',
};
const plain =
  'From: Ada <ada@sender.example>\r\nTo: b@example.org\r\nSubject: Hi\r\nDate: Fri, 20 Nov 2026 10:00:00 +0000\r\n\r\nHello\r\n';

let signed: Buffer;
let weak: Buffer;
let key: string;

beforeAll(async () => {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
  key = pair.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  const privateKey = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const sign = async (algorithm: string): Promise<Buffer> => {
    const signature = { signingDomain: 'sender.example', selector: 's1', privateKey, algorithm };
    // mailauth takes `signatureData`; its types know the fields of a single signature alone.
    const options = { ...signature, signatureData: [signature] };
    const { signatures } = await dkimSign(plain, options);
    return Buffer.from(signatures + plain);
  };
  signed = await sign('rsa-sha256');
  weak = await sign('rsa-sha1');
});

/** A zone file's worth of DNS: names that are not in it do not exist. */
function dnsOf(policy: string): DnsResolver {
  const records: Record<string, string[][]> = {
    'TXT sender.example': [['v=spf1 ip4:192.88.100.7 -all']],
    'TXT s1._domainkey.sender.example': [[`v=DKIM1; k=rsa; p=${key}`]],
    'TXT _dmarc.sender.example': [[`v=DMARC1; p=${policy}`]],
  };
  return (name, rrtype) => {
    const found = records[`${rrtype} ${name}`];
    return found === undefined
      ? Promise.reject(Object.assign(new Error(name), { code: 'ENOTFOUND' }))
      : Promise.resolve(found);
  };
}

test('passes what is signed and sent as its domain says', async () => {
  const { authentication, explanations } = await authenticate(signed, session, dnsOf('reject'), 2_000);
  expect(authentication).toEqual({
    spf: { result: 'pass', domain: 'sender.example' },
    dkim: [{ result: 'pass', domain: 'sender.example', selector: 's1', algorithm: 'rsa-sha256' }],
    dmarc: { result: 'pass', domain: 'sender.example', policy: 'reject' },
    arc: { result: 'none' },
  });
  expect(explanations.dmarc).toBe('DMARC of sender.example: pass (policy reject).');
});

test('fails a forged mail with the policy of its claimed domain', async () => {
  const { authentication } = await authenticate(
    Buffer.from(plain),
    { ...session, clientAddress: '198.41.0.4' },
    dnsOf('reject'),
    2_000,
  );
  expect(authentication.spf.result).toBe('fail');
  expect(authentication.dmarc).toEqual({ result: 'fail', domain: 'sender.example', policy: 'reject' });
});

test('fails a signature whose body was changed', async () => {
  const changed = Buffer.from(signed.toString().replace('Hello', 'Hell no'));
  expect((await authenticate(changed, session, dnsOf('none'), 2_000)).authentication.dkim[0]?.result).toBe('fail');
});

test('refuses rsa-sha1 (RFC 8301)', async () => {
  const { authentication } = await authenticate(
    weak,
    { ...session, clientAddress: '198.41.0.4' },
    dnsOf('reject'),
    2_000,
  );
  expect(authentication.dkim[0]).toMatchObject({ result: 'policy', algorithm: 'rsa-sha1' });
  expect(authentication.dmarc.result).toBe('fail');
});

test.each([
  ['no client address', { clientAddress: null }],
  ['a private client address', { clientAddress: '10.1.2.3' }],
  ['a loopback client address', { clientAddress: '::1' }],
  ['a client that signed in', { authenticatedAs: 'ada' }],
])('skips SPF for %s, and calls no DMARC failure what SPF might have passed', async (_why, facts) => {
  const { authentication, explanations } = await authenticate(
    Buffer.from(plain),
    { ...session, ...facts },
    dnsOf('reject'),
    2_000,
  );
  expect(authentication.spf).toEqual({ result: 'skipped', domain: null });
  expect(authentication.dmarc).toEqual({ result: 'skipped', domain: 'sender.example', policy: 'reject' });
  expect(explanations.spf).toMatch(/^SPF was not checked: /);
});

test('skips everything without a resolver, and still names the signatures', async () => {
  const { authentication } = await authenticate(signed, session, null, 2_000);
  expect(authentication).toEqual({
    spf: { result: 'skipped', domain: null },
    dkim: [{ result: 'skipped', domain: 'sender.example', selector: 's1', algorithm: 'rsa-sha256' }],
    dmarc: { result: 'skipped', domain: null, policy: null },
    arc: { result: 'none' },
  });
});

test('gives temperror within the deadline where the DNS does not answer', async () => {
  const start = performance.now();
  const { authentication } = await authenticate(signed, session, () => new Promise(() => undefined), 300);
  expect(performance.now() - start).toBeLessThan(1_500);
  expect([authentication.spf.result, authentication.dkim[0]?.result, authentication.dmarc.result]).toEqual([
    'temperror',
    'temperror',
    'temperror',
  ]);
});

test('has no DMARC answer for two From fields', async () => {
  const doubled = Buffer.from(`From: x@other.example\r\n${plain}`);
  expect((await authenticate(doubled, session, dnsOf('none'), 2_000)).authentication.dmarc.result).toBe('permerror');
});

test('verifies neither 500 signatures nor a line of 30 MB', async () => {
  const signature = 'DKIM-Signature: v=1; a=rsa-sha256; d=x.example; s=a; h=from; bh=AAAA; b=AAAA\r\n';
  const many = await authenticate(Buffer.from(signature.repeat(500) + plain), session, dnsOf('none'), 2_000);
  expect(many.authentication.dkim).toHaveLength(20);
  expect(many.authentication.dkim[0]?.result).toBe('policy');
  const start = performance.now();
  const long = await authenticate(
    Buffer.concat([signed, Buffer.alloc(30_000_000, 'x')]),
    session,
    dnsOf('none'),
    2_000,
  );
  expect(long.authentication.dkim[0]?.result).toBe('policy');
  expect(long.authentication.spf.result).toBe('pass');
  expect(performance.now() - start).toBeLessThan(2_000);
});
