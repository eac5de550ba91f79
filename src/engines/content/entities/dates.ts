import type { Chrono, ParsedResult } from 'chrono-node';
import { de, en, es, fr } from 'chrono-node';
import type { Entity } from '../../../domain/outcomes.js';
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

/** chrono runs some 60 patterns over what it is given, so it is given only the sentences that could hold a date. */
const READ_CHARACTERS = 3_000;
const LONGEST_SENTENCE = 400;
const LIMIT = 15;
const COULD_BE_DATE =
  /\d{1,4}[./:-]\d|\d\s?(?:[ap]\.?m\b|uhr|h\b)|\b(?:mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|okt|dez|mai|mär|mag|juin|juil|aoû|déc|fév|ene|abr|ago|dic|lun|mié|mie|jue|vie|sáb|sab|dom|die|mit|don|fre|sam|dim|mer|jeu|ven|heute|morgen|übermorgen|today|tonight|tomorrow|yesterday|next|noon|midnight|demain|aujourd|hoy|mañana|nächste|woche|week|monat|month|días|semana|jours|semaine|tagen|days|hours|stunden)/i;
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
]);
/** Words that chrono reads as times though they fix none. */
const VAGUE =
  /^(?:now|jetzt|maintenant|ahora|today|heute|aujourd'hui|hoy|this (?:morning|evening|afternoon|week|month|year)|last .*|may|mar|sun|sat|sec|second|the second|.* ago|(?:the )?past .*|(?:the )?next few .*|a few .*|few .*|the (?:week|month|year)|\d{1,4} (?:days?|hours?|minutes?|weeks?|months?|years?|tage?n?|stunden|jours|d[ií]as)\b.*)$/i;
/** How programs introduce what they quote: the date in it is that of another mail. */
const ATTRIBUTION = /^(?:on|am|le|el|at|date|sent|gesendet|envoyé|enviado)\b.{0,160}\d{1,2}[:.]\d{2}.{0,200}:$/i;
/** `1.2.3` and `10.4` are versions and amounts unless something else says date. */
const BARE_NUMBERS = /^\d{1,4}[.\-/]\d{1,2}(?:[.\-/]\d{1,2})?$|^\d{1,4}$|^\d{1,2}[:.]\d{2}[:.]\d{2}$/;
const FAR_YEARS = 30;

/** Dates and times in sentences: ISO 8601, a day alone as `2026-03-01`, with a time in UTC. */
export function datesIn(sentences: readonly string[], language: string, written: WrittenAt): Entity[] {
  const parser = parserFor(language, written.topLevelDomain);
  const found = new Map<string, Entity>();
  let read = 0;
  for (const sentence of sentences) {
    if (!COULD_BE_DATE.test(sentence) || ATTRIBUTION.test(sentence)) continue;
    const part = sentence.slice(0, LONGEST_SENTENCE);
    read += part.length;
    if (read > READ_CHARACTERS || found.size >= LIMIT) break;
    for (const result of parser.parse(
      part,
      { instant: written.instant, timezone: written.offset },
      { forwardDate: true },
    )) {
      const entity = entityOf(result, part, written);
      if (entity !== null && !found.has(entity.value)) found.set(entity.value, entity);
    }
  }
  return [...found.values()].slice(0, LIMIT);
}

function parserFor(language: string, topLevelDomain: string): Chrono {
  switch (language) {
    case 'de':
      return de.casual;
    case 'fr':
      return fr.casual;
    case 'es':
      return es.casual;
    default:
      return DAY_FIRST_DOMAINS.has(topLevelDomain) ? en.GB : en.casual;
  }
}

function entityOf(result: ParsedResult, sentence: string, written: WrittenAt): Entity | null {
  const { start, text } = result;
  const fixesDay = start.isCertain('day') || start.isCertain('weekday');
  const fixesTime = start.isCertain('hour');
  if ((!fixesDay && !fixesTime) || VAGUE.test(text)) return null;
  if (isPartOfNumber(result, sentence)) return null;
  const bare = BARE_NUMBERS.test(text);
  if (bare && !start.isCertain('year')) return null;
  const at = inZone(result, written);
  const years = Math.abs(at.getTime() - written.instant.getTime()) / 31_557_600_000;
  if (!Number.isFinite(years) || years > FAR_YEARS) return null;
  const value = fixesTime ? at.toISOString() : dayOf(start);
  const parts = ['year', 'month', 'day', 'weekday', 'hour', 'minute'] as const;
  const certain = parts.filter((part) => start.isCertain(part)).length;
  return { kind: 'dateTime', text, value, confidence: Math.min(0.98, 0.55 + 0.09 * certain) * (bare ? 0.7 : 1) };
}

/** An address of a machine, a version, an amount: digits go on before or after. */
function isPartOfNumber({ index, text }: ParsedResult, sentence: string): boolean {
  const before = sentence.slice(Math.max(0, index - 2), index);
  const after = sentence.slice(index + text.length, index + text.length + 2);
  return /[\d.][.,:/-]$|\d$|[$€£#]\s?$|[vV]\.?$/.test(before) || /^[.,/-]\d|^\d|^\s?[€$£%]/.test(after);
}

function dayOf(start: ParsedResult['start']): string {
  const pad = (part: number | null, width: number) => String(part ?? 0).padStart(width, '0');
  return `${pad(start.get('year'), 4)}-${pad(start.get('month'), 2)}-${pad(start.get('day'), 2)}`;
}

/** A writer in our own zone who names a day beyond a clock change means the clock of that day. */
function inZone({ start }: ParsedResult, written: WrittenAt): Date {
  const at = start.date();
  if (start.isCertain('timezoneOffset') || Number.isNaN(at.getTime())) return at;
  if (offsetIn(written.timeZone, written.instant) !== written.offset) return at;
  return new Date(at.getTime() - (offsetIn(written.timeZone, at) - written.offset) * 60_000);
}
