import { describe, expect, test } from 'vitest';
import { LoginLimits } from '../../../src/ingress/submission/login-limits.js';

const MINUTE = 60_000;

describe('failed sign-ins', () => {
  test('are answered later each time, up to half a minute, and are forgiven by and by', () => {
    const limits = new LoginLimits();
    const delays = Array.from({ length: 8 }, () => limits.failed('ada', '192.0.2.1', 0));
    expect(delays).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    expect(limits.failed('ada', '192.0.2.1', 7 * MINUTE)).toBe(1_000);
  });

  test('count by account wherever they come from, and by address whatever the account', () => {
    const limits = new LoginLimits();
    limits.failed('ada', '192.0.2.1', 0);
    expect(limits.failed('ADA', '198.51.100.1', 0)).toBe(1_000);
    expect(limits.failed('bea', '192.0.2.1', 0)).toBe(1_000);
    limits.failed('cid', '2001:db8::1', 0);
    expect(limits.failed('dan', '2001:db8::2', 0)).toBe(1_000);
  });

  test('beyond a hundred keep their address out, and nobody who had signed in from there', () => {
    const limits = new LoginLimits();
    limits.succeeded('ada', '192.0.2.1', 0);
    for (let n = 0; n < 100; n++) limits.failed(`guess${n}`, '192.0.2.1', 0);
    expect(limits.refuses('guess', '192.0.2.1', 0, 'a secret')).toBe(true);
    expect(limits.refuses('guess', '192.0.2.2', 0, 'a secret')).toBe(false);
    expect(limits.refuses('ada', '192.0.2.1', 0, 'a secret')).toBe(false);
    expect(limits.refuses('guess', '192.0.2.1', 2 * MINUTE, 'a secret')).toBe(false);
  });

  test('from everywhere do not lock the owner of an account out of where it signs in', () => {
    const limits = new LoginLimits();
    limits.succeeded('ada', '192.0.2.1', 0);
    for (let n = 0; n < 250; n++) limits.failed('ada', `198.51.${n}.1`, 0);
    expect(limits.refuses('ada', '203.0.113.1', 0, 'a secret')).toBe(true);
    expect(limits.refuses('ada', '192.0.2.1', 0, 'a secret')).toBe(false);
    limits.succeeded('ada', '192.0.2.1', 0);
    expect(limits.refuses('ada', '203.0.113.1', 0, 'a secret')).toBe(false);
  });

  test('of an account are not forgiven to who shows a token of its own under that name', () => {
    const limits = new LoginLimits();
    for (let n = 0; n < 200; n++) limits.failed('ada@one.example', `198.51.${n}.1`, 0);
    limits.succeededByToken('hash of mine', '192.0.2.1', 0);
    expect(limits.refuses('ada@one.example', '192.0.2.1', 0, 'hash of a guess')).toBe(true);
    expect(limits.refuses('ada@one.example', '192.0.2.1', 0, 'hash of mine')).toBe(false);
    expect(limits.refuses('ada@one.example', '192.0.2.2', 0, 'hash of mine')).toBe(true);
  });

  test('count for one account whatever subaddress is tried', () => {
    const limits = new LoginLimits();
    for (let n = 0; n < 200; n++) limits.failed(`ada+${n}@one.example`, `198.51.${n}.1`, 0);
    expect(limits.refuses('ADA+x@one.example', '203.0.113.1', 0, 'a secret')).toBe(true);
    expect(limits.refuses('bea+x@one.example', '203.0.113.1', 0, 'a secret')).toBe(false);
  });
});
