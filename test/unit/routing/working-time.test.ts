import { describe, expect, it } from 'vitest';
import { instantOf, isLocalZone, localTime } from '../../../src/domain/local-time.js';
import { personProblems } from '../../../src/domain/staff.js';
import { isWorking, nextOpening } from '../../../src/domain/working-time.js';

const berlin = { timeZone: 'Europe/Berlin', absences: [] };
const days = (from: string, to: string, ...weekdays: number[]) => weekdays.map((weekday) => ({ weekday, from, to }));
const at = (instant: string) => new Date(instant);

describe('local time', () => {
  it('is that of the zone, summer time and half hours counted', () => {
    expect(localTime(at('2026-07-01T22:30:00Z'), 'Europe/Berlin')).toEqual({
      date: '2026-07-02',
      weekday: 4,
      minutes: 30,
    });
    expect(localTime(at('2026-11-22T20:00:00Z'), 'Asia/Kolkata')).toEqual({
      date: '2026-11-23',
      weekday: 1,
      minutes: 90,
    });
  });

  it('has an instant also where summer time leaves a time out or has it twice', () => {
    // Berlin 2026: 29 March 2:00 becomes 3:00, 25 October 3:00 becomes 2:00.
    expect(instantOf('2026-03-29', 150, 'Europe/Berlin').toISOString()).toBe('2026-03-29T01:30:00.000Z');
    expect(instantOf('2026-10-25', 150, 'Europe/Berlin').toISOString()).toBe('2026-10-25T00:30:00.000Z');
    expect(instantOf('2026-03-29', 540, 'Europe/Berlin').toISOString()).toBe('2026-03-29T07:00:00.000Z');
    expect(instantOf('2026-03-28', 540, 'Europe/Berlin').toISOString()).toBe('2026-03-28T08:00:00.000Z');
    expect(instantOf('2026-12-31', 1_440, 'Pacific/Apia').toISOString()).toBe('2026-12-31T11:00:00.000Z');
  });

  it('knows zones, not offsets', () => {
    expect(['Europe/Berlin', 'UTC', '+01:00', 'Mars/Base', ''].map(isLocalZone)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});

describe('working time', () => {
  const office = { ...berlin, hours: days('09:00', '17:00', 1, 2, 3, 4, 5) };

  it('keeps to the clock on the wall when summer time begins', () => {
    expect(isWorking(office, at('2026-03-27T08:00:00Z'))).toBe(true);
    expect(isWorking(office, at('2026-03-30T06:59:59Z'))).toBe(false);
    expect(isWorking(office, at('2026-03-30T07:00:00Z'))).toBe(true);
    expect(isWorking(office, at('2026-03-30T15:00:00Z'))).toBe(false);
    expect(nextOpening(office, at('2026-03-28T12:00:00Z'))?.toISOString()).toBe('2026-03-30T07:00:00.000Z');
  });

  it('lets a night shift go on past midnight, and past the days of absence that follow it', () => {
    const night = {
      ...berlin,
      hours: days('22:00', '06:00', 5),
      absences: [{ from: '2026-11-21', until: '2026-11-30' }],
    };
    expect(isWorking(night, at('2026-11-21T02:00:00Z'))).toBe(true);
    expect(isWorking(night, at('2026-11-21T05:00:00Z'))).toBe(false);
    expect(isWorking(night, at('2026-11-28T02:00:00Z'))).toBe(false);
    expect(nextOpening(night, at('2026-11-21T05:00:00Z'))?.toISOString()).toBe('2026-12-04T21:00:00.000Z');
  });

  it('ends at midnight where it says 24:00', () => {
    const late = { ...berlin, hours: days('18:00', '24:00', 5) };
    expect(isWorking(late, at('2026-11-20T22:59:00Z'))).toBe(true);
    expect(isWorking(late, at('2026-11-20T23:00:00Z'))).toBe(false);
  });

  it('is always but on days of absence for who has no hours', () => {
    const always = { ...berlin, hours: [], absences: [{ from: '2026-11-21', until: '2026-11-22' }] };
    expect(isWorking(always, at('2026-11-20T22:00:00Z'))).toBe(true);
    expect(isWorking(always, at('2026-11-20T23:00:00Z'))).toBe(false);
    expect(nextOpening(always, at('2026-11-21T12:00:00Z'))?.toISOString()).toBe('2026-11-22T23:00:00.000Z');
  });

  it('has no next opening for who is away for years', () => {
    const gone = { ...office, absences: [{ from: '2026-01-01', until: '2030-01-01' }] };
    expect(nextOpening(gone, at('2026-11-20T12:00:00Z'))).toBeNull();
  });
});

it('names every field of a person that cannot be', () => {
  const draft = {
    name: '',
    address: 'ada',
    timeZone: 'UTC',
    hours: [{ weekday: 8, from: '24:00', to: '7:00' }],
    absences: [
      { from: '2026-02-30', until: 'soon' },
      { from: '2026-12-24', until: '2026-12-23' },
    ],
    mostOpen: 0,
  };
  expect(personProblems(draft).map(({ field }) => field)).toEqual([
    'name',
    'address',
    'hours[0].weekday',
    'hours[0].from',
    'hours[0].to',
    'absences[0].from',
    'absences[0].until',
    'absences[1].until',
    'mostOpen',
  ]);
});
