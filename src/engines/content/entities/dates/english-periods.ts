import { NUMBERS, number } from './english-words.js';
import { inLikelyYear } from './calendar.js';
import type { Unit } from './relative.js';
import { period, span } from './relative.js';
import type { Groups, Reading, Reference, Rule } from './rule.js';
import { anyOf, rule } from './rule.js';

export function dayNumber(year: number, month: number, day: number): number {
  return Date.UTC(year, month - 1, day) / 86_400_000;
}

export function wholeYear(year: number): Reading {
  return { days: [dayNumber(year, 1, 1), dayNumber(year, 12, 31)], certainty: 0.75 };
}

export function season(
  name: string,
  which: string | undefined,
  year: string | undefined,
  reference: { sent: number },
): Reading {
  const present = new Date(reference.sent * 86_400_000).getUTCFullYear();
  const of =
    year === undefined
      ? present + (which === 'next' ? 1 : which === 'last' || which === 'past' ? -1 : 0)
      : Number(year);
  const first = { spring: 3, summer: 6, fall: 9, autumn: 9, winter: 12 }[name] ?? 3;
  return { days: [dayNumber(of, first, 1), dayNumber(of, first + 3, 1) - 1], certainty: 0.7 };
}

/** Parts of a year by their ordinal; -1 the last. */
const PARTS: Readonly<Record<string, number>> = {
  first: 1,
  second: 2,
  third: 3,
  fourth: 4,
  last: -1,
  '1st': 1,
  '2nd': 2,
  '3rd': 3,
  '4th': 4,
};
const SEPTEMBER_11 = dayNumber(2001, 9, 11);

function quarterOf(quarter: number, year: number): Reading {
  return {
    days: [dayNumber(year, quarter * 3 - 2, 1), dayNumber(year, quarter * 3 + 1, 1) - 1],
    certainty: 0.8,
  };
}

/** `first three months of 2001`, `second half of 2002`, `last quarter of 2001`. */
function partOfYear({ o = '', c, u, k, y }: Groups): Reading | null {
  const [year, part] = [Number(y), PARTS[o] ?? 1];
  if (k === 'quarter') return quarterOf(part === -1 ? 4 : part, year);
  if (k === 'half') {
    const first = part === 1;
    return part > 2
      ? null
      : { days: [dayNumber(year, first ? 1 : 7, 1), dayNumber(year, first ? 7 : 13, 1) - 1], certainty: 0.8 };
  }
  const count = number(c);
  const days = u === 'week' ? count * 7 : count;
  if (part !== 1 && part !== -1) return null;
  const [start, end] = [dayNumber(year, 1, 1), dayNumber(year, 12, 31)];
  if (u === 'month')
    return {
      days: part === 1 ? [start, dayNumber(year, count + 1, 1) - 1] : [dayNumber(year, 13 - count, 1), end],
      certainty: 0.8,
    };
  return { days: part === 1 ? [start, start + days - 1] : [end - days + 1, end], certainty: 0.75 };
}

/** `5/14-5/15`. */
function slashedRange({ a, b, c, d }: Groups, { sent, monthFirst }: Reference): Reading | null {
  const [first, last] = monthFirst
    ? [
        [a, b],
        [c, d],
      ]
    : [
        [b, a],
        [d, c],
      ];
  const from = inLikelyYear(Number(first?.[0]), Number(first?.[1]), sent);
  const to = inLikelyYear(Number(last?.[0]), Number(last?.[1]), sent);
  return from === null || to === null || to <= from || to - from > 200 ? null : { days: [from, to], certainty: 0.85 };
}

/** Periods within a year or a week, and years long ago. */
export const PERIOD_RULES: readonly Rule[] = [
  rule(
    '(?<=\\b(?:over|on|at|during|for|by|before|after|until|of|through|about) {1,2}the {1,2})week-?end(?! of )',
    (_groups, reference) => {
      const monday = period('week', 0, reference).days?.[0] ?? 0;
      return { days: [monday + 5, monday + 6], certainty: 0.7 };
    },
  ),
  rule('mid-?week', (_groups, reference) => {
    const monday = period('week', 0, reference).days?.[0] ?? 0;
    return { days: [monday + 1, monday + 3], certainty: 0.75 };
  }),
  // The day has no other name; `24/7` is no day.
  {
    pattern: /(?<![\p{L}\p{N}_/.]|\d-)9[/-]11(?![\p{L}\p{N}_%]|[.,:/-]\d)/gu,
    read: (_groups, { sent }) => (sent < SEPTEMBER_11 ? null : { days: [SEPTEMBER_11, SEPTEMBER_11], certainty: 0.85 }),
  },
  rule('in recent (?<u>day|week|month|year)s', ({ u }, reference) => ({
    ...span(3, (u ?? 'day') as Unit, 'past', reference),
    certainty: 0.6,
  })),
  rule('(?:earlier|later) (?:on )?in the (?<u>week|month|quarter|year)', ({ u }, reference) => ({
    ...period((u ?? 'week') as Unit, 0, reference),
    certainty: 0.8,
  })),
  rule('(?<a>\\d{1,2})/(?<b>\\d{1,2}) ?- ?(?<c>\\d{1,2})/(?<d>\\d{1,2})', slashedRange),
  rule(
    `(?<o>${anyOf(PARTS)}) (?:(?<c>${anyOf(NUMBERS)}|\\d{1,2}) (?<u>month|week|day)s of|(?<k>quarter|half)(?: of)?,?) (?<y>(?:19|20)\\d{2})`,
    partOfYear,
  ),
  rule(
    '(?<q>first|second|third|fourth|1st|2nd|3rd|4th|next|last|this) quarter(?! ?(?:mile|hour|of an? ))',
    ({ q = '' }, reference) =>
      q === 'next' || q === 'last' || q === 'this'
        ? period('quarter', q === 'next' ? 1 : q === 'last' ? -1 : 0, reference)
        : quarterOf(PARTS[q] ?? 1, new Date(reference.sent * 86_400_000).getUTCFullYear()),
  ),
  rule('q(?<q>[1-4])(?:(?:,? | ?/|-)(?<y>(?:19|20)\\d{2}))?', ({ q, y }, { sent }, before) =>
    y === undefined &&
    !/\b(?:in|for|of|by|during|through|until|since|early|late|this|next|last|our|your) $/.test(before)
      ? null
      : quarterOf(Number(q), y === undefined ? new Date(sent * 86_400_000).getUTCFullYear() : Number(y)),
  ),
  rule('(?<c>1\\d|20|[5-9])th[ -]century', ({ c }) => ({
    days: [dayNumber(Number(c) * 100 - 99, 1, 1), dayNumber(Number(c) * 100, 12, 31)],
    certainty: 0.6,
  })),
  // `since '97`.
  rule(
    "(?<=\\b(?:in|since|of|until|from|back in|summer|fall|spring|winter) {1,2})'(?<z>[5-9]\\d|0\\d)(?!')",
    ({ z }) => ({
      ...wholeYear(Number(z) < 50 ? 2000 + Number(z) : 1900 + Number(z)),
      certainty: 0.7,
    }),
  ),
  // Only what stands in a place is a year that long ago.
  rule(
    '(?<=\\b(?:in|since|circa|anno) {1,2})(?<y>1[0-8]\\d{2})(?= ?(?:[,.;:)\\n]|and |or |a |an |the |when |by |$))',
    ({ y }) => ({ ...wholeYear(Number(y)), certainty: 0.55 }),
  ),
];
