import {
  addMonths,
  epochDay,
  firstOfMonth,
  lastOfMonth,
  lastWeekday,
  mondayOf,
  nextWeekday,
  partsOf,
  weekdayInWeek,
  weekdayOf,
} from './calendar.js';
import type { Reading, Reference } from './rule.js';
import { oneDay } from './rule.js';

export type Unit = 'minute' | 'hour' | 'day' | 'week' | 'fortnight' | 'month' | 'quarter' | 'year';

const MOST = 5_000;
const DAYS: Partial<Record<Unit, number>> = { day: 1, week: 7, fortnight: 14 };
const MONTHS: Partial<Record<Unit, number>> = { month: 1, quarter: 3, year: 12 };
const MINUTES: Partial<Record<Unit, number>> = { minute: 1, hour: 60 };

/** So many units after the mail was written; before it where negative. */
export function relative(count: number, unit: Unit, { sent, instant }: Reference): Reading | null {
  if (!Number.isFinite(count) || Math.abs(count) > MOST) return null;
  const minutes = MINUTES[unit];
  if (minutes !== undefined) return { instant: instant.getTime() + count * minutes * 60_000, certainty: 0.85 };
  const days = DAYS[unit];
  if (days !== undefined) {
    const shift = Math.round(count * days);
    return { ...oneDay(sent + shift, 0.9), shift, certainty: 0.9 };
  }
  const months = (MONTHS[unit] ?? 0) * count;
  return Math.abs(months) > 1_200 ? null : oneDay(addMonths(sent, Math.round(months)), 0.85);
}

/** The whole week, month or year so many after the present one. */
export function period(unit: Unit, offset: number, { sent }: Reference, certainty = 0.85): Reading {
  const { year, month } = partsOf(sent);
  switch (unit) {
    case 'week': {
      const monday = mondayOf(sent) + 7 * offset;
      return { days: [monday, monday + 6], certainty };
    }
    case 'month': {
      const first = firstOfMonth(addMonths(firstOfMonth(sent), offset));
      return { days: [first, lastOfMonth(first)], certainty };
    }
    case 'quarter': {
      const first = addMonths(epochDay(year, month - ((month - 1) % 3), 1) ?? sent, 3 * offset);
      return { days: [first, lastOfMonth(addMonths(first, 2))], certainty };
    }
    case 'year':
      return {
        days: [epochDay(year + offset, 1, 1) ?? sent, epochDay(year + offset, 12, 31) ?? sent],
        certainty,
      };
    default:
      return { days: [sent + offset, sent + offset], certainty };
  }
}

/** So many units up to the mail (`past five years`) or from it on (`next 2 weeks`). */
export function span(count: number, unit: Unit, side: 'past' | 'next', reference: Reference): Reading | null {
  const other = relative(side === 'past' ? -count : count, unit, reference);
  if (other?.days === undefined) return other;
  const days = side === 'past' ? [other.days[0], reference.sent] : [reference.sent, other.days[0]];
  return { days: [days[0] ?? 0, days[1] ?? 0], certainty: 0.8 };
}

export type Which = 'coming' | 'nextWeek' | 'thisWeek' | 'last';

export function weekdayReading(weekday: number, which: Which, { sent }: Reference, weak = false): Reading {
  const at = weekdayAt(weekday, which, sent);
  // A plain weekday yields to a date or a week beside it.
  const plain = which === 'last' ? {} : { weekday };
  const certainty = which === 'nextWeek' && weekdayOf(sent) !== 5 ? 0.8 : 0.88;
  return { days: [at, at], ...plain, certainty, ...(weak ? { weak } : {}) };
}

function weekdayAt(weekday: number, which: Which, sent: number): number {
  if (which === 'last') return lastWeekday(sent, weekday);
  if (which === 'nextWeek') return weekdayInWeek(sent, weekday, 1);
  if (which === 'thisWeek') return weekdayInWeek(sent, weekday, 0);
  return nextWeekday(sent, weekday);
}

/** The first to fourth weekday of a month, the last one where the ordinal is -1. */
export function weekdayOfMonth(ordinal: number, weekday: number, first: number): Reading | null {
  if (ordinal === -1) return oneDay(lastWeekday(lastOfMonth(first) + 1, weekday), 0.93);
  return oneDay(nextWeekday(first - 1, weekday) + 7 * (ordinal - 1), 0.93);
}

/** `the 15th`: of this month, of the next one where it is past. */
export function dayOfMonth(day: number, { sent }: Reference, certainty: number, weak = false): Reading | null {
  const { year, month } = partsOf(sent);
  const here = epochDay(year, month, day);
  const next = partsOf(addMonths(firstOfMonth(sent), 1));
  const at = here !== null && here >= sent ? here : epochDay(next.year, next.month, day);
  return at === null ? null : { days: [at, at], certainty, ...(weak ? { weak } : {}) };
}

/** A weekday with its number, `Saturday the 5th`: the next month in which they meet. */
export function weekdayAndNumber(weekday: number, day: number, { sent }: Reference): Reading | null {
  for (let month = 0; month < 12; month++) {
    const { year, month: of } = partsOf(addMonths(firstOfMonth(sent), month));
    const at = epochDay(year, of, day);
    if (at !== null && at >= sent - 7 && weekdayOf(at) === weekday) return oneDay(at, 0.92);
  }
  return null;
}
