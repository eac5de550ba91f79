import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import * as openpgp from 'openpgp';
import selfsigned from 'selfsigned';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { DnsError } from '../../../src/adapters/dns/dns-error.js';
import { createWkd, wkdHash, type WkdOptions } from '../../../src/adapters/mail-keys/wkd.js';

let server: Server;
let ca: string;
let key: Uint8Array;
let expired: Uint8Array;
let asked: string[];
let answer: (path: string, host: string) => { status?: number; body?: Uint8Array; location?: string; hang?: boolean };
let zone: Record<string, string>;

const NAMES = ['openpgpkey.example.org', 'example.org', 'elsewhere.example'];

beforeAll(async () => {
  const made = await selfsigned.generate([{ name: 'commonName', value: 'directory' }], {
    extensions: [{ name: 'subjectAltName', altNames: NAMES.map((value) => ({ type: 2 as const, value })) }],
  });
  ca = made.cert;
  server = createServer({ key: made.private, cert: made.cert }, (request, response) => {
    const host = request.headers.host!.replace(/:\d+$/, '');
    asked.push(`${host} ${request.url}`);
    const { status = 200, body = new Uint8Array(), location, hang } = answer(request.url!, host);
    if (hang === true) return;
    response.writeHead(status, location === undefined ? {} : { location }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const made2 = await openpgp.generateKey({ userIDs: [{ email: 'Joe.Doe@Example.ORG' }], format: 'object' });
  key = made2.publicKey.write();
  const date = new Date('2020-01-01');
  const old = await openpgp.generateKey({
    userIDs: [{ email: 'joe.doe@example.org' }],
    date,
    keyExpirationTime: 3_600,
    format: 'object',
  });
  expired = old.publicKey.write();
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  asked = [];
  answer = () => ({ body: key });
  zone = { 'openpgpkey.example.org': '127.0.0.1', 'example.org': '127.0.0.1' };
});

const resolve: WkdOptions['resolve'] = async (name, type) => {
  const found = zone[name];
  if (found === 'SERVFAIL') throw new DnsError('ESERVFAIL', 'no answer');
  if (found === undefined || type !== 'A') throw new DnsError('ENOTFOUND', `${name} does not exist`);
  return [found];
};
const lookUp = (address: string, over: Partial<WkdOptions> = {}) =>
  createWkd({ resolve, privateNetworks: true, port: (server.address() as AddressInfo).port, ca, ...over })(address);

test('hashes a local part as the draft does', () => {
  // draft-koch-openpgp-webkey-service, 3.1
  expect(wkdHash('Joe.Doe')).toBe('iy9q119eutrkn8s1mk4r39qejnbu3n5q');
});

test('asks by the advanced method', async () => {
  const found = await lookUp('Joe.Doe@Example.ORG');
  expect(asked).toEqual([
    'openpgpkey.example.org /.well-known/openpgpkey/example.org/hu/iy9q119eutrkn8s1mk4r39qejnbu3n5q?l=Joe.Doe',
  ]);
  expect(found).toMatchObject({ status: 'answered', key: { kind: 'openpgp', addresses: ['joe.doe@example.org'] } });
});

test('asks by the direct method where there is no openpgpkey name', async () => {
  zone = { 'example.org': '127.0.0.1' };
  expect(await lookUp('Joe.Doe@Example.ORG')).toMatchObject({ status: 'answered', key: {} });
  expect(asked).toEqual(['example.org /.well-known/openpgpkey/hu/iy9q119eutrkn8s1mk4r39qejnbu3n5q?l=Joe.Doe']);
});

test.each([
  ['404', () => ({ status: 404 })],
  ['the key of somebody else', () => ({ body: key }), 'jane@example.org'],
  ['a key that has expired', () => ({ body: expired })],
] as const)(
  'has no key where the directory gives %s',
  async (_name, given, address: string = 'joe.doe@example.org') => {
    answer = given;
    expect(await lookUp(address)).toEqual({ status: 'answered', key: null, revoked: [] });
  },
);

test.each([
  ['something that is no key', () => ({ body: Buffer.from('<html>') }), 'no key'],
  ['too much', () => ({ body: Buffer.alloc(300 * 1024) }), 'longer than'],
  ['an error', () => ({ status: 503 }), '503'],
  ['a redirect, which is not followed', () => ({ status: 302, location: 'https://elsewhere.example/' }), '302'],
  ['nothing at all', () => ({ hang: true }), 'did not answer'],
] as const)('says why where the directory gives %s', async (_name, given, reason) => {
  answer = given;
  const failed = await lookUp('joe.doe@example.org', { timeoutMs: 500 });
  expect(failed).toMatchObject({ status: 'failed', reason: expect.stringContaining(reason) });
  expect(asked).toHaveLength(1);
});

test('asks nobody at a private address', async () => {
  const failed = await lookUp('joe.doe@example.org', { privateNetworks: false });
  expect(failed).toMatchObject({ status: 'failed', reason: expect.stringContaining('does not connect') });
  expect(asked).toEqual([]);
});

test('asks nobody whose certificate does not hold', async () => {
  zone = { 'openpgpkey.other.example': '127.0.0.1' };
  expect(await lookUp('joe@other.example')).toMatchObject({ status: 'failed' });
  zone = { 'openpgpkey.example.org': '127.0.0.1' };
  const { ca: _ca, ...without } = { ca };
  expect(
    await createWkd({ resolve, privateNetworks: true, port: (server.address() as AddressInfo).port, ...without })(
      'joe.doe@example.org',
    ),
  ).toMatchObject({ status: 'failed' });
  expect(asked).toEqual([]);
});

test('where DNS does not say, nothing is concluded', async () => {
  zone = { 'openpgpkey.example.org': 'SERVFAIL' };
  expect(await lookUp('joe.doe@example.org')).toMatchObject({ status: 'failed' });
});

test.each(['no address', '@example.org', 'a@[127.0.0.1]', 'a@127.0.0.1', 'a@exa mple.org', 'a@localhost/../x'])(
  'asks nobody for %s',
  async (address) => {
    expect(await lookUp(address)).toMatchObject({ key: null });
    expect(asked).toEqual([]);
  },
);

test('tells of a key that its owner has revoked, and not of one that somebody else says is', async () => {
  const made = await openpgp.generateKey({ userIDs: [{ email: 'joe.doe@example.org' }], format: 'object' });
  const { publicKey } = await openpgp.revokeKey({ key: made.privateKey, format: 'object' });
  answer = () => ({ body: publicKey.write() });
  const fingerprint = publicKey.getFingerprint();
  expect(await lookUp('joe.doe@example.org')).toEqual({ status: 'answered', key: null, revoked: [fingerprint] });

  const other = await openpgp.generateKey({ userIDs: [{ email: 'joe.doe@example.org' }], format: 'object' });
  other.publicKey.revocationSignatures.push(...publicKey.revocationSignatures);
  answer = () => ({ body: other.publicKey.write() });
  expect(await lookUp('joe.doe@example.org')).toMatchObject({ key: { kind: 'openpgp' }, revoked: [] });
});
