import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEFAULT_TUNING, tune, type RunFigures, type Tuning } from '../../../src/domain/tuning.js';

const after = (runs: number, figures: RunFigures, from: Tuning = DEFAULT_TUNING) =>
  Array.from({ length: runs }).reduce<Tuning>((tuning) => tune(tuning, figures), from);

describe('the tuning of an organization', () => {
  test('keeps outcomes longer where much repeats', () => {
    const repeated = after(500, { cacheHits: 9, cacheLookups: 10, latencyMs: 100 });
    expect(repeated.hitRate).toBeCloseTo(0.9, 1);
    expect(repeated.cacheHours).toBeGreaterThan(120);
  });

  test('keeps them for a short time where nothing does', () => {
    expect(after(500, { cacheHits: 0, cacheLookups: 10, latencyMs: 100 }).cacheHours).toBeLessThan(7);
    expect(after(500, { cacheHits: 0, cacheLookups: 0, latencyMs: 100 }).hitRate).toBe(0);
  });

  test('lets bulk mail step behind earlier where runs take long, and later again when they do not', () => {
    const slow = after(500, { cacheHits: 0, cacheLookups: 1, latencyMs: 60_000 });
    expect(slow.busyBacklog).toBeLessThan(DEFAULT_TUNING.busyBacklog);
    const quick = after(500, { cacheHits: 0, cacheLookups: 1, latencyMs: 100 }, slow);
    expect(quick.busyBacklog).toBeGreaterThan(slow.busyBacklog);
  });

  test('is not swung by a single message', () => {
    const odd = tune(DEFAULT_TUNING, { cacheHits: 10, cacheLookups: 10, latencyMs: 3_600_000 });
    expect(Math.abs(odd.cacheHours - DEFAULT_TUNING.cacheHours)).toBeLessThan(DEFAULT_TUNING.cacheHours / 10);
    expect(Math.abs(odd.busyBacklog - DEFAULT_TUNING.busyBacklog)).toBeLessThanOrEqual(DEFAULT_TUNING.busyBacklog / 10);
  });

  test('stays within its limits whatever the runs are like', () => {
    const figures = fc.record({
      cacheHits: fc.nat(20),
      cacheLookups: fc.nat(20).map((more) => 20 + more),
      latencyMs: fc.nat(10_000_000),
    });
    fc.assert(
      fc.property(fc.array(figures, { maxLength: 200 }), (runs) => {
        const tuned = runs.reduce<Tuning>(tune, DEFAULT_TUNING);
        expect(tuned.cacheHours).toBeGreaterThanOrEqual(6);
        expect(tuned.cacheHours).toBeLessThanOrEqual(168);
        expect(tuned.busyBacklog).toBeGreaterThanOrEqual(10);
        expect(tuned.busyBacklog).toBeLessThanOrEqual(1_000);
        expect(tuned.hitRate).toBeGreaterThanOrEqual(0);
        expect(tuned.hitRate).toBeLessThanOrEqual(1);
      }),
    );
  });
});
