/** Days since 1 January 1970, in no zone: what dates without a time are reckoned in. */
export type EpochDay = number;

const DAY = 86_400_000;
/** A day and month without a year that lie no longer back than this are of the past, others to come. */
const PAST_DAYS = 60;

/** The day, or null where the calendar has no such day. */
export function epochDay(year: number, month: number, day: number): EpochDay | null {
  const at = new Date(Date.UTC(year, month - 1, day));
  if (year < 1000 || at.getUTCMonth() !== month - 1 || at.getUTCDate() !== day) return null;
  return at.getTime() / DAY;
}

export const dayOf = (instant: Date, offset: number): EpochDay =>
  Math.floor((instant.getTime() + offset * 60_000) / DAY);
export const isoDay = (day: EpochDay): string => new Date(day * DAY).toISOString().slice(0, 10);
export const startOf = (day: EpochDay): number => day * DAY;

/** 0 is Sunday. */
export const weekdayOf = (day: EpochDay): number => (((day + 4) % 7) + 7) % 7;
export const mondayOf = (day: EpochDay): EpochDay => day - ((weekdayOf(day) + 6) % 7);

export function partsOf(day: EpochDay): { year: number; month: number; day: number } {
  const at = new Date(day * DAY);
  return { year: at.getUTCFullYear(), month: at.getUTCMonth() + 1, day: at.getUTCDate() };
}

/** The same day of another month, its last one where it is shorter. */
export function addMonths(day: EpochDay, months: number): EpochDay {
  const { year, month, day: ofMonth } = partsOf(day);
  const first = new Date(Date.UTC(year, month - 1 + months, 1)).getTime() / DAY;
  return first + Math.min(ofMonth, lastOfMonth(first) - first + 1) - 1;
}

export function firstOfMonth(day: EpochDay): EpochDay {
  return day - partsOf(day).day + 1;
}

export function lastOfMonth(day: EpochDay): EpochDay {
  const { year, month } = partsOf(day);
  return new Date(Date.UTC(year, month, 0)).getTime() / DAY;
}

/** The weekday strictly after a day. */
export function nextWeekday(after: EpochDay, weekday: number): EpochDay {
  return after + ((weekday - weekdayOf(after) + 6) % 7) + 1;
}

/** The weekday strictly before a day. */
export function lastWeekday(before: EpochDay, weekday: number): EpochDay {
  return before - ((weekdayOf(before) - weekday + 6) % 7) - 1;
}

/** The weekday in the calendar week (from Monday) that a day is in, or in one of the weeks after or before it. */
export function weekdayInWeek(day: EpochDay, weekday: number, weeks: number): EpochDay {
  return mondayOf(day) + 7 * weeks + ((weekday + 6) % 7);
}

/** A day and month of the year that the writer most likely means. */
export function inLikelyYear(month: number, day: number, sent: EpochDay): EpochDay | null {
  const { year } = partsOf(sent);
  const candidates = [year - 1, year, year + 1].flatMap((candidate) => epochDay(candidate, month, day) ?? []);
  return candidates.find((candidate) => candidate >= sent - PAST_DAYS) ?? null;
}

/** A two-digit year is the one within fifty years of the mail. */
export function fullYear(written: string, sent: EpochDay): number {
  const value = Number(written.replace("'", ''));
  if (value >= 100) return value;
  const { year } = partsOf(sent);
  const century = year - (year % 100);
  return [century - 100, century, century + 100]
    .map((base) => base + value)
    .reduce((best, candidate) => (Math.abs(candidate - year) < Math.abs(best - year) ? candidate : best));
}
