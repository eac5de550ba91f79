import { randomBytes, randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { TrackingTokens } from '../../../src/adapters/signed-tokens/tracking-tokens.js';
import { VerpAddresses } from '../../../src/adapters/signed-tokens/verp.js';

const organizationId = randomUUID();
const recipientId = randomUUID();
const verp = new VerpAddresses(randomBytes(32));

test('a return path gives its recipient back, whatever a server does to the letter case', () => {
  const address = verp.write(organizationId, recipientId, 'bounces.example.org');
  expect(address).toMatch(/^bounces\+[a-z2-7]{42}@bounces\.example\.org$/);
  expect(address.indexOf('@')).toBeLessThanOrEqual(64);
  for (const written of [address, address.toUpperCase()]) {
    expect(verp.read(organizationId, written)).toEqual({ kind: 'valid', recipientId });
  }
});

test('a return path that was changed, or is of another organization or key, is forged', () => {
  const address = verp.write(organizationId, recipientId, 'example.org');
  for (let at = 'bounces+'.length; at < 'bounces+'.length + 41; at += 1) {
    const other = address[at] === 'a' ? 'b' : 'a';
    const changed = address.slice(0, at) + other + address.slice(at + 1);
    expect(verp.read(organizationId, changed)).toEqual({ kind: 'forged' });
  }
  expect(verp.read(randomUUID(), address)).toEqual({ kind: 'forged' });
  expect(new VerpAddresses(randomBytes(32)).read(organizationId, address)).toEqual({ kind: 'forged' });
});

test.each(['bounces@example.org', 'bounces+support@example.org', '', '@', 'bounces+@example.org'])(
  '%s is an address like any other',
  (address) => expect(verp.read(organizationId, address)).toEqual({ kind: 'other' }),
);

const tokens = new TrackingTokens(randomBytes(32));
const url = 'https://example.org/größe?a=1&b=2#top';

test('a link gives its recipient and its target back', () => {
  const token = tokens.write('click', { organizationId, recipientId, url });
  expect(tokens.read('click', token)).toEqual({ organizationId, recipientId, url });
});

test('a link that was changed anywhere, or is used for something else, is none of ours', () => {
  const token = tokens.write('click', { organizationId, recipientId, url });
  for (let at = 0; at < token.length; at += 1) {
    const changed = token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
    expect(tokens.read('click', changed)).toBeNull();
  }
  expect(tokens.read('open', token)).toBeNull();
  expect(tokens.read('unsubscribe', token)).toBeNull();
  const evil = Buffer.concat([Buffer.from(token, 'base64url').subarray(0, 48), Buffer.from('https://evil.example/')]);
  expect(tokens.read('click', evil.toString('base64url'))).toBeNull();
  for (const text of ['', 'x', '../../etc', 'A'.repeat(100_000)]) expect(tokens.read('click', text)).toBeNull();
});
