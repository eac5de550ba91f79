import type { Unit } from './relative.js';
import type { Groups, Reading } from './rule.js';
import { anyOf } from './rule.js';

export const MONTHS: Readonly<Record<string, number>> = {
  january: 1,
  february: 2,
  march: 3,
  april: 4,
  may: 5,
  june: 6,
  july: 7,
  august: 8,
  september: 9,
  october: 10,
  november: 11,
  december: 12,
  jan: 1,
  feb: 2,
  mar: 3,
  apr: 4,
  jun: 6,
  jul: 7,
  aug: 8,
  sep: 9,
  sept: 9,
  oct: 10,
  nov: 11,
  dec: 12,
};
export const WEEKDAYS: Readonly<Record<string, number>> = {
  sunday: 0,
  monday: 1,
  tuesday: 2,
  wednesday: 3,
  thursday: 4,
  friday: 5,
  saturday: 6,
  sun: 0,
  mon: 1,
  tue: 2,
  tues: 2,
  wed: 3,
  weds: 3,
  thu: 4,
  thur: 4,
  thurs: 4,
  fri: 5,
  sat: 6,
};
export const NUMBERS: Readonly<Record<string, number>> = {
  a: 1,
  an: 1,
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  eleven: 11,
  twelve: 12,
  twenty: 20,
  thirty: 30,
  'a couple of': 2,
  couple: 2,
  'couple of': 2,
  few: 3,
  several: 3,
  'a few': 3,
};
export const ORDINALS: Readonly<Record<string, number>> = { first: 1, second: 2, third: 3, fourth: 4, last: -1 };
export const HOLIDAYS: Readonly<Record<string, readonly [month: number, day: number]>> = {
  christmas: [12, 25],
  'christmas day': [12, 25],
  'christmas eve': [12, 24],
  "new year's eve": [12, 31],
  "new year's day": [1, 1],
  "new year's": [1, 1],
  halloween: [10, 31],
  "valentine's day": [2, 14],
  'independence day': [7, 4],
  "st. patrick's day": [3, 17],
  'boxing day': [12, 26],
};
/** Holidays of the United States on the nth weekday (-1 the last) of a month. */
export const MOVABLE_HOLIDAYS: Readonly<Record<string, readonly [nth: number, weekday: number, month: number]>> = {
  thanksgiving: [4, 4, 11],
  'thanksgiving day': [4, 4, 11],
  'labor day': [1, 1, 9],
  'memorial day': [-1, 1, 5],
  "presidents' day": [3, 1, 2],
  'presidents day': [3, 1, 2],
};
export const HOURS = 'one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|1[0-2]|[1-9]';
export const NUMBER = `\\d{1,3}|${anyOf(NUMBERS)}`;
export const UNIT = '(?<u>minute|min|hour|hr|day|week|fortnight|month|quarter|year|yr)s?';
export const WEEKDAY = `(?<w>${anyOf(WEEKDAYS)})`;
export const HALVES: Readonly<Record<string, 'am' | 'pm'>> = {
  morning: 'am',
  afternoon: 'pm',
  evening: 'pm',
  night: 'pm',
};

export const number = (written: string | undefined) => NUMBERS[written ?? ''] ?? Number(written);
export const UNITS: Readonly<Record<string, Unit>> = { min: 'minute', hr: 'hour', yr: 'year' };
export const unit = (written: string | undefined) => UNITS[written ?? ''] ?? ((written ?? 'day') as Unit);
export const weekday = (groups: Groups) => WEEKDAYS[groups['w'] ?? ''] ?? 0;
export const half = (written: string | undefined): Partial<Reading> => {
  const known = HALVES[written ?? ''];
  return known === undefined ? {} : { half: known };
};
/** `sat`, `sun` and `wed` are words as well. */
export const isShort = ({ w }: Groups) => (w ?? '').length < 5;
