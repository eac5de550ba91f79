import { expect, test } from 'vitest';
import { ConnectionCounter, limitKey, MessageRate } from '../../../src/ingress/address-limits.js';

test('an IPv6 client is counted by its /64, an IPv4 one by its address', () => {
  expect(limitKey('192.0.2.7')).toBe('192.0.2.7');
  expect(limitKey('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64');
  expect(limitKey('2001:db8::1')).toBe('2001:db8:0:0::/64');
  expect(limitKey('::1')).toBe('0:0:0:0::/64');
  expect(limitKey('2001:db8:1:2:ffff::9')).toBe(limitKey('2001:db8:1:2:3:4:5:6'));
});

test('connections are counted by address and in all', () => {
  const counter = new ConnectionCounter({ connections: 3, connectionsPerAddress: 2 });
  expect(['a', 'a', 'a', 'b', 'c'].map((key) => counter.enter(key))).toEqual([true, true, false, true, false]);
  counter.leave('a');
  expect(counter.enter('c')).toBe(true);
});

test('a rate allows a burst of a minute and then fills evenly', () => {
  const rate = new MessageRate(60);
  const taken = (now: number, times: number) =>
    Array.from({ length: times }, () => rate.take('a', now)).filter(Boolean);
  expect(taken(0, 100)).toHaveLength(60);
  expect(taken(10_000, 100)).toHaveLength(10);
  expect(rate.take('b', 10_000)).toBe(true);
  expect(taken(10_000_000, 100)).toHaveLength(60);
});
