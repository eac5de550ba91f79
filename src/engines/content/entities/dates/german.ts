import { inLikelyYear, epochDay, fullYear } from './calendar.js';
import { CLOCK_RULES, clockOf, monthAlone, monthRules, NUMERIC_RULES } from './common-rules.js';
import type { Unit } from './relative.js';
import { dayOfMonth, period, relative, span, weekdayAndNumber, weekdayOfMonth, weekdayReading } from './relative.js';
import type { Reading, Rule } from './rule.js';
import { anyOf, oneDay, rule } from './rule.js';

const MONTHS: Readonly<Record<string, number>> = {
  januar: 1,
  janner: 1,
  februar: 2,
  feber: 2,
  marz: 3,
  april: 4,
  mai: 5,
  juni: 6,
  juli: 7,
  august: 8,
  september: 9,
  oktober: 10,
  november: 11,
  dezember: 12,
  jan: 1,
  feb: 2,
  mrz: 3,
  mar: 3,
  apr: 4,
  jun: 6,
  jul: 7,
  aug: 8,
  sep: 9,
  sept: 9,
  okt: 10,
  nov: 11,
  dez: 12,
};
const WEEKDAYS: Readonly<Record<string, number>> = {
  sonntag: 0,
  montag: 1,
  dienstag: 2,
  mittwoch: 3,
  donnerstag: 4,
  freitag: 5,
  samstag: 6,
  sonnabend: 6,
};
const SHORT: Readonly<Record<string, number>> = { so: 0, mo: 1, di: 2, mi: 3, do: 4, fr: 5, sa: 6 };
const NUMBERS: Readonly<Record<string, number>> = {
  ein: 1,
  eine: 1,
  einem: 1,
  einer: 1,
  einen: 1,
  zwei: 2,
  drei: 3,
  vier: 4,
  funf: 5,
  sechs: 6,
  sieben: 7,
  acht: 8,
  neun: 9,
  zehn: 10,
  elf: 11,
  zwolf: 12,
  vierzehn: 14,
  zwanzig: 20,
  dreissig: 30,
  'ein paar': 3,
  einigen: 3,
  wenigen: 3,
};
const HOURS: Readonly<Record<string, number>> = {
  eins: 1,
  ein: 1,
  zwei: 2,
  drei: 3,
  vier: 4,
  funf: 5,
  sechs: 6,
  sieben: 7,
  acht: 8,
  neun: 9,
  zehn: 10,
  elf: 11,
  zwolf: 12,
};
const ORDINALS: Readonly<Record<string, number>> = {
  erste: 1,
  ersten: 1,
  zweite: 2,
  zweiten: 2,
  dritte: 3,
  dritten: 3,
  vierte: 4,
  vierten: 4,
  letzte: -1,
  letzten: -1,
};
const UNITS: readonly (readonly [start: string, unit: Unit])[] = [
  ['minute', 'minute'],
  ['stunde', 'hour'],
  ['tag', 'day'],
  ['woche', 'week'],
  ['monat', 'month'],
  ['quartal', 'quarter'],
  ['jahr', 'year'],
];
const HALVES: Readonly<Record<string, 'am' | 'pm'>> = {
  fruh: 'am',
  morgen: 'am',
  vormittag: 'am',
  nachmittag: 'pm',
  abend: 'pm',
  nacht: 'pm',
};
const NUMBER = `\\d{1,3}|${anyOf(NUMBERS)}`;
const UNIT = '(?<u>minuten?|stunden?|tage?n?|tages|wochen?|monate?n?|monats|quartals?|jahre?n?|jahres)';
const WEEKDAY = `(?<w>${anyOf(WEEKDAYS)})`;
const PART = '(?<p>fruh|morgen|vormittag|mittag|nachmittag|abend|nacht)s?';
const HOUR = `(?<h>${anyOf(HOURS)}|1[0-2]|[1-9])`;
const NEXT = 'nachste[nrs]?|kommende[nrsm]?|diese[nrsm]?|letzte[nrsm]?|vergangene[nrsm]?|vorige[nrsm]?|jeden';

const number = (written: string | undefined) => NUMBERS[written ?? ''] ?? Number(written);
const hour = (written: string | undefined) => HOURS[written ?? ''] ?? Number(written);
const unit = (written = ''): Unit => UNITS.find(([start]) => written.startsWith(start))?.[1] ?? 'day';
const half = (written: string | undefined): Partial<Reading> => {
  const known = HALVES[written ?? ''];
  return known === undefined ? {} : { half: known };
};
const isPast = (written = '') => /^(?:letzt|vergangen|vorig)/.test(written);
const offsetOf = (written: string | undefined) => (isPast(written) ? -1 : written?.startsWith('dies') ? 0 : 1);
const DAYS: Readonly<Record<string, number>> = { vorgestern: -2, gestern: -1, heute: 0, morgen: 1, ubermorgen: 2 };

export const GERMAN: readonly Rule[] = [
  ...NUMERIC_RULES,
  ...monthRules(MONTHS, false),
  rule(`(?<d>${anyOf(DAYS)})(?: ${PART})?`, ({ d, p }, { sent }, before) => {
    // `Guten Morgen`, `am Morgen`
    if (d === 'morgen' && /\b(?:guten|am|jeden|den) $/.test(before)) return null;
    return { ...oneDay(sent + (DAYS[d ?? ''] ?? 0), 0.94), ...half(p), certainty: 0.94 };
  }),
  rule(
    `(?<d1>\\d{1,2})\\.(?<m1>\\d{1,2})\\.? ?(?:-|bis|bis zum) ?(?<d2>\\d{1,2})\\.(?<m2>\\d{1,2})\\.(?<y>\\d{4}|\\d{2})?`,
    ({ d1, m1, d2, m2, y }, { sent }) => {
      const from =
        y === undefined
          ? inLikelyYear(Number(m1), Number(d1), sent)
          : epochDay(fullYear(y, sent), Number(m1), Number(d1));
      const to =
        y === undefined
          ? inLikelyYear(Number(m2), Number(d2), sent)
          : epochDay(fullYear(y, sent), Number(m2), Number(d2));
      return from === null || to === null || to <= from ? null : { days: [from, to], certainty: 0.93 };
    },
  ),
  rule('(?<d>\\d{1,2})\\. ?(?<m>\\d{1,2})\\.', ({ d, m }, { sent }) =>
    oneDay(inLikelyYear(Number(m), Number(d), sent), 0.88),
  ),
  rule('(?<d>\\d{1,2})\\.(?<m>\\d{1,2})', ({ d, m }, { sent }, before) => {
    const told = /\b(?:am|bis|zum|vom|ab|den|dem|der|seit|fur) $/.test(before);
    const reading = told ? oneDay(inLikelyYear(Number(m), Number(d), sent), 0.75) : null;
    return reading;
  }),
  rule(
    `${WEEKDAY},? (?:den |dem |der )?(?<d>\\d{1,2})\\.(?! ?(?:of |de |d')?(?:${anyOf(MONTHS)}))`,
    ({ w, d }, reference) => weekdayAndNumber(WEEKDAYS[w ?? ''] ?? 0, Number(d), reference),
  ),
  rule(
    `(?<o>${anyOf(ORDINALS)}) ${WEEKDAY} (?:im|des|in diesem|des monats) (?<m>${anyOf(MONTHS)}|monats?)`,
    ({ o, w, m }, reference) => {
      const month = MONTHS[m ?? ''];
      const first =
        month === undefined ? period('month', 0, reference).days?.[0] : inLikelyYear(month, 1, reference.sent);
      return first === undefined || first === null
        ? null
        : weekdayOfMonth(ORDINALS[o ?? ''] ?? 1, WEEKDAYS[w ?? ''] ?? 0, first);
    },
  ),
  rule(
    `(?:(?<q>${NEXT}) )?${WEEKDAY}(?:${PART}|s)?(?: (?<p2>fruh|morgen|vormittag|nachmittag|abend))?`,
    ({ q, w, p, p2 }, reference) => {
      const which = isPast(q)
        ? 'last'
        : q?.startsWith('nachst')
          ? 'nextWeek'
          : q?.startsWith('dies')
            ? 'thisWeek'
            : 'coming';
      return { ...weekdayReading(WEEKDAYS[w ?? ''] ?? 0, which, reference), ...half(p2 ?? p) };
    },
  ),
  rule(`(?<w>${anyOf(SHORT)})(?:\\.,|\\.|,)`, ({ w }, reference) =>
    weekdayReading(SHORT[w ?? ''] ?? 0, 'coming', reference, true),
  ),
  rule('in einer halben stunde', (_groups, reference) => relative(30, 'minute', reference)),
  rule('in (?:anderthalb|eineinhalb) stunden', (_groups, reference) => relative(90, 'minute', reference)),
  rule(
    `(?:in|innerhalb von|innerhalb|binnen|innert) (?:den nachsten |etwa |ca\\. |circa |spatestens |weiteren )?(?<c>${NUMBER}) (?:werk|arbeits)?${UNIT}`,
    ({ c, u }, reference) => relative(number(c), unit(u), reference),
  ),
  rule(`vor (?:etwa |ca\\. |uber )?(?<c>${NUMBER}) ${UNIT}`, ({ c, u }, reference) =>
    relative(-number(c), unit(u), reference),
  ),
  rule(`(?<q>letzten|vergangenen|nachsten|kommenden) (?<c>${NUMBER}) ${UNIT}`, ({ q, c, u }, reference) =>
    span(number(c), unit(u), isPast(q) ? 'past' : 'next', reference),
  ),
  rule(`(?<q>${NEXT}) (?<u>woche|monats?|quartals?|jahre?s?)`, ({ q, u }, reference) =>
    q === 'jeden' ? null : period(unit(u), offsetOf(q), reference),
  ),
  rule(`(?:(?<q>${NEXT}|am|ubers|das) )wochenende`, ({ q }, reference) => {
    const monday = period('week', q?.startsWith('nachst') ? 1 : isPast(q) ? -1 : 0, reference).days?.[0] ?? 0;
    return { days: [monday + 5, monday + 6], certainty: 0.78 };
  }),
  rule('(?<k>jahres|monats|wochen|quartals)ende', ({ k = '' }, reference) =>
    k === 'wochen' ? null : { ...oneDay(period(unit(k), 0, reference).days?.[1] ?? null, 0.85), certainty: 0.85 },
  ),
  rule('(?<e>ende|anfang|mitte|beginn)', ({ e }) => ({
    edge: e === 'ende' ? 'end' : e === 'mitte' ? 'middle' : 'start',
    weak: true,
    certainty: 0.9,
  })),
  rule('(?:der|des|dieses|dieser|die) (?<u>woche|monats|quartals|jahres)', ({ u }, reference) => ({
    ...period(unit(u), 0, reference),
    weak: true,
  })),
  rule(
    `(?<d>\\d{1,2})\\.(?: (?<n>dieses|des|nachsten) monats)?(?! ?(?:of |de |d')?(?:${anyOf(MONTHS)}))`,
    ({ d, n }, reference, before) => {
      const told = n !== undefined || /\b(?:am|bis|bis zum|zum|vom|ab|ab dem|dem|den) $/.test(before);
      return dayOfMonth(Number(d), reference, told ? 0.8 : 0.4, !told);
    },
  ),
  rule(`(?<m>${anyOf(MONTHS)})`, ({ m = '' }, reference, before) =>
    m.length < 4 && !/\bim $/.test(before) ? null : monthAlone(MONTHS[m] ?? 1, reference, 0.75),
  ),
  rule('(?:im jahre?|jahr|seit|anno) (?<y>(?:19|20)\\d{2})', ({ y }) => {
    const [first, last] = [epochDay(Number(y), 1, 1), epochDay(Number(y), 12, 31)];
    return first === null || last === null ? null : { days: [first, last], certainty: 0.75 };
  }),
  rule('(?:heiligabend|heiliger abend)', (_groups, { sent }) => oneDay(inLikelyYear(12, 24, sent), 0.85)),
  rule('silvester', (_groups, { sent }) => oneDay(inLikelyYear(12, 31, sent), 0.85)),
  rule('neujahr', (_groups, { sent }) => oneDay(inLikelyYear(1, 1, sent), 0.85)),
  rule('weihnachten', (_groups, { sent }) => oneDay(inLikelyYear(12, 25, sent), 0.75)),
  ...CLOCK_RULES,
  rule(`halb ${HOUR}`, ({ h }) => clockOf(String(hour(h) === 1 ? 12 : hour(h) - 1), '30', undefined, 0.88)),
  rule(`(?<k>dreiviertel|viertel (?:nach|vor)) ${HOUR}`, ({ k, h }) => {
    const before = k !== 'viertel nach';
    return clockOf(
      String(before ? (hour(h) === 1 ? 12 : hour(h) - 1) : hour(h)),
      before ? '45' : '15',
      undefined,
      0.88,
    );
  }),
  rule(`${HOUR} uhr`, ({ h }) => clockOf(String(hour(h)), '0', 'uhr', 0.88)),
  rule(HOUR, ({ h }, _reference, before) =>
    /\b(?:um|gegen) $/.test(before)
      ? { ...clockOf(String(hour(h)), '0', undefined, 0.8), weak: true, certainty: 0.8 }
      : null,
  ),
  rule('mitternacht', () => ({ clock: { from: 1_440, fixed: true }, certainty: 0.75 })),
  rule(`(?:am |in der )?(?<p>vormittag|nachmittag|abend|nacht)s?|mittags?`, ({ p }) => ({
    ...half(p),
    weak: true,
    certainty: 0.9,
  })),
];
