import { expect, test } from 'vitest';
import { repairAt } from '../../../src/domain/ai-repair.js';
import type { AiFailure, AiReport } from '../../../src/domain/ai.js';

const now = new Date('2026-11-20T10:00:00Z');
const schedule = { retriesMs: [60_000, 300_000, 3_600_000], giveUpMs: 2 * 86_400_000 };
const failed = (failure: AiFailure, more: Partial<Extract<AiReport, { status: 'failed' }>> = {}) => ({
  status: 'failed' as const,
  provider: 'openai' as const,
  failure,
  reason: 'it failed',
  notBefore: null,
  asked: true,
  ...more,
});
const after = (minutes: number) => new Date(now.getTime() + minutes * 60_000);
const fresh = { tries: 0, owedSince: now };

test('requests in vain are spaced by the schedule, and its last step repeats', () => {
  const at = (tries: number) => repairAt(failed('timeout'), { tries, owedSince: now }, schedule, now);
  expect(at(0)).toEqual({ tries: 1, dueAt: after(1) });
  expect(at(1)).toEqual({ tries: 2, dueAt: after(5) });
  expect(at(7)).toEqual({ tries: 8, dueAt: after(60) });
});

test('what was never sent costs no try', () => {
  expect(repairAt(failed('circuitOpen', { asked: false }), { tries: 3, owedSince: now }, schedule, now)).toEqual({
    tries: 3,
    dueAt: after(0.5),
  });
});

test('a provider that asks for a longer pause gets it', () => {
  const notBefore = after(20).toISOString();
  expect(repairAt(failed('rateLimited', { notBefore }), fresh, schedule, now)?.dueAt).toEqual(after(20));
});

test('over the budget it waits until the day is over, however long the schedule says', () => {
  const notBefore = after(30).toISOString();
  const late = { tries: 9, owedSince: now };
  expect(repairAt(failed('overBudget', { notBefore, asked: false }), late, schedule, now)).toEqual({
    tries: 9,
    dueAt: after(30),
  });
});

test('it ends: after days, after nonsense, and at once where it is not allowed', () => {
  const old = { tries: 2, owedSince: new Date(now.getTime() - 3 * 86_400_000) };
  expect(repairAt(failed('timeout'), old, schedule, now)).toBeNull();
  expect(repairAt(failed('nonsense'), { tries: 2, owedSince: now }, schedule, now)).toBeNull();
  expect(repairAt(failed('notAllowed', { asked: false }), fresh, schedule, now)).toBeNull();
});
