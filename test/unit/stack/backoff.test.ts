import { describe, expect, it } from 'vitest';
import { backoffDelay, CrashLoop } from '../../../src/stack/backoff.js';

describe('backoffDelay', () => {
  const backoff = { baseMs: 100, capMs: 1_000 };

  it('doubles its ceiling with each attempt, up to the cap', () => {
    const ceilings = [1, 2, 3, 4, 5, 60].map((attempt) => backoffDelay(attempt, backoff, () => 1));
    expect(ceilings).toEqual([100, 200, 400, 800, 1_000, 1_000]);
  });

  it('takes its jitter from the whole range', () => {
    expect(backoffDelay(3, backoff, () => 0)).toBe(0);
    expect(backoffDelay(3, backoff, () => 0.5)).toBe(200);
  });
});

describe('CrashLoop', () => {
  it('is passed by one failure more than allowed inside the window', () => {
    const crashes = new CrashLoop(2, 1_000);
    expect([0, 400, 900].map((now) => crashes.record(now))).toEqual([false, false, true]);
    expect(crashes.count).toBe(3);
  });

  it('forgets failures that are older than the window', () => {
    const crashes = new CrashLoop(2, 1_000);
    expect([0, 600, 1_200, 1_800, 2_400].map((now) => crashes.record(now))).toEqual([
      false,
      false,
      false,
      false,
      false,
    ]);
  });
});
