import { expect, test } from 'vitest';
import { ScannerBreaker } from '../../../src/adapters/scanners/scanner-breaker.js';
import { eventually } from '../../support/eventually.js';

const never = new AbortController().signal;

function tried() {
  const changes: string[] = [];
  const breaker = new ScannerBreaker({
    scanner: 'clamd',
    onChange: (scanner, state) => changes.push(`${scanner} ${state}`),
  });
  let calls = 0;
  const ask = (works: boolean, signal = never) =>
    breaker.ask(async () => {
      calls++;
      if (!works) throw new Error('connect ECONNREFUSED 127.0.0.1:3310');
      return { status: 'answered' as const };
    }, signal);
  return { ask, changes, calls: () => calls };
}

test('a scanner that fails five times in a row is not asked for a while, and messages are told why', async () => {
  const { ask, changes, calls } = tried();
  for (let at = 0; at < 5; at++) await expect(ask(false)).rejects.toThrow('ECONNREFUSED');
  expect(await ask(true)).toEqual({
    status: 'failed',
    error: 'clamd is not asked for a while, it failed too often: connect ECONNREFUSED 127.0.0.1:3310',
  });
  expect(calls()).toBe(5);
  expect(changes).toEqual(['clamd does not answer']);
});

test('it is asked again by itself once it is back', async () => {
  const { ask, changes } = tried();
  for (let at = 0; at < 5; at++) await ask(false).catch(() => undefined);
  await eventually(async () => expect(await ask(true)).toEqual({ status: 'answered' }));
  expect(changes).toEqual(['clamd does not answer', 'clamd answers']);
});

test('an answer between failures keeps it asked, and canceled calls do not count', async () => {
  const { ask, calls } = tried();
  for (let at = 0; at < 12; at++) await ask(at % 4 === 3).catch(() => undefined);
  for (let at = 0; at < 12; at++) await ask(false, AbortSignal.abort()).catch(() => undefined);
  expect(await ask(true)).toEqual({ status: 'answered' });
  expect(calls()).toBe(25);
});
