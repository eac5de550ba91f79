import { describe, expect, test } from 'vitest';
import {
  circuitWaitMs,
  classifyReply,
  loopReason,
  overallOnwardStatus,
  readReply,
  retryAt,
  type DialogueStage,
} from '../../../src/domain/onward.js';

const judged = (text: string | null, stage: DialogueStage, dataEnded = stage === 'end') =>
  classifyReply(text === null ? null : readReply(text), stage, dataEnded);

describe('a reply', () => {
  test('is read with its code, its enhanced code, and as one line', () => {
    expect(readReply('550 5.1.1 <x@y.example> no such user')).toMatchObject({ code: 550, enhanced: '5.1.1' });
    expect(readReply('250-first\n250 2.0.0 second')).toMatchObject({ code: 250, text: '250-first 2.0.0 second' });
    expect(readReply('250')).toMatchObject({ code: 250, enhanced: null });
    expect(readReply('hello')).toMatchObject({ code: null });
    expect(readReply('5500 x').code).toBeNull();
    expect(readReply(`550 a\u0000b\u001b[31m${'x'.repeat(5_000)}`).text).toMatch(/^550 a b \[31mx{900,}$/);
  });

  test('to the data decides: taken, later, never', () => {
    expect(judged('250 2.0.0 saved', 'end')).toBe('DELIVERED');
    expect(judged('452 4.2.2 full', 'end')).toBe('DEFERRED');
    expect(judged('421 4.3.2 going down', 'end')).toBe('DEFERRED');
    expect(judged('554 5.7.1 spam', 'end')).toBe('FAILED');
  });

  test('that does not come is uncertain after the end of the data, and only then', () => {
    expect(judged(null, 'end')).toBe('UNCERTAIN');
    expect(judged('nonsense', 'end')).toBe('UNCERTAIN');
    expect(judged('354 go on', 'end')).toBe('UNCERTAIN');
    for (const stage of ['connect', 'session', 'mail', 'rcpt', 'data'] as const) {
      expect(judged(null, stage, false)).toBe('DEFERRED');
    }
    expect(judged('250 too early', 'data', false)).toBe('DEFERRED');
  });

  test('about the server or about us never fails a message', () => {
    expect(judged('554 5.7.1 your address is listed', 'session')).toBe('DEFERRED');
    expect(judged('535 5.7.8 wrong password', 'session')).toBe('DEFERRED');
    expect(judged('530 5.7.0 log in first', 'mail')).toBe('DEFERRED');
    expect(judged('503 5.5.1 bad sequence', 'rcpt')).toBe('DEFERRED');
  });

  test('552 to RCPT is too many recipients, unless it says that the mailbox is full (RFC 5321 4.5.3.1.10)', () => {
    expect(judged('552 too many', 'rcpt')).toBe('DEFERRED');
    expect(judged('552 5.2.2 full', 'rcpt')).toBe('FAILED');
    expect(judged('552 5.3.4 too large', 'mail')).toBe('FAILED');
  });
});

describe('the schedule', () => {
  const schedule = { retriesMs: [100, 200], giveUpMs: 1_000 };

  test('waits longer each time, then as long as the last, with some spread', () => {
    expect(retryAt(1, 0, 0, schedule, 0)).toBe(100);
    expect(retryAt(2, 0, 100, schedule, 0)).toBe(300);
    expect(retryAt(9, 0, 300, schedule, 0)).toBe(500);
    expect(retryAt(1, 0, 0, schedule, 1)).toBe(120);
  });

  test('ends with one attempt when the time is over, and none after it', () => {
    expect(retryAt(5, 0, 900, schedule, 0)).toBe(1_000);
    expect(retryAt(6, 0, 1_000, schedule, 0)).toBeNull();
  });
});

test('a server is left alone after three failures, longer each time, ten minutes at most', () => {
  expect([1, 2, 3, 4, 5].map((failures) => circuitWaitMs(failures, 60_000))).toEqual([0, 0, 30_000, 60_000, 120_000]);
  expect(circuitWaitMs(50, 60_000)).toBe(600_000);
  expect(circuitWaitMs(3, 200)).toBe(200);
});

test('loops are told: too many servers, our own trace, a forward to itself', () => {
  const facts = {
    kind: 'forward',
    recipient: 'a@x.example',
    target: 'b@y.example',
    receivedFields: 3,
    wasHere: false,
  } as const;
  expect(loopReason(facts)).toBeNull();
  expect(loopReason({ ...facts, receivedFields: 100 })).toContain('100 servers');
  expect(loopReason({ ...facts, wasHere: true })).toContain('come back');
  expect(loopReason({ ...facts, target: 'A@x.example' })).toContain('to itself');
  expect(loopReason({ ...facts, kind: 'nextHop', target: 'a@x.example' })).toBeNull();
});

test('a recipient shows the worst of its deliveries', () => {
  expect(overallOnwardStatus([])).toBeNull();
  expect(overallOnwardStatus(['DELIVERED', 'DEFERRED'])).toBe('DEFERRED');
  expect(overallOnwardStatus(['UNCERTAIN', 'FAILED', 'DELIVERED'])).toBe('FAILED');
});
