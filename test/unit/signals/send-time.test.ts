import { expect, test } from 'vitest';
import { bestTime, hourOfWeek, isQuiet, type TimeFacts } from '../../../src/domain/outgoing/send-time.js';

/** A Wednesday. */
const EARLIEST = Date.parse('2026-11-18T10:20:00Z');
const facts = (more: Partial<TimeFacts>): TimeFacts => ({
  earliest: EARLIEST,
  own: {},
  destination: {},
  organization: {},
  quiet: null,
  utcOffset: 0,
  ...more,
});
const at = (time: string) => hourOfWeek(Date.parse(time));

test('hours of the week begin with Monday in UTC', () => {
  expect(at('2026-11-16T00:59:00Z')).toBe(0);
  expect(at('2026-11-22T23:00:00Z')).toBe(167);
});

test('the hour in which somebody reads is chosen, within the next day', () => {
  const own = { [at('2026-11-19T08:30:00Z')]: 5, [at('2026-11-21T12:00:00Z')]: 4 };
  expect(bestTime(facts({ own }))).toMatchObject({ at: Date.parse('2026-11-19T08:00:00Z'), by: 'own' });
});

test('a habit of other days counts where the week says no more', () => {
  const own = { [at('2026-11-16T15:00:00Z')]: 2, [at('2026-11-17T15:00:00Z')]: 2 };
  expect(bestTime(facts({ own })).at).toBe(Date.parse('2026-11-18T15:00:00Z'));
});

test('too little of one history leaves it to the next, and says so by the confidence', () => {
  const destination = { [at('2026-11-18T20:00:00Z')]: 40 };
  const shared = bestTime(facts({ own: { 3: 2 }, destination }));
  expect(shared).toMatchObject({ at: Date.parse('2026-11-18T20:00:00Z'), by: 'destination' });
  const own = bestTime(facts({ own: { [at('2026-11-18T20:00:00Z')]: 40 } }));
  expect(own.confidence).toBeGreaterThan(shared.confidence);
  expect(bestTime(facts({}))).toEqual({ at: EARLIEST, by: 'none', confidence: 0 });
});

test('nothing falls into quiet hours of the recipient', () => {
  const quiet = { from: 22, to: 7 };
  const own = { [at('2026-11-19T02:00:00Z')]: 9, [at('2026-11-18T18:00:00Z')]: 1 };
  // In Tokyo 22 o'clock is 13 in UTC, 7 is 22.
  const chosen = bestTime(facts({ own, quiet, utcOffset: 540 }));
  expect(chosen.at).toBe(Date.parse('2026-11-19T02:00:00Z'));
  const here = bestTime(facts({ own, quiet }));
  expect(here.at).toBe(Date.parse('2026-11-18T18:00:00Z'));
  expect(bestTime(facts({ quiet: { from: 10, to: 12 } })).at).toBe(Date.parse('2026-11-18T12:00:00Z'));
  expect([isQuiet(23, quiet), isQuiet(6, quiet), isQuiet(7, quiet), isQuiet(12, null)]).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
