import { epochDay, inLikelyYear } from './calendar.js';
import { CLOCK_RULES, clockOf, monthAlone, monthRules, NUMERIC_RULES, SLASHED } from './common-rules.js';
import { isNoClock, isVersion, unless } from './english-exceptions.js';
import { dayNumber, PERIOD_RULES, season, wholeYear } from './english-periods.js';
import {
  MONTHS,
  MOVABLE_HOLIDAYS,
  WEEKDAYS,
  NUMBERS,
  ORDINALS,
  HOLIDAYS,
  HOURS,
  NUMBER,
  UNIT,
  WEEKDAY,
  number,
  unit,
  weekday,
  half,
  isShort,
} from './english-words.js';
import { dayOfMonth, period, relative, span, weekdayAndNumber, weekdayOfMonth, weekdayReading } from './relative.js';
import type { Groups, Reading, Reference, Rule } from './rule.js';
import { anyOf, oneDay, rule } from './rule.js';

/** `Wed Jul 31 17:08:17 2002`, as programs of Unix write it. */
const CTIME: Rule = rule(
  `(?:(?:${anyOf(WEEKDAYS)}),? {1,2})?(?<m>${anyOf(MONTHS)}) {1,2}(?<d>\\d{1,2}),? (?<h>[012]?\\d):(?<n>[0-5]\\d)(?::[0-5]\\d)?(?: (?:[a-z]{3,4}|[+-]\\d{4}))? (?<y>(?:19|20)\\d{2})`,
  ({ m = '', d, h, n, y }) => {
    const day = epochDay(Number(y), MONTHS[m] ?? 1, Number(d));
    return day === null
      ? null
      : { days: [day, day], clock: { from: Number(h) * 60 + Number(n), fixed: true }, certainty: 0.97 };
  },
);

export const ENGLISH: readonly Rule[] = [
  ...NUMERIC_RULES.map((numeric) => unless(numeric, isVersion)),
  CTIME,
  ...monthRules(MONTHS, true),
  rule(`(?:the )?day (?<side>after tomorrow|before yesterday)`, ({ side }, { sent }) =>
    oneDay(side === 'after tomorrow' ? sent + 2 : sent - 2, 0.95),
  ),
  rule(
    '(?<d>today|tomorrow|tommorow|tomorow|tommorrow|yesterday)(?: (?<p>morning|afternoon|evening|night))?',
    ({ d, p }, { sent }) => ({
      ...oneDay(sent + (d === 'today' ? 0 : d === 'yesterday' ? -1 : 1), 0.95),
      ...half(p),
      yields: true,
      certainty: 0.95,
    }),
  ),
  rule('tonight', (_groups, { sent }) => ({ days: [sent, sent], half: 'pm', certainty: 0.92 })),
  rule(
    '(?:later |earlier |early |late )?(?<t>this|last|next) (?<p>morning|afternoon|evening|night)s?',
    ({ t, p }, { sent }) => {
      const at = t === 'last' ? sent - 1 : t === 'next' ? sent + 1 : sent;
      return { days: [at, at], ...half(p), certainty: 0.9 };
    },
  ),
  rule(`(?<c>a|one|two|three|\\d) weeks? from (?:${WEEKDAY}|(?<t>today|tomorrow))`, (groups, reference) => {
    const { c, t, w } = groups;
    const from =
      w === undefined
        ? reference.sent + (t === 'tomorrow' ? 1 : 0)
        : (weekdayReading(weekday(groups), 'coming', reference).days?.[0] ?? 0);
    return oneDay(from + 7 * number(c), 0.9);
  }),
  rule(`${WEEKDAY} week`, (groups, reference) => {
    const at = weekdayReading(weekday(groups), 'coming', reference).days?.[0];
    return at === undefined || isShort(groups) ? null : oneDay(at + 7, 0.8);
  }),
  rule(`${WEEKDAY},? the (?<d>\\d{1,2})(?:st|nd|rd|th)(?! ?(?:of |de |d')?(?:${anyOf(MONTHS)}))`, (groups, reference) =>
    weekdayAndNumber(weekday(groups), Number(groups['d']), reference),
  ),
  rule(
    `(?<o>${anyOf(ORDINALS)}) ${WEEKDAY} (?:in|of) (?:(?<m>${anyOf(MONTHS)})|(?<n>next|this|the) month)`,
    (groups, reference) => {
      const first =
        groups['m'] === undefined
          ? period('month', groups['n'] === 'next' ? 1 : 0, reference).days?.[0]
          : inLikelyYear(MONTHS[groups['m']] ?? 1, 1, reference.sent);
      return first === undefined || first === null
        ? null
        : weekdayOfMonth(ORDINALS[groups['o'] ?? ''] ?? 1, weekday(groups), first);
    },
  ),
  rule(
    `(?:(?<q>next|this|this coming|coming|this past|last|past|every|each) )?${WEEKDAY}s?\\b\\.?(?: (?<p>morning|afternoon|evening|night)s?\\b)?`,
    (groups, reference) => {
      const { q, p } = groups;
      const which =
        q === 'next'
          ? 'nextWeek'
          : q === 'last' || q === 'past' || q === 'this past'
            ? 'last'
            : q === 'this'
              ? 'thisWeek'
              : 'coming';
      const reading = weekdayReading(
        weekday(groups),
        which,
        reference,
        isShort(groups) && q === undefined && p === undefined,
      );
      return { ...reading, ...half(p) };
    },
  ),
  rule(`(?:${NUMBER}) and a half hours|an hour and a half`, (_groups, reference) => ({
    ...relative(90, 'minute', reference),
    weak: true,
    certainty: 0.5,
  })),
  rule('(?:in|within) (?:half an hour|the next half(?: an)?[ -]hour)', (_groups, reference) =>
    relative(30, 'minute', reference),
  ),
  rule('(?:in|within) an hour and a half', (_groups, reference) => relative(90, 'minute', reference)),
  rule(
    `(?:in|within) (?:the next |about |approximately |another )?(?<c>${NUMBER}) ?(?:business |working )?${UNIT}(?:'s?)?(?: time)?(?! of )`,
    ({ c, u }, reference) => (c === 'one' && u === 'day' ? null : relative(number(c), unit(u), reference)),
  ),
  rule(`(?<c>${NUMBER}) ${UNIT} (?<side>ago|earlier|back|from now|from today|hence)`, ({ c, u, side }, reference) => {
    const back = side === 'ago' || side === 'earlier' || side === 'back';
    return relative(back ? -number(c) : number(c), unit(u), reference);
  }),
  rule(
    `(?<side>past|last|next|previous|coming|following) (?<c>\\d{1,3}(?:\\.5)?|${anyOf(NUMBERS)}) ${UNIT}`,
    ({ side, c, u }, reference) =>
      span(
        Math.ceil(number(c)),
        unit(u),
        side === 'past' || side === 'last' || side === 'previous' ? 'past' : 'next',
        reference,
      ),
  ),
  rule(
    '(?:later |earlier )?(?<q>next|this|last|this past|past|previous|this coming|coming|following) (?<u>week|month|quarter|year|day)s?',
    ({ q, u }, reference) => {
      const offset =
        q === 'this' ? 0 : q === 'next' || q === 'coming' || q === 'this coming' || q === 'following' ? 1 : -1;
      return period(unit(u), offset, reference);
    },
  ),
  ...PERIOD_RULES,
  rule(
    '(?:later |earlier )?(?<q>next|this|last|this past|past|this coming|coming|this) week-?end',
    ({ q }, reference) => {
      const offset = q === 'next' ? 1 : q === 'last' || q === 'this past' || q === 'past' ? -1 : 0;
      const monday = period('week', offset, reference).days?.[0] ?? 0;
      return { days: [monday + 5, monday + 6], certainty: 0.8 };
    },
  ),
  rule(
    '(?:(?:later |earlier )?(?<q>next|this|last|past|this past|early|late|mid) ?-?(?<s>spring|summer|fall|autumn|winter)(?: of)?(?: (?<y>(?:19|20)\\d{2}))?)|(?<s2>spring|summer|fall|autumn|winter)(?: of)? (?<y2>(?:19|20)\\d{2})',
    ({ q, s, s2, y, y2 }, reference) => {
      return season(s ?? s2 ?? '', q, y ?? y2, reference);
    },
  ),
  rule(
    '(?<edge>(?:end|close)(?: of)?|early hours of|early(?: in)?|(?:beginning|start) of|late(?: in)?|mid|middle of)',
    ({ edge = '' }) => ({
      edge: /end|close/.test(edge) ? 'end' : /beginning|start/.test(edge) ? 'start' : 'middle',
      weak: true,
      certainty: 0.9,
    }),
  ),
  rule('(?:the |this )?(?<u>week|month|quarter|year)', ({ u }, reference) => ({
    ...period(unit(u), 0, reference),
    weak: true,
  })),
  rule(
    '(?:eod|cob|close of business|end of (?:the )?(?:business )?day|end of business)(?: on)?',
    (_groups, { sent }) => ({
      days: [sent, sent],
      yields: true,
      certainty: 0.8,
    }),
  ),
  rule(
    `(?<d>\\d{1,2})(?:st|nd|rd|th)(?: of (?<n>this|next|the) month)?(?! ?(?:of |de |d')?(?:${anyOf(MONTHS)}))`,
    ({ d, n }, reference, before) => {
      if (n === 'next') {
        const first = period('month', 1, reference).days?.[0] ?? 0;
        return oneDay(first + Number(d) - 1, 0.9);
      }
      const told =
        n !== undefined ||
        /\b(?:on|by|until|from|till|before|after|since) the (?:\d{1,2}(?:st|nd|rd|th) (?:and|or|&) (?:the )?)?$/.test(
          before,
        );
      return dayOfMonth(Number(d), reference, told ? 0.85 : 0.5, !told);
    },
  ),
  rule(`(?<k>${anyOf(MOVABLE_HOLIDAYS)})`, ({ k = '' }, { sent }) => {
    const [nth, day, month] = MOVABLE_HOLIDAYS[k] ?? [4, 4, 11];
    const first = inLikelyYear(month, 1, sent);
    return first === null ? null : weekdayOfMonth(nth, day, first);
  }),
  rule(`(?<k>${anyOf(HOLIDAYS)})`, ({ k }, { sent }) => {
    const [month, day] = HOLIDAYS[k ?? ''] ?? [12, 25];
    return oneDay(inLikelyYear(month, day, sent), 0.85);
  }),
  // A month that heads a line: `Jan: 120`.
  rule(`(?<m>${anyOf(MONTHS)})(?= ?(?:--|:|\\|))`, ({ m = '' }, reference, before) =>
    /(?:^|\n) *$/.test(before) ? monthAlone(MONTHS[m] ?? 1, reference, 0.65) : null,
  ),
  rule(`(?<m>${anyOf(MONTHS)})`, ({ m = '' }, reference, before) => {
    const told = /\b(?:in|since|until|by|last|next|this|of|for|through|to|during|from|mid-?|early|late) $/.test(before);
    if (m.length < 4 || ((m === 'may' || m === 'march') && !told)) return null;
    return monthAlone(MONTHS[m] ?? 1, reference, told ? 0.8 : 0.7);
  }),
  rule('(?<a>(?:19|20)\\d{2}) ?- ?(?<b>(?:19|20)\\d{2})', ({ a, b }) =>
    Number(b) > Number(a) ? { days: [dayNumber(Number(a), 1, 1), dayNumber(Number(b), 12, 31)], certainty: 0.8 } : null,
  ),
  rule('(?<u>minute|hour|day|week|month|year)s ago', ({ u }, reference) => ({
    ...relative(-(NUMBERS['few'] ?? 3), unit(u), reference),
    certainty: 0.5,
  })),
  rule(`(?:a )?(?<u>day|week|month|year) or (?:so|two) ago`, ({ u }, reference) => relative(-1, unit(u), reference)),
  rule(`(?:this|last|next|early|late|mid)[ -](?<m>${anyOf(MONTHS)})`, ({ m = '' }, reference) =>
    m === 'may' || m === 'march' ? null : monthAlone(MONTHS[m] ?? 1, reference, 0.82),
  ),
  rule('(?:year[- ]?end|mid-?year) (?<y>(?:19|20)\\d{2})', ({ y }) => wholeYear(Number(y))),
  rule(`(?<m>${anyOf(MONTHS)}) of (?<q>this|last|next) year`, ({ m = '', q }, { sent }) => {
    const year = new Date(sent * 86_400_000).getUTCFullYear() + (q === 'last' ? -1 : q === 'next' ? 1 : 0);
    const month = MONTHS[m] ?? 1;
    return { days: [dayNumber(year, month, 1), dayNumber(year, month + 1, 1) - 1], certainty: 0.85 };
  }),
  // `July 5, 6 and 9`: each day of a list is a moment of its own.
  rule(
    `(?<=(?<m>${anyOf(MONTHS)})\\.? \\d{1,2}(?:, \\d{1,2}){0,5}, )(?<d>\\d{1,2})(?=(?:, \\d{1,2}){0,5},? (?:and|&) \\d{1,2}(?![\\d:]| ?[ap]\\.?m))`,
    oneOfMonth,
  ),
  rule(
    `(?<=(?<m>${anyOf(MONTHS)})\\.? \\d{1,2}(?:, \\d{1,2}){1,5},? (?:and|&) )(?<d>\\d{1,2})(?! ?(?:[ap]\\.?m|:\\d))`,
    oneOfMonth,
  ),
  // `Thu or Fri`: short ones in a list are days.
  rule(`(?<=(?:${anyOf(WEEKDAYS)})(?:,| and| or|, and) )${WEEKDAY}`, (groups, reference) =>
    isShort(groups) ? { ...weekdayReading(weekday(groups), 'coming', reference), weak: false, listed: true } : null,
  ),
  rule(`${WEEKDAY}(?=(?:,| and| or|, and) (?:${anyOf(WEEKDAYS)})(?![\\p{L}]))`, (groups, reference) =>
    isShort(groups) ? { ...weekdayReading(weekday(groups), 'coming', reference), weak: false, listed: true } : null,
  ),
  rule('(?<y>(?:19[4-9]|20[0-4])\\d)', ({ y }, _reference, before) => {
    if (
      /\bact of $/.test(before) ||
      (!/(?:copyright (?:\(c\) )?|(?:19|20)\d\d(?:,|,? (?:and|or|to)) |\byears )$/.test(before) &&
        !/(?:\b(?:in|since|of|by|until|till|from|during|for|through|early|late|mid|before|after|year|the) |\()$/.test(
          before,
        ))
    )
      return null;
    return wholeYear(Number(y));
  }),
  rule(
    "(?:(?:early |late |mid[ -])(?:the )?)?(?<y>(?:19\\d|20[0-4])0)'?s|(?:early |late |mid[ -])?'?(?<z>[2-9]0)'?s",
    ({ y, z }, _reference, before) => {
      if (/\b(?:his|her|their|my|your|our) $/.test(before)) return null;
      const from = y === undefined ? 1900 + Number(z) : Number(y);
      return { days: [dayNumber(from, 1, 1), dayNumber(from + 9, 12, 31)], certainty: y === undefined ? 0.5 : 0.8 };
    },
  ),
  {
    ...SLASHED,
    read: (groups, reference, before) =>
      groups['a'] === '24' && groups['b'] === '7' ? null : SLASHED.read(groups, reference, before),
  },
  // `518 pm`, as weather services write it.
  rule('(?<h>1[0-2]|[1-9])(?<n>[0-5]\\d) ?(?<x>[ap]\\.?m\\b\\.?)', ({ h, n, x }) => clockOf(h, n, x, 0.85)),
  ...CLOCK_RULES.map((clock) => unless(clock, isNoClock)),
  rule(`half past (?<h>${HOURS})`, ({ h }) => clockOf(String(number(h)), '30', undefined, 0.88)),
  rule(`(?:a )?quarter (?<side>past|after|to|before|of) (?<h>${HOURS})`, ({ side, h }) => {
    const hour = number(h);
    return side === 'past' || side === 'after'
      ? clockOf(String(hour), '15', undefined, 0.88)
      : clockOf(String(hour === 1 ? 12 : hour - 1), '45', undefined, 0.88);
  }),
  rule(`(?<h>${HOURS}) o'clock`, ({ h }) => clockOf(String(number(h)), '0', undefined, 0.88)),
  rule('(?:high )?noon|midday|noontime', () => ({ clock: { from: 720, fixed: true }, certainty: 0.9 })),
  rule('(?<p>morning|afternoon|evening)(?= of )', ({ p }) => ({ ...half(p), weak: true, certainty: 0.9 })),
  rule('midnight', () => ({ clock: { from: 1_440, fixed: true }, certainty: 0.75 })),
  rule(`(?<h>${HOURS})`, ({ h }, _reference, before) =>
    / (?:at|@|around) $|^(?:at|@) $/.test(before)
      ? { ...clockOf(String(number(h)), '0', undefined, 0.8), weak: true, certainty: 0.8 }
      : null,
  ),
  rule('(?<=in the )(?<p>morning|afternoon|evening)|at night|(?<=\\d )(?<p2>afternoon|evening)', ({ p, p2 }) => ({
    ...half(p ?? p2 ?? 'night'),
    weak: true,
    certainty: 0.9,
  })),
];

function oneOfMonth({ m = '', d }: Groups, { sent }: Reference): Reading | null {
  const day = oneDay(inLikelyYear(MONTHS[m] ?? 1, Number(d), sent), 0.85);
  return day === null ? null : { ...day, listed: true };
}
