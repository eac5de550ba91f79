import { generateKeyPairSync } from 'node:crypto';
import { dkimSign } from 'mailauth/lib/dkim/sign.js';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import type { SmtpSession } from '../../../src/domain/parsed-message.js';
import { authenticate as check, type DnsResolver } from '../../../src/engines/authentication/authenticate.js';

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
/** As the scan asks, at the time of the session and without trusted relays. */
const authenticate = (bytes: Buffer, from: SmtpSession, dns: DnsResolver | null, deadlineMs: number) =>
  check(bytes, from, {
    dns,
    deadlineMs,
    authservId: 'mx.example.org',
    isTrusted: () => false,
    now: new Date(from.receivedAt),
  });

const plain =
  'From: Ada <ada@sender.example>\r\nTo: b@example.org\r\nSubject: Hi\r\nDate: Fri, 20 Nov 2026 10:00:00 +0000\r\n\r\nHello\r\n';

let signed: Buffer;
let weak: Buffer;
let key: string;
let signingKey: string;

beforeAll(async () => {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
  key = pair.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  const privateKey = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  signingKey = privateKey;
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
    spf: { result: 'pass', domain: 'sender.example', identity: 'mailFrom' },
    dkim: [{ result: 'pass', domain: 'sender.example', selector: 's1', algorithm: 'rsa-sha256', reason: null }],
    dmarc: { result: 'pass', domain: 'sender.example', policy: 'reject' },
    arc: { result: 'none' },
    bimi: null,
    client: { address: '192.88.100.7', helo: 'mail.sender.example', mailFrom: 'ada@sender.example', from: 'session' },
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
    client: { address: '192.88.100.7', helo: 'mail.sender.example', mailFrom: 'ada@sender.example', from: 'session' },
  });
});

test('gives temperror within the deadline where the DNS does not answer', async () => {
  const { authentication } = await authenticate(signed, session, () => new Promise(() => undefined), 300);
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

test.each([
  [
    'that name thousands of fields in a long header',
    `h=from${':x'.repeat(4_000)}`,
    'X: y\r\n'.repeat(1_500),
    'its signatures name',
  ],
  ['behind more fields than are read', 'h=from', 'X: y\r\n'.repeat(2_500), 'its header section is too long'],
  [
    'behind a longer header section than is read',
    'h=from',
    `X: ${'y'.repeat(900)}\r\n`.repeat(700),
    'its header section is too long',
  ],
])('verifies no signatures %s', async (_where, names, fields, reason) => {
  const asked: string[] = [];
  const dns: DnsResolver = (name) => {
    asked.push(name);
    return Promise.reject(Object.assign(new Error(name), { code: 'ENOTFOUND' }));
  };
  const folded = names.replace(/(.{500})/g, '$1\r\n ');
  const signature = `DKIM-Signature: v=1; a=rsa-sha256; d=x.example; s=a; ${folded}; bh=AAAA; b=AAAA\r\n`;
  const { authentication, explanations } = await authenticate(
    Buffer.from(fields + signature.repeat(3) + plain),
    session,
    dns,
    2_000,
  );
  expect(asked.filter((name) => name.includes('_domainkey'))).toEqual([]);
  expect(authentication.dkim.map(({ result }) => result)).not.toContain('pass');
  expect(authentication.dkim.length === 0 || explanations.dkim[0]?.includes(reason)).toBe(true);
});

test('hashes a body for no more lengths than honest mail has', async () => {
  const signature = (length: number) =>
    `DKIM-Signature: v=1; a=rsa-sha256; d=x.example; s=a; l=${length}; h=from; bh=AAAA; b=AAAA\r\n`;
  const lengths = [1, 2, 3, 4, 5, 6, 7].map(signature).join('');
  const { authentication } = await authenticate(Buffer.from(lengths + plain), session, dnsOf('none'), 2_000);
  expect(authentication.dkim[0]).toMatchObject({ result: 'policy', reason: expect.stringContaining('hashed 7 times') });
});

test('verifies neither 500 signatures nor a line of 30 MB', async () => {
  const signature = 'DKIM-Signature: v=1; a=rsa-sha256; d=x.example; s=a; h=from; bh=AAAA; b=AAAA\r\n';
  const many = await authenticate(Buffer.from(signature.repeat(500) + plain), session, dnsOf('none'), 2_000);
  expect(many.authentication.dkim).toHaveLength(20);
  expect(many.authentication.dkim[0]?.result).toBe('policy');
  const long = await authenticate(
    Buffer.concat([signed, Buffer.alloc(30_000_000, 'x')]),
    session,
    dnsOf('none'),
    2_000,
  );
  expect(long.authentication.dkim[0]?.result).toBe('policy');
  expect(long.authentication.dkim[0]?.reason).toMatch(/a line longer than/);
  expect(long.authentication.spf.result).toBe('pass');
});

test('counts no signature that leaves text at the end unsigned', async () => {
  const signature = {
    signingDomain: 'sender.example',
    selector: 's1',
    privateKey: signingKey,
    algorithm: 'rsa-sha256',
  };
  const { signatures } = await dkimSign(plain, { ...signature, signatureData: [{ ...signature, maxBodyLength: 7 }] });
  const elsewhere = { ...session, clientAddress: '198.41.0.4' };
  const whole = await authenticate(Buffer.from(signatures + plain), elsewhere, dnsOf('reject'), 2_000);
  expect(whole.authentication.dmarc.result).toBe('pass');
  const added = await authenticate(Buffer.from(`${signatures}${plain}Buy!\r\n`), elsewhere, dnsOf('reject'), 2_000);
  expect(added.authentication.dkim[0]).toMatchObject({ result: 'policy', unsignedBytes: 6 });
  expect(added.authentication.dmarc.result).toBe('fail');
});

test('takes the client of the Received field behind a trusted relay, and nobody where it was forged', async () => {
  const behind = { ...session, clientAddress: '10.0.0.5', helo: 'relay.example.org' };
  const through = (received: string) =>
    check(Buffer.from(`Received: ${received}\r\n${plain}`), behind, {
      dns: dnsOf('reject'),
      deadlineMs: 2_000,
      authservId: 'mx.example.org',
      isTrusted: (address) => address === '10.0.0.5',
      now: new Date(session.receivedAt),
    });
  const { authentication } = await through('from mail.sender.example (x [192.88.100.7]) by relay.example.org; now');
  expect(authentication).toMatchObject({
    spf: { result: 'pass' },
    dmarc: { result: 'pass' },
    client: { address: '192.88.100.7', helo: 'mail.sender.example', from: 'received' },
  });
  const forged = await through('from x([192.88.100.7]) (y [198.41.0.4]) by relay.example.org; now');
  expect(forged.authentication.spf.result).toBe('skipped');
  expect(forged.authentication.dmarc.result).toBe('skipped');
  expect(forged.explanations.spf).toMatch(/more than one address/);
});

test('has no DMARC failure while the DNS may still hold an aligned pass', async () => {
  const failing: DnsResolver = (name, rrtype) =>
    rrtype === 'TXT' && name.includes('_domainkey')
      ? Promise.reject(Object.assign(new Error(name), { code: 'ESERVFAIL' }))
      : dnsOf('reject')(name, rrtype);
  const { authentication } = await authenticate(signed, { ...session, clientAddress: '198.41.0.4' }, failing, 2_000);
  expect(authentication.dkim[0]?.result).toBe('temperror');
  expect(authentication.dmarc.result).toBe('temperror');
});

test('aligns no two registrations under a public suffix that publishes a record', async () => {
  const dns: DnsResolver = (name, rrtype) => {
    const records: Record<string, string> = {
      '_dmarc.co.uk': 'v=DMARC1; p=reject',
      'evil.co.uk': 'v=spf1 ip4:192.88.100.7 -all',
    };
    const found = rrtype === 'TXT' ? records[name] : undefined;
    return found === undefined
      ? Promise.reject(Object.assign(new Error(name), { code: 'ENOTFOUND' }))
      : Promise.resolve([[found]]);
  };
  const bytes = Buffer.from(plain.replace('ada@sender.example', 'ceo@bank.co.uk'));
  const { authentication } = await authenticate(bytes, { ...session, mailFrom: 'x@evil.co.uk' }, dns, 2_000);
  expect(authentication.spf.result).toBe('pass');
  expect(authentication.dmarc.result).toBe('fail');
});

test.each([
  ['reject', 'https://sender.example/logo.svg', { domain: 'sender.example', selector: 'default' }],
  ['none', 'https://sender.example/logo.svg', null],
  ['reject', 'http://sender.example/logo.svg', null],
  ['reject', '', null],
])('under the policy %s notes the indicator at "%s" or none', async (policy, location, expected) => {
  const dns: DnsResolver = (name, rrtype) =>
    name === 'default._bimi.sender.example'
      ? Promise.resolve([[`v=BIMI1; l=${location}; a=`]])
      : dnsOf(policy)(name, rrtype);
  const { authentication } = await authenticate(signed, session, dns, 2_000);
  if (expected === null) expect(authentication.bimi).toBeNull();
  else expect(authentication.bimi).toMatchObject({ ...expected, location });
});

test('verifies neither a field folded to 100,000 lines nor one body twenty times over', async () => {
  const folded = Buffer.concat([Buffer.from(`X: x\r\n${' y\r\n'.repeat(100_000)}`), signed]);
  expect((await authenticate(folded, session, dnsOf('none'), 2_000)).authentication.dkim[0]?.result).toBe('policy');
  const lengths = Array.from({ length: 20 }, (_none, at) => at + 1);
  const many = lengths.map(
    (length) => `DKIM-Signature: v=1; a=rsa-sha256; d=x.example; s=a; h=from; l=${length}; bh=AAAA; b=AAAA\r\n`,
  );
  const long = Buffer.concat([Buffer.from(many.join('') + plain), Buffer.alloc(20_000_000, 'x\r\n')]);
  const { authentication } = await authenticate(long, session, dnsOf('none'), 2_000);
  expect(authentication.dkim.map(({ result }) => result)).toEqual(lengths.map(() => 'policy'));
});

test('gives a verdict on whatever bytes', async () => {
  const piece = fc.constantFrom(
    'From: a@b.example',
    'DKIM-Signature: v=1; d=b.example; s=x; a=rsa-sha256; h=from; bh=x; b=y',
    'ARC-Seal: i=1; a=rsa-sha256; cv=none; d=x; s=y; b=z',
    'ARC-Message-Signature: i=1',
    'ARC-Authentication-Results: i=1; x',
    'Received: from',
    '\r\n',
    '\n',
    '\r',
    ' ',
    ':',
    '"',
    '<',
    '(',
    'ü',
    '\0',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 30 }), async (pieces) => {
      const { authentication } = await authenticate(Buffer.from(pieces.join('')), session, dnsOf('reject'), 2_000);
      expect(authentication.dmarc.result).not.toBe('pass');
      expect(authentication.dkim.map(({ result }) => result)).not.toContain('pass');
    }),
  );
});
