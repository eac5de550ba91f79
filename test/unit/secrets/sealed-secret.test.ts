import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { openSecret, sealSecret, SecretUnreadable } from '../../../src/adapters/secrets/sealed-secret.js';

const key = randomBytes(32);
const SECRET = 'pässword with \u0000 and 🔑';

test('a sealed secret opens with its key and context, and does not show the secret', () => {
  const sealed = sealSecret(key, SECRET, 'nextHop a');
  expect(openSecret(key, sealed, 'nextHop a')).toBe(SECRET);
  expect(sealed.includes(Buffer.from('pässword'))).toBe(false);
});

test('the same secret is sealed to other bytes each time', () => {
  expect(sealSecret(key, SECRET, 'c').equals(sealSecret(key, SECRET, 'c'))).toBe(false);
});

test('another context, another key and every changed byte are refused', () => {
  const sealed = sealSecret(key, SECRET, 'nextHop a');
  expect(() => openSecret(key, sealed, 'nextHop b')).toThrow(SecretUnreadable);
  expect(() => openSecret(randomBytes(32), sealed, 'nextHop a')).toThrow(/another EVERPOST_SECRET_KEY/);
  for (let at = 0; at < sealed.length; at++) {
    const changed = Buffer.from(sealed);
    changed[at]! ^= 1;
    expect(() => openSecret(key, changed, 'nextHop a'), `byte ${at}`).toThrow(SecretUnreadable);
  }
  for (const length of [0, 1, 20, sealed.length - 1]) {
    expect(() => openSecret(key, sealed.subarray(0, length), 'nextHop a')).toThrow(SecretUnreadable);
  }
});

test('a key of another length is refused before it is used', () => {
  expect(() => sealSecret(randomBytes(16), SECRET, 'c')).toThrow('32 bytes');
});
