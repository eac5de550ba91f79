import { afterEach, expect, test, vi } from 'vitest';
import { askDns } from '../../../src/adapters/domains/dns-answers.js';
import { DnsError } from '../../../src/adapters/dns/dns-error.js';
import type { DnsRecords } from '../../../src/adapters/dns/answer.js';

afterEach(() => vi.useRealTimers());

const now = new Date('2026-11-20T10:00:00Z');
const question = (name: string) => ({ type: 'TXT', name, begins: null }) as const;

test('a look ends in time though a name server never answers, and keeps what others said', async () => {
  vi.useFakeTimers();
  const asking = askDns(
    (name) => (name === 'silent.example' ? new Promise<DnsRecords>(() => undefined) : Promise.resolve([['a', 'b']])),
    [question('silent.example'), question('said.example')],
    now,
  );
  await vi.advanceTimersByTimeAsync(5_000);
  expect(await asking).toMatchObject([
    { values: null, failure: expect.stringContaining('5 seconds') },
    { values: ['ab'], failure: null },
  ]);
  expect(vi.getTimerCount()).toBe(0);
});

test('keeps what somebody publishes within bounds, and without what could not be shown', async () => {
  const hostile = Array.from({ length: 500 }, () => [`v=spf1 \u0000\u001b[31m${'x'.repeat(70_000)}`]);
  const [answer] = await askDns(
    () => Promise.resolve([['other'], ...hostile]),
    [{ ...question('a.example'), begins: 'v=spf1' }],
    now,
  );
  expect(answer!.values).toHaveLength(20);
  expect(answer!.values![0]).toMatch(/^v=spf1 \?\?\[31mx{4083}$/);
});

test('tells what is not there from what nobody could say', async () => {
  const fail = (code: DnsError['code']) =>
    askDns(() => Promise.reject(new DnsError(code, code)), [question('a.example')], now);
  expect(await fail('ENOTFOUND')).toMatchObject([{ values: [], failure: null }]);
  expect(await fail('ESERVFAIL')).toMatchObject([{ values: null, failure: 'ESERVFAIL' }]);
});
