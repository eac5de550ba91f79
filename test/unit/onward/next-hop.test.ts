import { expect, test } from 'vitest';
import { mayConnect } from '../../../src/adapters/address-policy.js';
import { mailHosts } from '../../../src/adapters/smtp/mx-hosts.js';
import { relayEndpoint } from '../../../src/adapters/onward/smtp-relay.js';
import { nextHopName, nextHopProblems, type NextHopDraft } from '../../../src/domain/next-hop.js';

const hop: NextHopDraft = {
  protocol: 'LMTP',
  host: 'mail.internal',
  port: 24,
  socket: null,
  tls: 'OPPORTUNISTIC',
  ca: null,
  username: null,
  password: null,
};
const fields = (more: Partial<NextHopDraft>, hasPassword = false) =>
  nextHopProblems({ ...hop, ...more }, hasPassword).map(({ field }) => field);

test('a next hop is a host with a port, or a socket for LMTP', () => {
  expect(fields({})).toEqual([]);
  for (const host of ['127.0.0.1', '::1', 'dovecot', 'mail.example.org']) expect(fields({ host })).toEqual([]);
  for (const host of ['', 'a b', 'mail\r\nQUIT', '-x', 'a/b']) expect(fields({ host })).toEqual(['host']);
  expect(fields({ port: 0 })).toEqual(['port']);
  expect(fields({ host: null, port: null, socket: '/run/lmtp', tls: 'NONE' })).toEqual([]);
  expect(fields({ host: null, port: null, socket: 'lmtp', tls: 'NONE' })).toEqual(['socket']);
  expect(fields({ protocol: 'SMTP', host: null, port: null, socket: '/run/x', tls: 'NONE' })).toEqual(['socket']);
  expect(fields({ socket: '/run/lmtp', tls: 'NONE' })).toEqual(['socket']);
});

test('a password goes over TLS alone, except on this machine, and may be kept', () => {
  expect(fields({ username: 'u', password: 'p' })).toEqual(['tls']);
  expect(fields({ username: 'u', password: 'p', tls: 'REQUIRED' })).toEqual([]);
  expect(fields({ username: 'u', password: 'p', host: '127.0.0.1' })).toEqual([]);
  expect(fields({ username: 'u', password: 'p', host: '127.evil.example' })).toEqual(['tls']);
  expect(fields({ username: 'u', tls: 'REQUIRED' })).toEqual(['password']);
  expect(fields({ username: 'u', tls: 'REQUIRED' }, true)).toEqual([]);
  expect(fields({ password: 'p' })).toEqual(['username']);
  expect(fields({ ca: 'no certificate', tls: 'REQUIRED' })).toEqual(['ca']);
});

test('a next hop has one name', () => {
  expect(nextHopName(hop)).toBe('lmtp://mail.internal:24');
  expect(nextHopName({ ...hop, host: '::1' })).toBe('lmtp://[::1]:24');
  expect(nextHopName({ ...hop, host: null, port: null, socket: '/run/lmtp' })).toBe('lmtp+unix:/run/lmtp');
});

test('mail is handed to public addresses, to private ones where that is allowed, never to link-local ones', () => {
  for (const address of ['192.0.2.1', '0.0.0.0', '169.254.169.254', 'fe80::1', '224.0.0.1', '::', 'x']) {
    expect(mayConnect(address, true), address).toBe(false);
  }
  for (const address of ['127.0.0.1', '10.1.2.3', '192.168.0.1', '::1', 'fd00::1', '::ffff:127.0.0.1']) {
    expect([mayConnect(address, true), mayConnect(address, false)], address).toEqual([true, false]);
  }
  for (const address of ['8.8.8.8', '2a00:1450::1']) expect(mayConnect(address, false), address).toBe(true);
});

test('mail for a domain goes to its MX, in their order; or to itself; or nowhere', async () => {
  const error = (code: string) => Promise.reject(Object.assign(new Error(code), { code }));
  const zone: Record<string, unknown> = {
    'mx.example MX': [
      { exchange: 'b.mx.example', priority: 20 },
      { exchange: 'a.mx.example', priority: 10 },
    ],
    'null.example MX': [{ exchange: '', priority: 0 }],
    'bare.example A': ['192.0.2.1'],
  };
  const resolve = (name: string, rrtype: string) =>
    name === 'down.example' ? error('ESERVFAIL') : Promise.resolve(zone[`${name} ${rrtype}`] ?? error('ENODATA'));
  expect(await mailHosts('mx.example', resolve)).toEqual({ result: 'hosts', hosts: ['a.mx.example', 'b.mx.example'] });
  expect(await mailHosts('bare.example', resolve)).toEqual({ result: 'hosts', hosts: ['bare.example'] });
  expect(await mailHosts('null.example', resolve)).toMatchObject({ result: 'none' });
  expect(await mailHosts('absent.example', resolve)).toMatchObject({ result: 'none' });
  expect(await mailHosts('down.example', resolve)).toMatchObject({ result: 'unknown' });
});

test('a relay with a password is spoken to over TLS alone', () => {
  expect(relayEndpoint('smtp://127.0.0.1')).toMatchObject({ port: 25, tls: 'OPPORTUNISTIC', credentials: null });
  expect(relayEndpoint('smtp://u%40x:p%2Fw@relay.example:587')).toMatchObject({
    host: 'relay.example',
    tls: 'REQUIRED',
    credentials: { username: 'u@x', password: 'p/w' },
  });
});
