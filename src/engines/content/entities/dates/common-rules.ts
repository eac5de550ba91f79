import { epochDay, firstOfMonth, fullYear, inLikelyYear, lastOfMonth } from './calendar.js';
import type { Groups, Reading, Reference, Rule } from './rule.js';
import { anyOf, oneDay, rule } from './rule.js';

const DAY = '0?[1-9]|[12]\\d|3[01]';
const YEAR = "(?:19|20)\\d{2}|'\\d{2}";
const ORDINAL = '(?:st|nd|rd|th|er|ero|\\.|º|°)?';
const OF = "(?:of |de |d')?";
const TO = ' ?(?:-|to|through|thru|till|until|bis zum|bis|au|al|a|and|und|et|y) ?(?:the |le |el |dem |den )?';
const HOUR = '[01]?\\d|2[0-4]';
const MINUTE = '[0-5]\\d';
const MERIDIEM = '[ap]\\.? ?m\\b\\.?|noon\\b';
const UNIT = "uhr|heures?|horas?|hours|hrs?|hs|h|o'clock";
const CLOCK_TO = ' ?(?<to>-|to|till|til|until|bis|and|und|a|et|y|hasta)(?: las?| um)? ?';
const BEFORE_RANGE = /(?:from|between|von|zwischen|de|entre|desde)(?: las?)? $/;
const BEFORE_CLOCK = /(?:\b(?:at|by|from|until|till|um|ab|gegen|bis|von|vor|nach|las|vers|a|des)|[,@]) $/;

/** Numeric dates and ISO 8601, as every language writes them. */
export const NUMERIC_RULES: readonly Rule[] = [
  rule(
    '(?<y>(?:19|20)\\d{2})-(?<m>\\d{2})-(?<d>\\d{2})(?:[t ](?<h>\\d{2}):(?<n>\\d{2})(?::\\d{2}(?:\\.\\d{1,9})?)?(?<z>z| ?[+-]\\d{2}:?\\d{2}))?',
    isoDate,
  ),
  rule('(?<y>(?:19|20)\\d{2})/(?<m>\\d{1,2})/(?<d>\\d{1,2})', ({ y, m, d }) =>
    oneDay(epochDay(Number(y), Number(m), Number(d)), 0.97),
  ),
  rule('(?<a>\\d{1,2})(?<sign>[./-])(?<b>\\d{1,2})\\k<sign>(?<y>(?:19|20)\\d{2}|\\d{2})', numericDate),
];

/** `3/4`: a date only where words around it say so, which the languages add. */
export const SLASHED: Rule = rule('(?<a>\\d{1,2})/(?<b>\\d{1,2})', (groups, reference, before) => {
  const told =
    /(?:\b(?:on|by|until|till|before|from|of|since|completed|due|dated|sent|received|effective|through|meeting|the|le|el|au|du|al|del|am|bis|zum|vom|ab|to)|[(,]) $|^$/.test(
      before,
    );
  const [first, second] = [Number(groups['a']), Number(groups['b'])];
  // `12/92`: a month and its year.
  if (first >= 1 && first <= 12 && second > 31 && groups['b']?.length === 2) {
    const year = fullYear(groups['b'], reference.sent);
    const day = epochDay(year, first, 1);
    return day === null ? null : { days: [day, lastOfMonth(day)], certainty: 0.7 };
  }
  const [month, day] = monthAndDay(groups, reference.monthFirst);
  const at = inLikelyYear(month, day, reference.sent);
  // Halves of an inch go to 32nds; no other fraction has more than twelve below and so few above.
  const isPlain = reference.monthFirst && first <= 12 && second > 12 && second <= 31 && second !== 16;
  return at === null ? null : { days: [at, at], certainty: told ? 0.85 : 0.6, weak: !told && !isPlain };
});

export const CLOCK_RULES: readonly Rule[] = [
  rule(
    `(?<h1>${HOUR})(?:[:.h](?<n1>${MINUTE}))? ?(?<x1>${MERIDIEM}|(?:${UNIT})\\b)?${CLOCK_TO}(?<h2>${HOUR})(?:[:.h](?<n2>${MINUTE}))? ?(?<x2>${MERIDIEM}|(?:${UNIT})\\b)?`,
    clockRange,
  ),
  rule(
    `(?<h>${HOUR})(?<sign>[:.h]) ?(?<n>${MINUTE})(?::[0-5]\\d(?:\\.\\d{1,6})?)? ?(?<x>${MERIDIEM}|(?:${UNIT})\\b)?`,
    ({ h, n, x, sign }, _reference, before) => {
      if ((sign === '.' && x === undefined && !BEFORE_CLOCK.test(before)) || /\bdays?,? $/.test(before)) return null;
      return clockOf(h, n, x, 0.9);
    },
  ),
  rule(`(?<h>${HOUR}) ?(?<x>${MERIDIEM}|(?:${UNIT})(?: ?(?<n>${MINUTE}))?)`, ({ h, n, x }) => clockOf(h, n, x, 0.88)),
  rule('(?<h>\\d{2})(?<n>[0-5]\\d) ?(?:hours|hrs|uhr|h)', ({ h, n }) => clockOf(h, n, 'h', 0.85)),
];

/** Days of months by name, alone and in ranges. */
export function monthRules(months: Readonly<Record<string, number>>, monthFirst: boolean): Rule[] {
  const month = `(?<m>${anyOf(months)})`;
  const year = `(?:,? ?(?:de |del )?(?<y>${YEAR}))?`;
  const of = ({ m }: Groups) => months[m ?? ''] ?? 0;
  const dayAt = (groups: Groups, reference: Reference) =>
    dated(groups['y'], of(groups), Number(groups['d']), reference);
  const range = (groups: Groups, reference: Reference) =>
    dayRange(groups['y'], of(groups), Number(groups['d1']), Number(groups['d2']), reference);
  const rules = [
    rule(`(?<d1>${DAY})${ORDINAL}${TO}(?<d2>${DAY})${ORDINAL} ?${OF}${month}\\.?${year}`, range),
    rule(`(?<d>${DAY})${ORDINAL}[ -]?${OF}${month}\\.?(?:[ ,-]{1,2}(?:de |del )?(?<y>${YEAR}|\\d{2}(?!:)))?`, dayAt),
    rule(`${month}\\.?,? (?:of |de |del )?(?<y>(?:19|20)\\d{2})`, (groups) => {
      const first = epochDay(Number(groups['y']), of(groups), 1);
      return first === null ? null : { days: [first, lastOfMonth(first)], certainty: 0.9 };
    }),
  ];
  if (!monthFirst) return rules;
  const day = `(?:the )?(?<d>${DAY})(?:st|nd|rd|th)?`;
  return [
    rule(`${month}\\.? (?<d1>${DAY})(?:st|nd|rd|th)?${TO}(?<d2>${DAY})(?:st|nd|rd|th)?${year}`, range),
    ...rules,
    rule(`${month}(?:\\.?(?: {1,2}|-)|\\.)${day}(?:,? {0,2}(?<y>${YEAR}))?`, dayAt),
  ];
}

/** A month alone, with the certainty that its word is no other. */
export function monthAlone(month: number, { sent }: Reference, certainty: number): Reading | null {
  const first = inLikelyYear(month, 1, sent);
  return first === null ? null : { days: [firstOfMonth(first), lastOfMonth(first)], certainty };
}

function dated(year: string | undefined, month: number, day: number, { sent }: Reference): Reading | null {
  if (year === undefined) return oneDay(inLikelyYear(month, day, sent), 0.93);
  return oneDay(epochDay(fullYear(year, sent), month, day), 0.98);
}

function dayRange(
  year: string | undefined,
  month: number,
  from: number,
  to: number,
  { sent }: Reference,
): Reading | null {
  const first = year === undefined ? inLikelyYear(month, from, sent) : epochDay(fullYear(year, sent), month, from);
  if (first === null || to <= from || first + to - from > lastOfMonth(first)) return null;
  return { days: [first, first + to - from], certainty: 0.95 };
}

function isoDate({ y, m, d, h, n, z }: Groups): Reading | null {
  const day = epochDay(Number(y), Number(m), Number(d));
  if (day === null || h === undefined) return oneDay(day, 0.98);
  const instant = Date.parse(`${y}-${m}-${d}T${h}:${n}:00${zoneOf(z ?? 'z')}`);
  return Number.isNaN(instant) ? null : { days: [day, day], instant, certainty: 0.99 };
}

function zoneOf(written: string): string {
  const zone = written.trim().toUpperCase();
  return zone === 'Z' || zone.includes(':') ? zone : `${zone.slice(0, 3)}:${zone.slice(3)}`;
}

function monthAndDay({ a, b, sign }: Groups, monthFirst: boolean): [month: number, day: number] {
  const [first, second] = [Number(a), Number(b)];
  // Dots are written day first everywhere; a number beyond twelve is a day wherever it stands.
  const firstIsMonth = second > 12 || (monthFirst && sign !== '.' && first <= 12);
  return firstIsMonth ? [first, second] : [second, first];
}

function numericDate(groups: Groups, { sent, monthFirst }: Reference, before: string): Reading | null {
  if (/\b(?:version|release|kernel|v|ver|sec|section|rev)\.? $/.test(before)) return null;
  const { a, b, y, sign } = groups;
  const [month, day] = monthAndDay(groups, monthFirst);
  const [first, second] = [Number(a), Number(b)];
  const ambiguous = first <= 12 && second <= 12 && first !== second && sign !== '.';
  return oneDay(epochDay(fullYear(y ?? '', sent), month, day), ambiguous ? 0.85 : 0.96);
}

function clockRange(
  { h1, n1, x1, to: joint = '', h2, n2, x2 }: Groups,
  _reference: Reference,
  before: string,
): Reading | null {
  const told = BEFORE_RANGE.test(before);
  // `at 9:00 and 10:00` are two.
  if (/^(?:and|und|et|y)$/.test(joint) && !told) return null;
  if (x2 === undefined && x1 === undefined && (n1 === undefined || n2 === undefined) && !told) return null;
  const to = clockOf(h2, n2, x2 ?? x1, 0.9)?.clock;
  if (to === undefined) return null;
  let from = clockOf(h1, n1, x1 ?? x2, 0.9)?.clock;
  // 11-1 pm starts in the morning.
  if (from !== undefined && x1 === undefined && from.from > to.from)
    from = clockOf(h1, n1, x2?.startsWith('p') ? 'am' : x2, 0.9)?.clock;
  if (from === undefined) return null;
  const bare = x1 === undefined && x2 === undefined && (n1 === undefined || n2 === undefined);
  return { clock: { from: from.from, to: to.from, fixed: from.fixed }, certainty: bare ? 0.75 : 0.92, weak: bare };
}

/** A time of the day: 12-hour ones with am or pm, others as they stand. */
export function clockOf(
  hour: string | undefined,
  minute: string | undefined,
  mark: string | undefined,
  certainty: number,
): Reading | null {
  let hours = Number(hour);
  if (hours > 24) return null;
  const half = /^([ap])\.? ?m/.exec(mark ?? '')?.[1];
  if (half !== undefined && (hours > 12 || hours === 0)) return null;
  if (half === 'p' && hours < 12) hours += 12;
  if (half === 'a' && hours === 12) hours = 0;
  // A zero before it or an hour beyond noon says that the day has 24 hours.
  const fixed =
    half !== undefined ||
    hours > 12 ||
    hours === 0 ||
    hour?.startsWith('0') === true ||
    /^(?:h|uhr|heure|hrs|hs|noon)/.test(mark ?? '');
  return { clock: { from: hours * 60 + Number(minute ?? 0), fixed }, certainty };
}
