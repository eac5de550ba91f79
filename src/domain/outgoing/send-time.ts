/** What was chosen for the recipients of a message whose sender leaves the time to us. */
export interface ChosenTimes {
  /** ISO 8601; null: at once. */
  earliest: string | null;
  /** Recipients that have a time of their own. */
  optimized: number;
  reason: string;
  confidence: number;
}

const HOUR_MS = 3_600_000;
const HOURS = 168;
const DAY = 24;
/** 1 January 1970 was a Thursday; the week begins on Monday. */
const THURSDAY = 3 * DAY;

/** Hour of the week in UTC: 0 is Monday from midnight on. */
export function hourOfWeek(time: number): number {
  return (Math.floor(time / HOUR_MS) + THURSDAY) % HOURS;
}

/** Hours of the day, local to the recipient, in which nothing is to arrive; from 22 to 7 goes over midnight. */
export interface QuietHours {
  from: number;
  to: number;
}

export function isQuiet(hour: number, quiet: QuietHours | null): boolean {
  if (quiet === null || quiet.from === quiet.to) return false;
  return quiet.from < quiet.to ? hour >= quiet.from && hour < quiet.to : hour >= quiet.from || hour < quiet.to;
}

/** Counts by hour of the week in UTC. */
export type HourCounts = Readonly<Record<string, number>>;

export interface TimeFacts {
  /** Nothing leaves before, in milliseconds. */
  earliest: number;
  own: HourCounts;
  destination: HourCounts;
  organization: HourCounts;
  quiet: QuietHours | null;
  /** Minutes east of UTC at the recipient's. */
  utcOffset: number;
}

export interface BestTime {
  at: number;
  /** Whose history chose it; `none`: there is too little of any. */
  by: 'own' | 'destination' | 'organization' | 'none';
  confidence: number;
}

/** With fewer a history says nothing. */
const LEAST = { own: 3, destination: 20, organization: 20 };
/** Evidence that makes it half sure. What others do says at most half of what somebody does. */
const HALF_SURE = { own: 8, destination: 100, organization: 200 };
const OF_OTHERS = 0.5;

/** The hour of the next day in which the recipient most likely reads, from the closest history that says enough. */
export function bestTime(facts: TimeFacts): BestTime {
  const slots = slotsOf(facts);
  const by = (['own', 'destination', 'organization'] as const).find((name) => total(facts[name]) >= LEAST[name]);
  if (by === undefined) return { at: slots[0]!, by: 'none', confidence: 0 };
  let best = slots[0]!;
  let bestScore = 0;
  for (const at of slots) {
    const score = likely(facts[by], hourOfWeek(at));
    // The earlier one of two that are alike.
    if (score <= bestScore * (1 + 1e-9)) continue;
    best = at;
    bestScore = score;
  }
  const evidence = total(facts[by]);
  const sure = evidence / (evidence + HALF_SURE[by]);
  return { at: best, by, confidence: by === 'own' ? sure : sure * OF_OTHERS };
}

/** The earliest moment and the full hours of the day after it, those that are quiet left out. */
function slotsOf({ earliest, quiet, utcOffset }: TimeFacts): number[] {
  const next = (Math.floor(earliest / HOUR_MS) + 1) * HOUR_MS;
  const slots = [earliest, ...Array.from({ length: DAY - 1 }, (_, hour) => next + hour * HOUR_MS)];
  const isLoud = (at: number) => !isQuiet(new Date(at + utcOffset * 60_000).getUTCHours(), quiet);
  const loud = slots.filter(isLoud);
  return loud.length > 0 ? loud : slots;
}

/** The hour itself, less the hours beside it, and least the same hour of other days: people have habits of the day too. */
function likely(counts: HourCounts, hour: number): number {
  const at = (other: number) => counts[String((other + HOURS) % HOURS)] ?? 0;
  let sameHour = 0;
  for (let day = 1; day < 7; day += 1) sameHour += at(hour + day * DAY);
  return at(hour) + 0.5 * (at(hour - 1) + at(hour + 1)) + 0.4 * sameHour;
}

const total = (counts: HourCounts) => Object.values(counts).reduce((sum, count) => sum + count, 0);
