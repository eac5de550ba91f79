/** What a clock on the wall of a time zone shows at an instant. */
export interface LocalTime {
  /** `2026-11-23`. */
  date: string;
  /** 1 Monday to 7 Sunday (ISO 8601). */
  weekday: number;
  /** Since midnight, by the clock: 150 at 2:30, twice in the night when summer time ends. */
  minutes: number;
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  // Making one takes as long as a hundred uses of it.
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    calendar: 'iso8601',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  formats.set(timeZone, format);
  return format;
}

/** @throws RangeError for a zone that is none of IANA */
export function localTime(instant: Date, timeZone: string): LocalTime {
  const parts = new Map(
    formatOf(timeZone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, value]),
  );
  const date = `${parts.get('year')}-${parts.get('month')}-${parts.get('day')}`;
  return {
    date,
    weekday: weekdayOf(date),
    minutes: Number(parts.get('hour')) * 60 + Number(parts.get('minute')),
  };
}

/** 1 Monday to 7 Sunday. */
export function weekdayOf(date: string): number {
  return new Date(`${date}T00:00:00Z`).getUTCDay() || 7;
}

export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/**
 * The instant at which the clocks of a zone show a time; the first of two. A time that summer time leaves out counts as
 * the same time after the gap: 2:30 is 3:30 then.
 */
export function instantOf(date: string, minutes: number, timeZone: string): Date {
  const wanted = Date.parse(`${date}T00:00:00Z`) + minutes * MINUTE_MS;
  // The offset a day before and a day after: no zone changes its clocks twice within that.
  const [before, after] = [wanted - DAY_MS, wanted + DAY_MS].map((near) => offsetMs(new Date(near), timeZone));
  const candidates = [wanted - before!, wanted - after!].sort((one, two) => one - two);
  const shown = candidates.find((at) => at + offsetMs(new Date(at), timeZone) === wanted);
  return new Date(shown ?? wanted - before!);
}

/** Minutes that the clocks of a zone are east of UTC at an instant, in milliseconds. */
export function zoneOffset(timeZone: string, at: number): number {
  return offsetMs(new Date(at), timeZone) / MINUTE_MS;
}

function offsetMs(instant: Date, timeZone: string): number {
  const { date, minutes } = localTime(instant, timeZone);
  const wall = Date.parse(`${date}T00:00:00Z`) + minutes * MINUTE_MS;
  return wall - Math.floor(instant.getTime() / MINUTE_MS) * MINUTE_MS;
}

/** Whether it names a zone; offsets (`+01:00`), in which there is no summer time, are none. */
export function isLocalZone(name: string): boolean {
  if (!/^[a-z]/i.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false; // RangeError: it is not known
  }
}
