import type { Entity } from '../../domain/outcomes.js';
import { PhraseBook, wordsOf } from '../language/phrases.js';
import { offsetIn } from './entities/time-zone.js';

/** Words that make the date behind them a deadline. */
const BEFORE_DATE = new PhraseBook<true>(
  [
    'by',
    'deadline',
    'due',
    'until',
    'before',
    'no later than',
    'expires',
    'expire',
    'ends',
    'latest',
    'closes',
    'not later than',
    'bis',
    'frist',
    'fallig',
    'spatestens',
    'stichtag',
    'ablauf',
    'vor dem',
    'lauft ab',
    "d'ici",
    'avant',
    'au plus tard',
    'date limite',
    'echeance',
    "jusqu'au",
    'delai',
    'expire le',
    'antes',
    'a mas tardar',
    'fecha limite',
    'hasta',
    'vence',
    'vencimiento',
    'plazo',
    'caduca',
    'para el',
  ].map((phrase) => [phrase, true] as const),
);
/** Words that make a date in the same sentence one to act by, wherever they stand. */
const IN_SENTENCE = new PhraseBook<true>(
  [
    'deadline',
    'due',
    'overdue',
    'expires',
    'respond by',
    'reply by',
    'rsvp',
    'submit',
    'pay',
    'frist',
    'fallig',
    'zahlbar',
    'ruckmeldung',
    'abgabe',
    'einreichen',
    'date limite',
    'echeance',
    'repondre avant',
    'payer',
    'fecha limite',
    'vence',
    'vencimiento',
    'plazo',
    'pagar',
  ].map((phrase) => [phrase, true] as const),
);
/** Words before a date that still reach it: `by the end of Friday`. */
const REACH = 5;
const DAY_ONLY = /^\d{4}-\d{2}-\d{2}$/;
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

export interface DueDate {
  at: Date;
  text: string;
  /** The sentence that says so. */
  sentence: string;
  confidence: number;
}

/**
 * What is due: the earliest date of the mail that a deadline word stands before or beside. A day alone is due at its
 * end in the organization's zone. Dates more than a day past are of no use to anybody.
 */
export function dueDateIn(
  sentences: readonly string[],
  entities: readonly Entity[],
  context: { now: Date; timeZone: string },
): DueDate | null {
  const dates = entities.filter(({ kind }) => kind === 'dateTime');
  let earliest: DueDate | null = null;
  for (const entity of dates) {
    const written = entity.text.replace(/\s+/g, ' ');
    const sentence = sentences.find((candidate) => candidate.includes(written));
    if (sentence === undefined) continue;
    const certainty = deadlineCertainty(sentence, written);
    // What is due by a period is due at its end.
    const at = momentOf(entity.until ?? entity.value, context.timeZone);
    if (certainty === 0 || at.getTime() < context.now.getTime() - DAY) continue;
    const due = { at, text: entity.text, sentence, confidence: certainty * entity.confidence };
    if (earliest === null || due.at < earliest.at) earliest = due;
  }
  return earliest;
}

function deadlineCertainty(sentence: string, date: string): number {
  // A few expressions take their preposition in: `within 48 hours`.
  const at = sentence.indexOf(date);
  const before = wordsOf(sentence.slice(0, at)).slice(-REACH);
  if (BEFORE_DATE.has([...before, ...wordsOf(date).slice(0, 1)])) return 0.9;
  return IN_SENTENCE.has(wordsOf(sentence)) ? 0.7 : 0;
}

/** The moment that a date entity's value stands for; a day is over at its last minute. */
export function momentOf(value: string, timeZone: string): Date {
  if (!DAY_ONLY.test(value)) return new Date(value);
  const endInUtc = new Date(`${value}T23:59:00Z`);
  return new Date(endInUtc.getTime() - offsetIn(timeZone, endInUtc) * MINUTE);
}
