import { epochDay, inLikelyYear } from './calendar.js';
import { CLOCK_RULES, clockOf, monthAlone, monthRules, NUMERIC_RULES, SLASHED } from './common-rules.js';
import type { Unit } from './relative.js';
import { dayOfMonth, period, relative, span, weekdayAndNumber, weekdayOfMonth, weekdayReading } from './relative.js';
import type { Reading, Rule } from './rule.js';
import { anyOf, oneDay, rule } from './rule.js';

const MONTHS: Readonly<Record<string, number>> = {
  janvier: 1,
  fevrier: 2,
  mars: 3,
  avril: 4,
  mai: 5,
  juin: 6,
  juillet: 7,
  aout: 8,
  septembre: 9,
  octobre: 10,
  novembre: 11,
  decembre: 12,
  janv: 1,
  jan: 1,
  fevr: 2,
  fev: 2,
  avr: 4,
  juil: 7,
  sept: 9,
  oct: 10,
  nov: 11,
  dec: 12,
};
const WEEKDAYS: Readonly<Record<string, number>> = {
  dimanche: 0,
  lundi: 1,
  mardi: 2,
  mercredi: 3,
  jeudi: 4,
  vendredi: 5,
  samedi: 6,
};
const SHORT: Readonly<Record<string, number>> = { dim: 0, lun: 1, mar: 2, mer: 3, jeu: 4, ven: 5, sam: 6 };
const NUMBERS: Readonly<Record<string, number>> = {
  un: 1,
  une: 1,
  deux: 2,
  trois: 3,
  quatre: 4,
  cinq: 5,
  six: 6,
  sept: 7,
  huit: 8,
  neuf: 9,
  dix: 10,
  onze: 11,
  douze: 12,
  quinze: 15,
  vingt: 20,
  trente: 30,
  quelques: 3,
};
const ORDINALS: Readonly<Record<string, number>> = {
  premier: 1,
  deuxieme: 2,
  second: 2,
  troisieme: 3,
  quatrieme: 4,
  dernier: -1,
};
const HALVES: Readonly<Record<string, 'am' | 'pm'>> = { matin: 'am', 'apres-midi': 'pm', soir: 'pm', nuit: 'pm' };
const UNITS: readonly (readonly [start: string, unit: Unit])[] = [
  ['min', 'minute'],
  ['h', 'hour'],
  ['jour', 'day'],
  ['semaine', 'week'],
  ['mois', 'month'],
  ['trimestre', 'quarter'],
  ['an', 'year'],
];
const NUMBER = `\\d{1,3}|${anyOf(NUMBERS)}`;
const UNIT = '(?<u>minutes?|heures?|h|jours?|semaines?|mois|trimestres?|ans?|annees?)';
const WEEKDAY = `(?<w>${anyOf(WEEKDAYS)})`;
const PART = '(?<p>matin|apres-midi|soir|nuit)';
const DAYS: Readonly<Record<string, number>> = {
  'avant-hier': -2,
  hier: -1,
  "aujourd'hui": 0,
  demain: 1,
  'apres-demain': 2,
  'apres demain': 2,
};

const number = (written: string | undefined) => NUMBERS[written ?? ''] ?? Number(written);
const unit = (written = ''): Unit => UNITS.find(([start]) => written.startsWith(start))?.[1] ?? 'day';
const half = (written: string | undefined): Partial<Reading> => {
  const known = HALVES[written ?? ''];
  return known === undefined ? {} : { half: known };
};

export const FRENCH: readonly Rule[] = [
  ...NUMERIC_RULES,
  ...monthRules(MONTHS, false),
  rule(`(?<d>${anyOf(DAYS)})(?: (?:au )?${PART})?`, ({ d, p }, { sent }) => ({
    ...oneDay(sent + (DAYS[d ?? ''] ?? 0), 0.95),
    ...half(p),
    certainty: 0.95,
  })),
  rule(`cet?(?:te)? ${PART}`, ({ p }, { sent }) => ({ days: [sent, sent], ...half(p), certainty: 0.9 })),
  rule(`${WEEKDAY} en (?<k>huit|quinze)`, ({ w, k }, reference) => {
    const at = weekdayReading(WEEKDAYS[w ?? ''] ?? 0, 'coming', reference).days?.[0];
    return at === undefined ? null : oneDay(at + (k === 'huit' ? 7 : 14), 0.85);
  }),
  rule(
    `${WEEKDAY} (?:le )?(?<d>\\d{1,2})(?:er)?(?! ?[:h])(?! ?(?:of |de |d')?(?:${anyOf(MONTHS)}))`,
    ({ w, d }, reference) => weekdayAndNumber(WEEKDAYS[w ?? ''] ?? 0, Number(d), reference),
  ),
  rule(`(?<o>${anyOf(ORDINALS)}) ${WEEKDAY} (?:de |d'|du )(?<m>${anyOf(MONTHS)}|mois)`, ({ o, w, m }, reference) => {
    const month = MONTHS[m ?? ''];
    const first =
      month === undefined ? period('month', 0, reference).days?.[0] : inLikelyYear(month, 1, reference.sent);
    return first === undefined || first === null
      ? null
      : weekdayOfMonth(ORDINALS[o ?? ''] ?? 1, WEEKDAYS[w ?? ''] ?? 0, first);
  }),
  rule(
    `(?:(?<c>ce|cette|chaque|tous les) )?${WEEKDAY}s?(?: (?<q>prochain|dernier|passe|suivant))?(?: (?:au )?${PART})?`,
    ({ w, q, p }, reference) => {
      const which = q === 'dernier' || q === 'passe' ? 'last' : 'coming';
      const reading = weekdayReading(WEEKDAYS[w ?? ''] ?? 0, which, reference);
      // `mercredi soir`, written on a Wednesday before the evening, is today's.
      const at = reading.days?.[0] ?? 0;
      const today = p !== undefined && q === undefined && at === reference.sent + 7;
      return { ...reading, ...(today ? { days: [reference.sent, reference.sent] } : {}), ...half(p) };
    },
  ),
  rule(`(?<w>${anyOf(SHORT)})(?:\\.,|\\.|,)`, ({ w }, reference) =>
    weekdayReading(SHORT[w ?? ''] ?? 0, 'coming', reference, true),
  ),
  rule('dans (?:une|1) demi-heure', (_groups, reference) => relative(30, 'minute', reference)),
  rule('dans une heure et demie', (_groups, reference) => relative(90, 'minute', reference)),
  rule(
    `(?:dans|d'ici|sous|dans un delai de|en moins de)(?: (?:les|environ|un delai de))?(?: prochaine?s)? (?<c>${NUMBER}) (?:prochaine?s )?${UNIT}(?: ouvres| ouvrables)?`,
    ({ c, u }, reference) => relative(number(c), unit(u), reference),
  ),
  rule(`il y a (?:environ |plus de )?(?<c>${NUMBER}) ${UNIT}`, ({ c, u }, reference) =>
    relative(-number(c), unit(u), reference),
  ),
  rule(`(?:les |ces )(?<c>${NUMBER}) (?<q>prochaine?s|derniere?s) ${UNIT}`, ({ c, q, u }, reference) =>
    span(number(c), unit(u), q?.startsWith('der') ? 'past' : 'next', reference),
  ),
  rule(`(?<u>semaine|mois|trimestre|annee|an) (?<q>prochaine?|derniere?|passee?|suivante?)`, ({ u, q }, reference) =>
    period(unit(u), /^(?:der|pas)/.test(q ?? '') ? -1 : 1, reference),
  ),
  rule('(?:ce |le )?week-?end(?: (?<q>prochain|dernier|passe))?', ({ q }, reference) => {
    const monday = period('week', q === 'prochain' ? 1 : q === undefined ? 0 : -1, reference).days?.[0] ?? 0;
    return { days: [monday + 5, monday + 6], certainty: 0.78 };
  }),
  rule('(?<e>fin|debut|mi|milieu)', ({ e = '' }) => ({
    edge: e.endsWith('fin') ? 'end' : e.endsWith('debut') ? 'start' : 'middle',
    weak: true,
    certainty: 0.9,
  })),
  rule("(?:du|de la|de l'|la|le|l'|ce|cette) ?(?<u>semaine|mois|trimestre|annee)", ({ u }, reference) => ({
    ...period(unit(u), 0, reference),
    weak: true,
  })),
  rule('(?<u>semaine|mois|annee)', ({ u }, reference, before) =>
    /\b(?:fin de|fin du|debut de|cette|ce) $/.test(before) ? { ...period(unit(u), 0, reference), weak: true } : null,
  ),
  rule(
    `(?<d>\\d{1,2})(?:er)?(?: (?<n>du mois|de ce mois|courant))?(?! ?(?:of |de |d')?(?:${anyOf(MONTHS)}))`,
    ({ d, n }, reference, before) => {
      const told = n !== undefined || /\b(?:le|au|du|avant le|d'ici le) $/.test(before);
      return dayOfMonth(Number(d), reference, told ? 0.75 : 0.4, !told);
    },
  ),
  rule(`(?<m>${anyOf(MONTHS)})`, ({ m = '' }, reference, before) => {
    if (
      (m.length < 4 && m !== 'mai') ||
      m === 'sept' ||
      ((m === 'mars' || m === 'mai') && !/\b(?:en|de|fin|debut|mi-?) $/.test(before))
    )
      return null;
    return monthAlone(MONTHS[m] ?? 1, reference, 0.75);
  }),
  rule("(?:en|depuis|l'annee|annee|d'ici) (?<y>(?:19|20)\\d{2})", ({ y }) => {
    const [first, last] = [epochDay(Number(y), 1, 1), epochDay(Number(y), 12, 31)];
    return first === null || last === null ? null : { days: [first, last], certainty: 0.75 };
  }),
  rule('noel', (_groups, { sent }) => oneDay(inLikelyYear(12, 25, sent), 0.8)),
  SLASHED,
  ...CLOCK_RULES,
  rule('(?<h>\\d{1,2}) ?heures? (?<n>\\d{2})', ({ h, n }) => clockOf(h, n, 'h', 0.92)),
  rule(`(?<h>${anyOf(NUMBERS)}|\\d{1,2}) ?(?:heures?|h)(?: (?<k>et demie?|et quart|moins le quart))?`, ({ h, k }) => {
    const at = number(h);
    const mark = /^\d/.test(h ?? '') && k === undefined ? 'h' : undefined;
    if (k === 'moins le quart') return clockOf(String(at === 1 ? 12 : at - 1), '45', mark, 0.88);
    return clockOf(String(at), k === undefined ? '0' : k === 'et quart' ? '15' : '30', mark, 0.88);
  }),
  rule('midi(?: (?<k>et demi|trente))?', ({ k }) => ({
    clock: { from: k === undefined ? 720 : 750, fixed: true },
    certainty: 0.9,
  })),
  rule('minuit', () => ({ clock: { from: 1_440, fixed: true }, certainty: 0.75 })),
  rule(`(?:du |de l'|dans la |en )?${PART}`, ({ p }) => ({ ...half(p), weak: true, certainty: 0.9 })),
];
