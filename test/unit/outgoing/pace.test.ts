import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fairShares } from '../../../src/domain/outgoing/fair-shares.js';
import { shareOut, type HeldLease } from '../../../src/domain/outgoing/lease-shares.js';
import {
  adaptPace,
  circuitState,
  newPace,
  refilled,
  slotsOf,
  type Pace,
  type PaceReport,
} from '../../../src/domain/outgoing/pace.js';

const LIMITS = { concurrency: 20, ratePerMinute: null };
const NOW = 1_800_000_000_000;
const report = (more: Partial<PaceReport>): PaceReport => ({
  answered: 0,
  slowedBy: null,
  pauseMs: null,
  unreachable: null,
  ...more,
});
const SLOWED = report({ slowedBy: '421 slow down' });

describe('the pace of a destination', () => {
  test('grows with its answers up to the limit', () => {
    let pace = newPace(NOW);
    for (let second = 1; second <= 60; second++)
      pace = adaptPace(pace, report({ answered: 10 }), LIMITS, NOW + second * 1_000);
    expect(slotsOf(pace, LIMITS, NOW + 61_000)).toBe(20);
    expect(slotsOf(pace, { ...LIMITS, concurrency: 3 }, NOW + 61_000)).toBe(3);
  });

  test('is halved with a pause where a server asks for less, and what was under way counts once', () => {
    const once = adaptPace({ ...newPace(NOW), concurrency: 16 }, SLOWED, LIMITS, NOW);
    expect(once).toMatchObject({ concurrency: 8, slowdowns: 1, reason: '421 slow down' });
    expect(slotsOf(once, LIMITS, NOW + 1)).toBe(0);
    expect(adaptPace(once, SLOWED, LIMITS, NOW + 50)).toMatchObject({ concurrency: 8, slowdowns: 1 });
    const again = adaptPace(once, SLOWED, LIMITS, once.pausedUntil + 1);
    expect(again).toMatchObject({ concurrency: 4, slowdowns: 2 });
    expect(again.pausedUntil - once.pausedUntil).toBeGreaterThan(once.pausedUntil - NOW);
  });

  test('waits as long as the server says, within reason', () => {
    const asked = (pauseMs: number) => adaptPace(newPace(NOW), { ...SLOWED, pauseMs }, LIMITS, NOW).pausedUntil - NOW;
    expect(asked(120_000)).toBe(120_000);
    expect(asked(86_400_000)).toBe(600_000);
    expect(asked(1)).toBe(10_000);
  });

  test('halves what it was seen to take, and recovers slowly', () => {
    let pace = newPace(NOW);
    for (let second = 1; second <= 120; second++)
      pace = adaptPace(pace, report({ answered: 2 }), LIMITS, NOW + second * 1_000);
    pace = adaptPace(pace, SLOWED, LIMITS, NOW + 121_000);
    expect(pace.ratePerMinute).toBeGreaterThan(40);
    expect(pace.ratePerMinute).toBeLessThan(70);
    const recovering = adaptPace(pace, report({ answered: 10 }), LIMITS, pace.pausedUntil + 1_000);
    expect(recovering.ratePerMinute! / pace.ratePerMinute!).toBeCloseTo(1.1, 1);
    let later: Pace = recovering;
    for (let second = 1; second < 1_000; second++)
      later = adaptPace(later, report({ answered: 5 }), LIMITS, NOW + 1_000_000 + second * 1_000);
    expect(later).toMatchObject({ ratePerMinute: null, concurrency: 20, reason: null, slowdowns: 0 });
  });

  test('whose servers cannot be reached is probed by one, ever more seldom, and goes on when they answer', () => {
    let pace = newPace(NOW);
    let now = NOW;
    const waits: number[] = [];
    for (let failure = 0; failure < 8; failure++) {
      pace = adaptPace(pace, report({ unreachable: 'refused' }), LIMITS, now);
      waits.push(pace.pausedUntil - now);
      now = Math.max(now, pace.pausedUntil) + 1;
    }
    expect(waits).toEqual([0, 0, 30_000, 60_000, 120_000, 240_000, 480_000, 600_000]);
    expect([circuitState(pace, now - 2), circuitState(pace, now)]).toEqual(['OPEN', 'PROBING']);
    expect(slotsOf(pace, LIMITS, now)).toBe(1);
    const back = adaptPace(pace, report({ answered: 1 }), LIMITS, now);
    expect(circuitState(back, now)).toBe('CLOSED');
    expect(slotsOf(back, LIMITS, now)).toBeGreaterThan(1);
  });

  test('refills by the lower of both rates, and saves up for seconds alone', () => {
    const slow = { ...newPace(NOW), ratePerMinute: 60, tokens: 0 };
    expect(refilled(slow, LIMITS, NOW + 3_000).tokens).toBeCloseTo(3);
    expect(refilled(slow, { ...LIMITS, ratePerMinute: 30 }, NOW + 2_000).tokens).toBeCloseTo(1);
    expect(refilled(slow, LIMITS, NOW + 3_600_000).tokens).toBeCloseTo(5);
  });

  test('never leaves its bounds, whatever it is told', () => {
    const told = fc.record({
      answered: fc.nat(1_000),
      slowedBy: fc.option(fc.constant('421')),
      pauseMs: fc.option(fc.nat(10_000_000)),
      unreachable: fc.option(fc.constant('refused')),
      elapsed: fc.integer({ min: -5_000, max: 1_000_000 }),
    });
    fc.assert(
      fc.property(fc.array(told, { maxLength: 50 }), (reports) => {
        let pace = newPace(NOW);
        let now = NOW;
        for (const { elapsed, ...one } of reports) {
          now += elapsed;
          pace = refilled(adaptPace(pace, one, LIMITS, now), LIMITS, now);
          expect(pace.concurrency).toBeGreaterThanOrEqual(1);
          expect(pace.concurrency).toBeLessThanOrEqual(20);
          expect(pace.ratePerMinute ?? 1).toBeGreaterThanOrEqual(1);
          expect(Number.isFinite(pace.tokens + pace.seenPerMinute)).toBe(true);
          expect(slotsOf(pace, LIMITS, now)).toBeLessThanOrEqual(20);
          if (one.slowedBy === null && one.answered > 0) expect(pace.failures).toBe(0);
        }
      }),
    );
  });
});

describe('sharing', () => {
  const claim = (id: string, wanted: number, servedAt = 0) => ({ id, wanted, servedAt });

  test('gives one with little all of it, and the rest to the one with much', () => {
    expect([...fairShares(20, [claim('much', 100_000), claim('little', 1)])]).toEqual([
      ['much', 19],
      ['little', 1],
    ]);
  });

  test('goes to whoever was served longest ago where there is not one for each', () => {
    const shares = fairShares(2, [claim('a', 9, 30), claim('b', 9, 10), claim('c', 9, 20)]);
    expect(Object.fromEntries(shares)).toEqual({ a: 0, b: 1, c: 1 });
  });

  test('gives nobody more than is wanted or there, and leaves nothing that is wanted', () => {
    const claims = fc.uniqueArray(fc.record({ id: fc.string(), wanted: fc.nat(50), servedAt: fc.nat(5) }), {
      selector: ({ id }) => id,
      maxLength: 12,
    });
    fc.assert(
      fc.property(fc.nat(100), claims, (amount, all) => {
        const shares = fairShares(amount, all);
        const given = [...shares.values()].reduce((sum, one) => sum + one, 0);
        expect(given).toBe(
          Math.min(
            amount,
            all.reduce((sum, { wanted }) => sum + wanted, 0),
          ),
        );
        for (const { id, wanted } of all) expect(shares.get(id)!).toBeLessThanOrEqual(wanted);
        const unmet = all.filter(({ id, wanted }) => shares.get(id)! < wanted).map(({ id }) => shares.get(id)!);
        // Whoever did not get all of it has as much as anybody, but for one that is left over.
        for (const share of unmet) expect(Math.max(...shares.values()) - share).toBeLessThanOrEqual(1);
      }),
    );
  });

  const held = (organizationId: string, worker: string, slots: number, wanted = slots): HeldLease => ({
    organizationId,
    worker,
    wanted,
    slots,
    servedAt: 1,
  });

  test('breaks nothing off: who has too much begins nothing new until it has less', () => {
    const asking = [{ organizationId: 'a', worker: 'one', wanted: 10, inUse: 4 }];
    const shares = shareOut({
      slots: 4,
      messages: Infinity,
      asking,
      others: [held('b', 'two', 0, 10)],
      own: [held('a', 'one', 4)],
    });
    expect(shares.get('a')).toEqual({ slots: 2, messages: Infinity });
  });

  test('gives what is free alone, though more would be fair', () => {
    const asking = [{ organizationId: 'b', worker: 'two', wanted: 10, inUse: 0 }];
    const shares = shareOut({ slots: 4, messages: Infinity, asking, others: [held('a', 'one', 3, 10)], own: [] });
    expect(shares.get('b')!.slots).toBe(1);
  });

  test('with one conversation, goes from one organization to the other and back', () => {
    const turn = (inUse: number, ownServed: number, otherServed: number) =>
      shareOut({
        slots: 1,
        messages: Infinity,
        asking: [{ organizationId: 'a', worker: 'one', wanted: 100, inUse }],
        others: [{ ...held('b', 'two', 0, 1), servedAt: otherServed }],
        own: [{ ...held('a', 'one', 1), servedAt: ownServed }],
      }).get('a')!.slots;
    expect(turn(1, 20, 10)).toBe(0);
    expect(turn(0, 10, 20)).toBe(1);
  });
});
