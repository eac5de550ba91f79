import { describe, expect, test } from 'vitest';
import { decidingEntry, patternProblem, type ListEntry } from '../../../src/domain/address-list.js';
import { interpretAnswer } from '../../../src/domain/block-list.js';
import { greylist, intakePolicyProblems, isUnusual } from '../../../src/domain/intake-policy.js';

const NOW = new Date('2026-11-21T12:00:00Z');
const ago = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000);

describe('greylisting', () => {
  const DELAY = 300;

  test('asks a first contact to come again, and takes it once the delay is over', () => {
    expect(greylist(null, false, DELAY, NOW)).toEqual({ pass: false, begins: true, waitSeconds: 300 });
    const early = { firstSeen: ago(4), lastSeen: ago(4), passedAt: null };
    expect(greylist(early, false, DELAY, NOW)).toEqual({ pass: false, begins: false, waitSeconds: 60 });
    const due = { firstSeen: ago(5), lastSeen: ago(5), passedAt: null };
    expect(greylist(due, false, DELAY, NOW)).toEqual({ pass: true, begins: false });
  });

  test('begins anew with one that stayed away for a day, or for weeks after it had passed', () => {
    const late = { firstSeen: ago(25 * 60), lastSeen: ago(25 * 60), passedAt: null };
    expect(greylist(late, false, DELAY, NOW)).toMatchObject({ pass: false, begins: true });
    const known = { firstSeen: ago(50_000), lastSeen: ago(40_000), passedAt: ago(49_000) };
    expect(greylist(known, false, DELAY, NOW)).toMatchObject({ pass: true });
    const forgotten = { firstSeen: ago(90_000), lastSeen: ago(60_000), passedAt: ago(80_000) };
    expect(greylist(forgotten, false, DELAY, NOW)).toMatchObject({ pass: false, begins: true });
  });

  test('does not hold up a network that has come again before', () => {
    expect(greylist(null, true, DELAY, NOW)).toEqual({ pass: true, begins: true });
  });
});

describe('an answer of a DNS block list', () => {
  test('counts where its code is asked for', () => {
    expect(interpretAnswer(['127.0.0.2'], ['127.0.0.2'])).toEqual({ result: 'listed', codes: ['127.0.0.2'] });
    expect(interpretAnswer(['127.0.0.11'], ['127.0.0.2-9'])).toEqual({ result: 'clear' });
    expect(interpretAnswer(['127.0.0.5', '127.0.1.9'], ['127.0.0.2-9'])).toEqual({
      result: 'listed',
      codes: ['127.0.0.5'],
    });
    expect(interpretAnswer(['127.0.3.9'], ['127.0.*.*'])).toEqual({ result: 'listed', codes: ['127.0.3.9'] });
  });

  test.each(['127.255.255.252', '127.255.255.254', '127.255.255.255', '127.0.0.1', '198.51.100.7'])(
    'of %s lists nobody: the list or the resolver refuses to answer',
    (address) => {
      expect(interpretAnswer([address], ['127.*.*.*'])).toMatchObject({ result: 'unusable' });
    },
  );
});

describe('allow and deny lists', () => {
  const entry = (list: 'allow' | 'deny', pattern: string, rest: Partial<ListEntry> = {}): ListEntry => ({
    id: `${list} ${pattern}`,
    list,
    subject: 'sender',
    pattern,
    mailboxId: null,
    ...rest,
  });
  const decide = (entries: ListEntry[], sender: string, mailboxId: string | null = 'sales') =>
    decidingEntry(entries, { senders: [sender], recipient: 'sales@example.org', mailboxId }, () => false)?.id ?? null;

  test('go by the closest pattern', () => {
    const entries = [
      entry('deny', '*.example.com'),
      entry('allow', 'news.example.com'),
      entry('deny', 'spam@news.example.com'),
    ];
    expect(decide(entries, 'a@shop.example.com')).toBe('deny *.example.com');
    expect(decide(entries, 'a@EXAMPLE.com')).toBe('deny *.example.com');
    expect(decide(entries, 'a@news.example.com')).toBe('allow news.example.com');
    expect(decide(entries, 'Spam@news.example.com')).toBe('deny spam@news.example.com');
    expect(decide(entries, 'a@badexample.com')).toBeNull();
  });

  test('of a mailbox go before those for all, and hold for no other', () => {
    const entries = [entry('deny', 'example.com'), entry('allow', 'example.com', { mailboxId: 'sales', id: 'own' })];
    expect(decide(entries, 'a@example.com')).toBe('own');
    expect(decide(entries, 'a@example.com', 'support')).toBe('deny example.com');
  });

  test('deny where both say something alike', () => {
    expect(decide([entry('allow', 'example.com'), entry('deny', 'example.com')], 'a@example.com')).toBe(
      'deny example.com',
    );
  });

  test('take addresses and domains, and networks for clients', () => {
    const isNetwork = (text: string) => text === '192.0.2.0/24';
    expect(patternProblem('sender', 'ada@example.com', isNetwork)).toBeNull();
    expect(patternProblem('sender', '*.example.com', isNetwork)).toBeNull();
    expect(patternProblem('sender', '*@example.com', isNetwork)).not.toBeNull();
    expect(patternProblem('sender', 'example', isNetwork)).not.toBeNull();
    expect(patternProblem('client', '192.0.2.0/24', isNetwork)).toBeNull();
    expect(patternProblem('client', 'example.com', isNetwork)?.problem).toContain('192.0.2.0/24');
  });
});

test('a source is unusual that sends many times what it usually does, and not a few messages', () => {
  const policy = { rateFactor: 10, rateLeast: 50 };
  expect(isUnusual(49, 0, policy)).toBe(false);
  expect(isUnusual(50, 0, policy)).toBe(true);
  expect(isUnusual(400, 45, policy)).toBe(false);
  expect(isUnusual(500, 45, policy)).toBe(true);
  expect(isUnusual(500, 1, { ...policy, rateFactor: 0 })).toBe(false);
});

test('every wrong choice of a policy is named', () => {
  const problems = intakePolicyProblems({
    greylistDelay: 0,
    rateFactor: -1,
    blockLists: [{ zone: 'no zone', codes: ['128.0.0.1'], action: 'mark' }],
  });
  expect(problems.map(({ field }) => field)).toEqual([
    'greylistDelay',
    'rateFactor',
    'blockLists[0].zone',
    'blockLists[0].codes',
  ]);
});
