import type { EpochDay } from './calendar.js';

/** What the expressions of a mail are reckoned from. */
export interface Reference {
  /** The day that it was written, in its own zone. */
  sent: EpochDay;
  instant: Date;
  /** 3/4 is in March. */
  monthFirst: boolean;
}

export interface Clock {
  /** Minutes after midnight. */
  from: number;
  to?: number;
  /** Whether it is fixed which half of the day it is in. */
  fixed: boolean;
}

/** What a stretch of text says about a date; stretches that stand together are put together. */
export interface Reading {
  days?: readonly [first: EpochDay, last: EpochDay];
  clock?: Clock;
  /** Half of the day: `morning`, `heute Abend`. */
  half?: 'am' | 'pm';
  /** A moment, for `in 3 hours`. */
  instant?: number;
  /** Which end of the period after it: `end of`. */
  edge?: 'start' | 'middle' | 'end';
  /** Days added to the day beside it: `Friday in a week`. */
  shift?: number;
  /** A day of the week, which a date beside it makes certain and a week before it places. */
  weekday?: number;
  /** Gives way to a date beside it: `EOD Monday`. */
  yields?: boolean;
  /** One of several in a list: stands alone. */
  listed?: boolean;
  /** Says nothing alone: `the month`, `at 5`, `sat`. */
  weak?: boolean;
  certainty: number;
}

export type Groups = Readonly<Record<string, string | undefined>>;

export interface Rule {
  pattern: RegExp;
  read: (groups: Groups, reference: Reference, before: string) => Reading | null;
}

/**
 * A rule over folded text. The source must repeat nothing without a bound; a match neither starts nor ends inside a
 * word or a number (`1.2.3`, `$5`, `50 %`).
 */
export function rule(source: string, read: Rule['read']): Rule {
  const pattern = new RegExp(
    `(?<![\\p{L}\\p{N}_]|[^\\s,(]@|\\d[.,:/]|[$€£#]|[\\p{L}\\p{N}]-)(?:${spaced(source)})(?![\\p{L}\\p{N}_@%]|[.,:/]\\d|\\.[a-z]|-\\d| ?%)`,
    'gu',
  );
  return { pattern, read };
}

/** A line that was broken after its space leaves two: every space of a pattern takes both. */
function spaced(source: string): string {
  return source.replace(/\[[^\]]*\]|\\.| \{\d,\d\}| \??/g, (part) =>
    part === ' ' ? ' {1,2}' : part === ' ?' ? ' {0,2}' : part,
  );
}

/** Alternatives of a pattern, longest first, so that `mar` does not hide `march`. */
export function anyOf(words: Readonly<Record<string, unknown>> | readonly string[]): string {
  const list = Array.isArray(words) ? (words as string[]) : Object.keys(words);
  return [...list].sort((a, b) => b.length - a.length || (a < b ? -1 : 1)).join('|');
}

export const oneDay = (day: EpochDay | null, certainty: number): Reading | null =>
  day === null ? null : { days: [day, day], certainty };
