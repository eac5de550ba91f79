import type { Chrono } from 'chrono-node';
import { it, ja, nl, pt, ru, sv, uk, zh } from 'chrono-node';
import type { Mention } from './mention.js';
import { dayOf, isoDay } from './dates/calendar.js';
import type { Expression } from './dates/combine.js';
import { expressionsIn, extentOf } from './dates/combine.js';
import { ENGLISH } from './dates/english.js';
import { FRENCH } from './dates/french.js';
import { GERMAN } from './dates/german.js';
import type { Reference, Rule } from './dates/rule.js';
import { SPANISH } from './dates/spanish.js';
import { foldInPlace } from './fold-in-place.js';
import { offsetIn } from './time-zone.js';

/** Where and when a mail was written: what `tomorrow at 3` is reckoned from. */
export interface WrittenAt {
  instant: Date;
  /** Minutes east of UTC. */
  offset: number;
  /** The organization's zone; its summer time is applied where the writer's offset is the same as its own. */
  timeZone: string;
  /** Top-level domain of the writer: whether 3/4 is in March or in April. */
  topLevelDomain: string;
}

const RULES: Readonly<Record<string, readonly Rule[]>> = { en: ENGLISH, de: GERMAN, fr: FRENCH, es: SPANISH };
/** Languages without rules of our own. Its patterns cost ten times ours, so it reads less. */
const CHRONO: Readonly<Record<string, Chrono>> = {
  it: it.casual,
  ja: ja.casual,
  nl: nl.casual,
  pt: pt.casual,
  ru: ru.casual,
  sv: sv.casual,
  uk: uk.casual,
  zh: zh.casual,
};
/** How programs introduce what they quote. */
const ATTRIBUTION =
  /^(?:on|am|le|el)\b.{0,160}\d{1,2}[:.]\d{2}.{0,200}\b(?:wrote|writes|said|says|schrieb|schreibt|écrit|escribió|ha scritto)[^\w\n]{0,3}:\s*$/i;
/** Lines of logs, directory listings and patches: the times of programs, not of people. */
const PROGRAM_LINE =
  /^[#>. \t]{0,8}(?:[a-z]{3} [ \d]\d \d\d:\d\d:\d\d\S{0,10} (?:\S{1,80} )?\S{1,80}\[\d|\d\d:\d\d:\d\d(?:\.\d{1,9})? \S|[-+]{3} \S{1,200}\s\d{4}-|[ \t]{0,8}[-dl][-rwxst]{9}[. ])/i;
const LONGEST_ATTRIBUTION = 400;
const CHRONO_CHARACTERS = 2_000;
const LIMIT = 40;
/** Mail tells of the past further back than it plans. */
const FAR_YEARS = 1_100;
const YEAR = 31_557_600_000;
const MONTH_FIRST_DOMAINS = new Set(['us', 'gov', 'mil', 'edu']);
const DAY_FIRST_DOMAINS = new Set([
  'uk',
  'ie',
  'au',
  'nz',
  'in',
  'za',
  'eu',
  'de',
  'at',
  'ch',
  'fr',
  'es',
  'it',
  'nl',
  'be',
  'mx',
  'pl',
  'se',
  'dk',
  'no',
  'fi',
  'pt',
  'cz',
]);

/**
 * Dates and times in a text, each with its offset there. A day alone is `2026-03-01`, a time is in UTC; a period or a
 * range has its end in `until`. Lines must be unwrapped; time grows with the text.
 */
export function datesIn(text: string, language: string, written: WrittenAt): Mention[] {
  const reference = referenceOf(language, written);
  const rules = RULES[language] ?? ENGLISH;
  const expressions = expressionsIn(foldInPlace(withoutOtherDates(text)), text, rules, reference);
  const found = expressions.flatMap((expression) => entityOf(expression, text, reference, written) ?? []);
  const chrono = CHRONO[language];
  if (chrono !== undefined) found.push(...byChrono(chrono, text, found, written));
  return found.slice(0, LIMIT);
}

/** Lines that introduce what is quoted, blanked, as the date in them is that of another mail; and output of programs. */
function withoutOtherDates(text: string): string {
  const isOther = (line: string) =>
    PROGRAM_LINE.test(line) || (line.length < LONGEST_ATTRIBUTION && ATTRIBUTION.test(line));
  return text
    .split('\n')
    .map((line) => (isOther(line) ? ' '.repeat(line.length) : line))
    .join('\n');
}

function referenceOf(language: string, { instant, offset, topLevelDomain }: WrittenAt): Reference {
  // Americans write the month first, and sit west of the Atlantic; a server in UTC says nothing.
  const american = MONTH_FIRST_DOMAINS.has(topLevelDomain) || offset <= -180 || offset === 0;
  const monthFirst =
    (language === 'en' || RULES[language] === undefined) && american && !DAY_FIRST_DOMAINS.has(topLevelDomain);
  return { sent: dayOf(instant, offset), instant, monthFirst };
}

function entityOf(expression: Expression, text: string, reference: Reference, written: WrittenAt): Mention | null {
  const { start, end, reading } = expression;
  const base = { kind: 'dateTime' as const, text: text.slice(start, end), at: start };
  if (reading.instant !== undefined) {
    return { ...base, value: new Date(reading.instant).toISOString(), confidence: reading.certainty };
  }
  const { from, to, timed } = extentOf(expression, reference, written.offset);
  if (Math.abs(from - written.instant.getTime()) > FAR_YEARS * YEAR) return null;
  const value = timed ? instantOf(from, expression.offset, written) : isoDay(from / 86_400_000);
  const until = to === null ? undefined : timed ? instantOf(to, expression.offset, written) : isoDay(to / 86_400_000);
  // A time without a day is of today or tomorrow by guess.
  const certainty =
    reading.clock !== undefined && reading.days === undefined ? reading.certainty * 0.75 : reading.certainty;
  return { ...base, value, ...(until === undefined ? {} : { until }), confidence: certainty };
}

/** A writer in our own zone who names a day beyond a clock change means the clock of that day. */
function instantOf(local: number, said: number | undefined, { instant, offset, timeZone }: WrittenAt): string {
  if (said !== undefined) return new Date(local - said * 60_000).toISOString();
  const guess = new Date(local - offset * 60_000);
  if (offsetIn(timeZone, instant) !== offset) return guess.toISOString();
  return new Date(local - offsetIn(timeZone, guess) * 60_000).toISOString();
}

function byChrono(chrono: Chrono, text: string, found: readonly Mention[], written: WrittenAt): Mention[] {
  const results = chrono.parse(
    text.slice(0, CHRONO_CHARACTERS),
    { instant: written.instant, timezone: written.offset },
    { forwardDate: true },
  );
  return results.flatMap(({ index, text: expression, start }) => {
    const end = index + expression.length;
    const isKnown = found.some(({ at, text: known }) => index < at + known.length && at < end);
    const timed = start.isCertain('hour');
    const day = start.isCertain('day') || start.isCertain('weekday');
    if (isKnown || (!day && !timed) || /^\d{1,4}$/.test(expression)) return [];
    const moment = start.date();
    if (!Number.isFinite(moment.getTime()) || Math.abs(moment.getTime() - written.instant.getTime()) > FAR_YEARS * YEAR)
      return [];
    const value = timed ? moment.toISOString() : isoDay(dayOf(moment, written.offset));
    return [{ kind: 'dateTime', text: expression, value, at: index, confidence: day ? 0.7 : 0.5 } satisfies Mention];
  });
}
