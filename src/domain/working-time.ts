import { addDays, instantOf, localTime, weekdayOf } from './local-time.js';
import type { Absence, PersonDraft } from './staff.js';

type Worker = Pick<PersonDraft, 'timeZone' | 'hours' | 'absences'>;

/** Longer than any absence that may still be called one; who is away for longer has no next opening time. */
const DAYS_AHEAD = 400;
const MIDNIGHT = 24 * 60;

function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}

/** The absence that a day falls into; of several the one that ends last. */
function absenceOn(worker: Worker, date: string): Absence | null {
  const away = worker.absences.filter(({ from, until }) => from <= date && date <= until);
  return away.toSorted((one, two) => (one.until < two.until ? 1 : -1))[0] ?? null;
}

/** The absence that keeps somebody away at an instant; null where he is not away. */
export function awayAt(worker: Worker, now: Date): Absence | null {
  return absenceOn(worker, localTime(now, worker.timeZone).date);
}

/** Whether somebody is at work at an instant, by his own clock. A night shift belongs to the day on which it begins. */
export function isWorking(worker: Worker, now: Date): boolean {
  const { date, minutes } = localTime(now, worker.timeZone);
  if (worker.hours.length === 0) return absenceOn(worker, date) === null;
  return [date, addDays(date, -1)].some((day, daysAgo) => {
    if (absenceOn(worker, day) !== null) return false;
    const clock = minutes + daysAgo * MIDNIGHT;
    return shiftsOf(worker, day).some(({ from, to }) => from <= clock && clock < to);
  });
}

/** Minutes since midnight of the day; `to` may lie on the next. */
function shiftsOf({ hours }: Worker, date: string): { from: number; to: number }[] {
  const weekday = weekdayOf(date);
  return hours
    .filter((one) => one.weekday === weekday)
    .map(({ from, to }) => {
      const [start, end] = [minutesOf(from), minutesOf(to)];
      return { from: start, to: end > start ? end : end + MIDNIGHT };
    });
}

/** When somebody who is not at work begins next; null where he does not within a year or so. */
export function nextOpening(worker: Worker, now: Date): Date | null {
  const { date: today } = localTime(now, worker.timeZone);
  for (let ahead = 0; ahead <= DAYS_AHEAD; ahead++) {
    const day = addDays(today, ahead);
    if (absenceOn(worker, day) !== null) continue;
    const starts = worker.hours.length === 0 ? [0] : shiftsOf(worker, day).map(({ from }) => from);
    const instants = starts
      .map((minutes) => instantOf(day, minutes, worker.timeZone))
      .filter((instant) => instant > now)
      .toSorted((one, two) => one.getTime() - two.getTime());
    if (instants[0] !== undefined) return instants[0];
  }
  return null;
}
