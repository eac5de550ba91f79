import { epochDay, inLikelyYear } from './calendar.js';
import { CLOCK_RULES, clockOf, monthAlone, monthRules, NUMERIC_RULES, SLASHED } from './common-rules.js';
import type { Unit } from './relative.js';
import { dayOfMonth, period, relative, span, weekdayAndNumber, weekdayOfMonth, weekdayReading } from './relative.js';
import type { Reading, Rule } from './rule.js';
import { anyOf, oneDay, rule } from './rule.js';

const MONTHS: Readonly<Record<string, number>> = {
  enero: 1,
  febrero: 2,
  marzo: 3,
  abril: 4,
  mayo: 5,
  junio: 6,
  julio: 7,
  agosto: 8,
  septiembre: 9,
  setiembre: 9,
  octubre: 10,
  noviembre: 11,
  diciembre: 12,
  ene: 1,
  feb: 2,
  mar: 3,
  abr: 4,
  may: 5,
  jun: 6,
  jul: 7,
  ago: 8,
  sep: 9,
  sept: 9,
  oct: 10,
  nov: 11,
  dic: 12,
};
const WEEKDAYS: Readonly<Record<string, number>> = {
  domingo: 0,
  lunes: 1,
  martes: 2,
  miercoles: 3,
  jueves: 4,
  viernes: 5,
  sabado: 6,
};
const SHORT: Readonly<Record<string, number>> = { dom: 0, lun: 1, mar: 2, mie: 3, jue: 4, vie: 5, sab: 6 };
const NUMBERS: Readonly<Record<string, number>> = {
  un: 1,
  una: 1,
  dos: 2,
  tres: 3,
  cuatro: 4,
  cinco: 5,
  seis: 6,
  siete: 7,
  ocho: 8,
  nueve: 9,
  diez: 10,
  once: 11,
  doce: 12,
  quince: 15,
  veinte: 20,
  treinta: 30,
  unos: 3,
  unas: 3,
  'un par de': 2,
};
const ORDINALS: Readonly<Record<string, number>> = {
  primer: 1,
  primero: 1,
  segundo: 2,
  tercer: 3,
  cuarto: 4,
  ultimo: -1,
};
const HALVES: Readonly<Record<string, 'am' | 'pm'>> = { manana: 'am', madrugada: 'am', tarde: 'pm', noche: 'pm' };
const UNITS: readonly (readonly [start: string, unit: Unit])[] = [
  ['min', 'minute'],
  ['h', 'hour'],
  ['dia', 'day'],
  ['semana', 'week'],
  ['mes', 'month'],
  ['trimestre', 'quarter'],
  ['ano', 'year'],
];
const NUMBER = `\\d{1,3}|${anyOf(NUMBERS)}`;
const UNIT = '(?<u>minutos?|horas?|dias?|semanas?|mes(?:es)?|trimestres?|anos?)';
const WEEKDAY = `(?<w>${anyOf(WEEKDAYS)})`;
const PART = '(?:por la|de la|en la|a la|por el) (?<p>manana|tarde|noche|madrugada)|del mediodia';
const DAYS: Readonly<Record<string, number>> = {
  anteayer: -2,
  antier: -2,
  ayer: -1,
  hoy: 0,
  'hoy mismo': 0,
  manana: 1,
  'pasado manana': 2,
};
const HOUR = `(?<h>${anyOf(NUMBERS)}|1\\d|2[0-4]|0?[1-9])`;
const QUARTERS = '(?: y (?<k>media|cuarto)|(?<l> menos cuarto))?';
const SENTENCE_ENDS = '(?= ?(?:[.,;!?)\\n]|$))';

const number = (written: string | undefined) => NUMBERS[written ?? ''] ?? Number(written);
const unit = (written = ''): Unit => UNITS.find(([start]) => written.startsWith(start))?.[1] ?? 'day';
const half = (written: string | undefined): Partial<Reading> => {
  const known = HALVES[written ?? ''];
  return known === undefined ? {} : { half: known };
};

/** An hour as it is said, `y media` and `menos cuarto` included. */
function hourOf(hour: number, past: string | undefined, isQuarterTo: boolean): Reading | null {
  if (!Number.isFinite(hour) || hour > 24) return null;
  if (isQuarterTo) return clockOf(String(hour === 1 ? 12 : hour - 1), '45', undefined, 0.85);
  return clockOf(String(hour), past === 'media' ? '30' : past === 'cuarto' ? '15' : '0', undefined, 0.85);
}

/** The same in a part of the day: `las 12 de la noche` end the day, `las 12 de la madrugada` begin it. */
function hourOfPart(hour: number, past: string | undefined, isQuarterTo: boolean, part: string): Reading | null {
  const isNight = part === 'noche' || part === 'madrugada';
  const isAfterMidnight = isNight && (hour === 12 || hour <= 4) && !isQuarterTo;
  const reading = hourOf(isAfterMidnight && hour === 12 ? (part === 'noche' ? 24 : 0) : hour, past, isQuarterTo);
  if (reading === null) return null;
  if (isAfterMidnight && reading.clock !== undefined) return { ...reading, clock: { ...reading.clock, fixed: true } };
  return { ...reading, ...half(part), certainty: 0.9 };
}

export const SPANISH: readonly Rule[] = [
  ...NUMERIC_RULES,
  ...monthRules(MONTHS, false),
  rule(`(?<d>${anyOf(DAYS)})(?: por la (?<p>manana|tarde|noche))?`, ({ d, p }, { sent }, before) => {
    if (d === 'manana' && /\b(?:la|esta|cada|buena) $/.test(before)) return null;
    return { ...oneDay(sent + (DAYS[d ?? ''] ?? 0), 0.95), ...half(p), certainty: 0.95 };
  }),
  rule('esta (?:misma )?(?<p>manana|tarde|noche)', ({ p }, { sent }) => ({
    days: [sent, sent],
    ...half(p),
    certainty: 0.9,
  })),
  rule(
    `${WEEKDAY},? (?:dia )?(?<d>\\d{1,2})(?! ?[:h])(?! ?(?:of |de |d')?(?:${anyOf(MONTHS)}))`,
    ({ w, d }, reference) => weekdayAndNumber(WEEKDAYS[w ?? ''] ?? 0, Number(d), reference),
  ),
  rule(`(?<o>${anyOf(ORDINALS)}) ${WEEKDAY} (?:de |del )(?<m>${anyOf(MONTHS)}|mes)`, ({ o, w, m }, reference) => {
    const month = MONTHS[m ?? ''];
    const first =
      month === undefined ? period('month', 0, reference).days?.[0] : inLikelyYear(month, 1, reference.sent);
    return first === undefined || first === null
      ? null
      : weekdayOfMonth(ORDINALS[o ?? ''] ?? 1, WEEKDAYS[w ?? ''] ?? 0, first);
  }),
  rule(
    `(?:(?<q>proximo|pasado|siguiente|este|cada) )?${WEEKDAY}s?(?: (?<q2>proximo|pasado|que viene|siguiente))?(?: (?:por la (?<p>manana|tarde|noche)))?`,
    ({ q, w, q2, p }, reference) => {
      const which = q === 'pasado' || q2 === 'pasado' ? 'last' : q === 'este' ? 'thisWeek' : 'coming';
      return { ...weekdayReading(WEEKDAYS[w ?? ''] ?? 0, which, reference), ...half(p) };
    },
  ),
  rule(`(?<w>${anyOf(SHORT)})(?:\\.,|\\.|,)`, ({ w }, reference) =>
    weekdayReading(SHORT[w ?? ''] ?? 0, 'coming', reference, true),
  ),
  rule('(?:en|dentro de) media hora', (_groups, reference) => relative(30, 'minute', reference)),
  rule('(?:en|dentro de) una hora y media', (_groups, reference) => relative(90, 'minute', reference)),
  rule(
    `(?:en|dentro de|en un plazo de|en menos de|en los proximos|en las proximas) (?:unos |unas |aproximadamente |un plazo de )?(?<c>${NUMBER}) ${UNIT}(?: habiles| laborables)?`,
    ({ c, u }, reference) => relative(number(c), unit(u), reference),
  ),
  rule(`hace (?:unos |unas |mas de |ya )?(?<c>${NUMBER}) ${UNIT}`, ({ c, u }, reference) =>
    relative(-number(c), unit(u), reference),
  ),
  rule(`(?<q>ultim[oa]s|proxim[oa]s) (?<c>${NUMBER}) ${UNIT}`, ({ q, c, u }, reference) =>
    span(number(c), unit(u), q?.startsWith('ult') ? 'past' : 'next', reference),
  ),
  rule(
    '(?<q>proxim[ao]|siguiente|pasad[ao]|ultim[ao]) (?<u>semana|mes|trimestre|ano)|(?<u2>semana|mes|trimestre|ano) (?<q2>proxim[ao]|siguiente|pasad[ao]|que viene)',
    ({ q, u, q2, u2 }, reference) => period(unit(u ?? u2), /^(?:pasad|ultim)/.test(q ?? q2 ?? '') ? -1 : 1, reference),
  ),
  rule(
    '(?:(?<q>proximo|este|pasado|el) )?fin de semana(?: (?<q2>pasado|que viene|proximo))?',
    ({ q, q2 }, reference) => {
      const which = `${q ?? ''} ${q2 ?? ''}`;
      const monday =
        period('week', /proximo|viene/.test(which) ? 1 : which.includes('pasado') ? -1 : 0, reference).days?.[0] ?? 0;
      return { days: [monday + 5, monday + 6], certainty: 0.78 };
    },
  ),
  rule('(?<e>(?:el |a )?fin(?:al|ales|es)?|(?:a )?principios|(?:a )?mediados|comienzos)', ({ e = '' }) => ({
    edge: e.includes('fin') ? 'end' : e.includes('mediados') ? 'middle' : 'start',
    weak: true,
    certainty: 0.9,
  })),
  rule('(?:del |de la |el |la |este |esta )?(?<u>semana|mes|trimestre|ano)', ({ u }, reference) => ({
    ...period(unit(u), 0, reference),
    weak: true,
  })),
  rule('(?<k>dia )?(?<d>\\d{1,2})(?: (?<n>de este mes|del mes|del corriente))?', ({ k, d, n }, reference, before) => {
    if (/\blas? $/.test(before)) return null;
    const told = k !== undefined || n !== undefined || /\b(?:antes del|hasta el) $/.test(before);
    return dayOfMonth(Number(d), reference, told ? 0.8 : 0.4, !told);
  }),
  rule(`(?<m>${anyOf(MONTHS)})`, ({ m = '' }, reference) =>
    m.length < 4 || m === 'sept' ? null : monthAlone(MONTHS[m] ?? 1, reference, 0.75),
  ),
  rule('(?:en|desde|ano|del ano) (?<y>(?:19|20)\\d{2})', ({ y }) => {
    const [first, last] = [epochDay(Number(y), 1, 1), epochDay(Number(y), 12, 31)];
    return first === null || last === null ? null : { days: [first, last], certainty: 0.75 };
  }),
  rule('nochebuena', (_groups, { sent }) => oneDay(inLikelyYear(12, 24, sent), 0.85)),
  rule('navidad', (_groups, { sent }) => oneDay(inLikelyYear(12, 25, sent), 0.8)),
  rule('nochevieja', (_groups, { sent }) => oneDay(inLikelyYear(12, 31, sent), 0.85)),
  SLASHED,
  ...CLOCK_RULES,
  rule(`(?<=\\blas? )${HOUR}${QUARTERS}(?:(?<t>)${SENTENCE_ENDS}|)`, ({ h, k, l, t }, _reference, before) => {
    const reading = hourOf(number(h), k, l !== undefined);
    if (reading === null) return null;
    // `a las 16 preguntas` is no time, `a las 16.` is one.
    const told = k !== undefined || l !== undefined || (t !== undefined && number(h) > 12 && before.endsWith('a las '));
    return { ...reading, weak: !told };
  }),
  rule(`(?<=\\blas? )${HOUR}${QUARTERS}(?: de la (?<p>manana|tarde|noche|madrugada)| del mediodia)`, ({ h, k, l, p }) =>
    hourOfPart(number(h), k, l !== undefined, p ?? 'tarde'),
  ),
  rule('mediodia', () => ({ clock: { from: 720, fixed: true }, certainty: 0.9 })),
  rule('medianoche', () => ({ clock: { from: 1_440, fixed: true }, certainty: 0.75 })),
  rule(PART, ({ p }) => ({ ...half(p), weak: true, certainty: 0.9 })),
];
