import { startOf, weekdayInWeek, weekdayOf } from './calendar.js';
import type { Clock, Reading, Reference, Rule } from './rule.js';
import { clockZone } from './zones.js';

/** A date or time in the text: where it stands, and what it says. */
export interface Expression {
  start: number;
  end: number;
  reading: Reading;
  /** Minutes east of UTC that the text itself says. */
  offset?: number;
}

const MOST_STRETCHES = 400;
const WIDEST_GAP = 14;
const GLUE =
  /^[ ,;:(·|\n@]*(?:-[ ]?)?(?:(?:at|on|of|the|from|between|around|about|by|in|starting|um|ab|gegen|am|den|dem|der|des|von|zwischen|vom|le|a|a partir de|vers|de|du|dans|entre|la|el|las|los|por|del|al|au|desde|sobre|en|t)(?=[ ,])[ ,]*){0,2}$/;
const RANGE =
  /^(?: {0,2}- {0,2}|,? {1,2}(?:to|through|thru|until|till|bis|bis zum|au|jusqu'au|al|a|hasta|hasta el|y el|et le|and|und) {1,2}(?:the {1,2}|le |el |zum |den )?)$/;

const AND = /^,? {1,2}(?:and|und|et|y|e) {1,2}(?:the {1,2}|le |el |den )?$/;
const BETWEEN = /\b(?:between|zwischen|entre)(?: {1,2}(?:the|le|el|dem|den))? {1,2}$/;

/** Every stretch that a rule reads, left to right, longer ones first, put together where they stand together. */
export function expressionsIn(
  folded: string,
  text: string,
  rules: readonly Rule[],
  reference: Reference,
): Expression[] {
  const stretches = withoutOverlaps(stretchesIn(folded, text, rules, reference));
  const joined: Expression[] = [];
  for (const stretch of stretches) {
    const before = joined.at(-1);
    const together = before === undefined ? null : join(before, stretch, folded);
    if (together === null) joined.push(stretch);
    else joined[joined.length - 1] = together;
  }
  return joined.filter(({ reading }) => !reading.weak && says(reading));
}

const says = ({ days, clock, instant }: Reading) => days !== undefined || clock !== undefined || instant !== undefined;

function stretchesIn(folded: string, text: string, rules: readonly Rule[], reference: Reference): Expression[] {
  const found: Expression[] = [];
  for (const { pattern, read } of rules) {
    for (const match of folded.matchAll(pattern)) {
      const start = match.index;
      const before = folded.slice(Math.max(0, start - 24), start).replace(/ {2,}/g, ' ');
      const reading = read(match.groups ?? {}, reference, before);
      if (reading === null) continue;
      const end = start + trimmed(match[0]).length;
      const zone = reading.clock === undefined ? null : clockZone(folded, text, end, reference.instant);
      found.push(
        zone === null
          ? { start, end, reading }
          : { start, end: zone.end, reading: fixed(reading), offset: zone.offset },
      );
      if (found.length > MOST_STRETCHES) return found;
    }
  }
  return found;
}

/** Without the full stop of a sentence; `a.m.` keeps its own. */
function trimmed(written: string): string {
  const bare = written.trimEnd();
  return bare.endsWith('.') && /(?:[^.\d]m|days?|\dam|\dpm|\p{L}{5})\.$/u.test(bare) && !/[ap]\. ?m\.$/.test(bare)
    ? bare.slice(0, -1)
    : bare;
}

function fixed(reading: Reading): Reading {
  return { ...reading, weak: false, certainty: Math.max(reading.certainty, 0.9) };
}

function withoutOverlaps(stretches: Expression[]): Expression[] {
  const kept: Expression[] = [];
  for (const stretch of stretches.sort(
    (a, b) => a.start - b.start || b.end - a.end || Number(a.reading.weak ?? false) - Number(b.reading.weak ?? false),
  )) {
    const before = kept.at(-1);
    if (before === undefined || stretch.start >= before.end) kept.push(stretch);
    // A weak stretch gives way to a longer one that begins inside it.
    else if (before.reading.weak && stretch.end > before.end && !stretch.reading.weak) kept[kept.length - 1] = stretch;
  }
  return kept;
}

function join(a: Expression, b: Expression, folded: string): Expression | null {
  const gap = folded.slice(a.end, b.start);
  if (gap.length > WIDEST_GAP || (b.reading.listed && gap !== ' ') || (a.reading.listed && /[a-z]/.test(gap)))
    return null;
  // `Tuesday and Wednesday` are two, `between Tuesday and Wednesday` is a range.
  if (AND.test(gap) && !BETWEEN.test(folded.slice(Math.max(0, a.start - 16), a.start))) return null;
  const reading = RANGE.test(gap) ? (rangeOf(a, b) ?? glued(a, b, gap)) : glued(a, b, gap);
  if (reading === null) return null;
  const offset = b.offset ?? a.offset;
  return { start: a.start, end: closed(folded, a.start, b.end), reading, ...(offset === undefined ? {} : { offset }) };
}

/** A bracket that the expression opens belongs to it. */
function closed(folded: string, start: number, end: number): number {
  const inside = folded.slice(start, end);
  return folded[end] === ')' && inside.includes('(') && !inside.includes(')') ? end + 1 : end;
}

function rangeOf({ reading: a }: Expression, { reading: b }: Expression): Reading | null {
  if (a.weak && a.clock === undefined) return null;
  if (a.clock && b.clock && b.days === undefined && a.clock.to === undefined) {
    return {
      ...a,
      clock: { ...a.clock, to: b.clock.from, fixed: a.clock.fixed || b.clock.fixed },
      weak: false,
      certainty: Math.min(a.certainty, b.certainty),
    };
  }
  if (a.days === undefined || b.days === undefined || a.clock || b.weak) return null;
  // `Monday to Wednesday`: the end is the first one after the start.
  const last = b.weekday !== undefined && b.days[1] < a.days[0] ? b.days[1] + 7 : b.days[1];
  if (last < a.days[0]) return null;
  return {
    days: [a.days[0], last],
    certainty: Math.min(a.certainty, b.certainty),
    ...(b.clock ? { clock: b.clock } : {}),
  };
}

function glued({ reading: a }: Expression, { reading: b }: Expression, gap: string): Reading | null {
  if (!GLUE.test(gap)) return null;
  if (a.edge !== undefined && b.days !== undefined && a.days === undefined) return edged(a.edge, b);
  // `for one week, starting tomorrow`.
  if (a.weak === true && a.days !== undefined && a.clock === undefined && a.weekday === undefined && gap.includes(','))
    return null;
  if ((a.clock && b.clock) || a.edge || b.edge || (a.instant !== undefined && b.instant !== undefined)) return null;
  const days = joinedDays(a, b);
  if (days === null) return null;
  const instant = a.instant ?? b.instant;
  const clock = a.clock ?? b.clock;
  // Lines of a table are no sentence.
  if (gap.includes('\n') && clock === undefined) return null;
  const half = b.half ?? a.half;
  const weekday = a.days && b.days ? undefined : (a.weekday ?? b.weekday);
  return {
    ...days,
    ...(clock ? { clock } : {}),
    ...(half ? { half } : {}),
    ...(instant === undefined ? {} : { instant }),
    ...(weekday === undefined ? {} : { weekday }),
    weak: (a.weak === true && b.weak === true) || (days.days === undefined && a.weak === true && !clock),
    certainty: Math.min(0.98, Math.max(a.certainty, b.certainty) + 0.02),
  };
}

type Days = Pick<Reading, 'days'>;

function joinedDays(a: Reading, b: Reading): Days | null {
  if (a.days === undefined || b.days === undefined) {
    const days = a.days ?? b.days;
    return days === undefined ? {} : { days };
  }
  if (b.shift !== undefined && b.shift % 7 === 0 && a.shift === undefined && a.days[0] === a.days[1]) {
    return { days: [a.days[0] + b.shift, a.days[1] + b.shift] };
  }
  // One within the other: `August 15 this year`, `tomorrow, 6/8`.
  const [inner, outer] = a.days[1] - a.days[0] <= b.days[1] - b.days[0] ? [a.days, b.days] : [b.days, a.days];
  const weeks = outer[1] - outer[0] === 6 && (a.weekday ?? b.weekday) !== undefined;
  if (!weeks && inner[0] >= outer[0] && inner[1] <= outer[1]) return { days: inner };
  const week = [a, b].find(
    ({ days, weekday }) => days !== undefined && weekday === undefined && days[1] - days[0] === 6,
  );
  const named = a.weekday ?? b.weekday;
  if (week?.days !== undefined && named !== undefined) {
    const at = weekdayInWeek(week.days[0], named, 0);
    return { days: [at, at] };
  }
  if (a.weekday !== undefined || a.yields) return { days: b.days };
  if (b.weekday !== undefined || b.yields) return { days: a.days };
  return null;
}

function edged(edge: NonNullable<Reading['edge']>, reading: Reading): Reading | null {
  const [first, last] = reading.days ?? [0, 0];
  if (first === last) return { ...reading, weak: false };
  const isWeek = last - first === 6;
  const { days: _days, weak: _weak, ...rest } = reading;
  if (edge === 'middle') return { ...rest, days: [first, last], certainty: 0.7 };
  const at = edge === 'start' ? first : isWeek ? first + 4 : last;
  return { ...rest, days: [at, at], certainty: 0.85 };
}

/** Local minutes after midnight that a clock means beside words like `this afternoon`. */
export function minutesOf(clock: Clock, half: Reading['half']): { from: number; to?: number } {
  const later = (minutes: number) => (minutes < 720 ? minutes + 720 : minutes);
  if (clock.fixed) return clock.to === undefined ? { from: clock.from } : { from: clock.from, to: clock.to };
  // Nobody meets at three in the morning without saying so.
  const afternoon = half === 'pm' || (half === undefined && clock.from >= 60 && clock.from < 420);
  const from = afternoon ? later(clock.from) : clock.from;
  if (clock.to === undefined) return { from };
  return { from, to: clock.to < from ? later(clock.to) : clock.to };
}

/** First and last moment of an expression as local minutes since 1970, or days alone. */
export function extentOf(
  { reading }: Expression,
  { sent, instant }: Reference,
  offset: number,
): { from: number; to: number | null; timed: boolean } {
  const days = reading.days;
  if (reading.clock === undefined) {
    const [first, last] = days ?? [sent, sent];
    return { from: startOf(first), to: first === last ? null : startOf(last), timed: false };
  }
  const { from, to } = minutesOf(reading.clock, reading.half);
  let [first, last] = days ?? [sent, sent];
  const now = instant.getTime() + offset * 60_000;
  if (days === undefined && startOf(sent) + from * 60_000 < now) [first, last] = [sent + 1, sent + 1];
  const start = startOf(first) + from * 60_000;
  const end = to === undefined ? null : startOf(last) + to * 60_000;
  return { from: start, to: end, timed: true };
}

export const sameWeekday = (day: number, weekday: number): boolean => weekdayOf(day) === weekday;
