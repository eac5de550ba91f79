import { describe, expect, test } from 'vitest';
import { decidingEntry, patternProblem, type ListEntry } from '../../../src/domain/address-list.js';
import { interpretAnswer, isCodePattern } from '../../../src/domain/block-list.js';
import {
  bothNotes,
  greylist,
  intakePolicyProblems,
  isUnusual,
  NOTHING_NOTED,
} from '../../../src/domain/intake-policy.js';

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

  test('leaves a day to come again after the longest delay too', () => {
    const due = { firstSeen: ago(30 * 60), lastSeen: ago(30 * 60), passedAt: null };
    expect(greylist(due, false, 86_400, NOW)).toEqual({ pass: true, begins: false });
    const late = { ...due, firstSeen: ago(49 * 60) };
    expect(greylist(late, false, 86_400, NOW)).toMatchObject({ pass: false, begins: true });
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

test.each([
  ['127.0.0.2', true],
  ['127.*.*.4-255', true],
  ['127.0.0.7-4', false],
  ['127.0.0.256', false],
  ['128.0.0.1', false],
])('%s as a return code that an answer can have: %s', (pattern, isOne) => {
  expect(isCodePattern(pattern)).toBe(isOne);
});

test('an allow entry for one recipient speaks for no other, and one for a sender must be proven for all', () => {
  const allowed = (allowedBy: string) => ({ ...NOTHING_NOTED, allowedBy });
  const listed = { ...NOTHING_NOTED, listedBy: [{ zone: 'list.example', codes: ['127.0.0.2'] }] };
  expect(bothNotes(allowed('sender example.com'), listed)).toEqual(listed);
  expect(bothNotes(listed, allowed('sender example.com'))).toEqual(listed);
  const both = bothNotes(allowed('recipient ada@example.org'), allowed('sender example.com'));
  expect(both.allowedBy).toBe('sender example.com');
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

  test('of networks and subdomains within each other go by the smaller one', () => {
    const client = (list: 'allow' | 'deny', pattern: string) => entry(list, pattern, { subject: 'client' });
    const all = [client('deny', '192.0.2.0/24'), client('allow', '192.0.2.7'), client('allow', '192.0.2.128/25')];
    const facts = { senders: [], recipient: 'sales@example.org', mailboxId: null };
    const among = (...patterns: string[]) => decidingEntry(all, facts, (network) => patterns.includes(network))?.id;
    expect(among('192.0.2.0/24', '192.0.2.7')).toBe('allow 192.0.2.7');
    expect(among('192.0.2.0/24', '192.0.2.128/25')).toBe('allow 192.0.2.128/25');
    const nested = [entry('deny', '*.example.com'), entry('allow', '*.mail.example.com')];
    expect(decide(nested, 'a@x.mail.example.com')).toBe('allow *.mail.example.com');
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
