import type { Groups, Rule } from './rule.js';

export type Unless = (groups: Groups, before: string) => boolean;

/** A rule that reads nothing where another reading is likelier in English. */
export function unless({ pattern, read }: Rule, isOther: Unless): Rule {
  return {
    pattern,
    read: (groups, reference, before) => (isOther(groups, before) ? null : read(groups, reference, before)),
  };
}

/** `2.4.19` is a version; with its year in full, or told as a day, a date. */
export const isVersion: Unless = ({ sign, y }, before) =>
  sign === '.' && y?.length === 2 && !/\b(?:on|by|until|since|from|dated|of) $/.test(before);

/** `3 hours` is how long, `0.24` how much, `up 8:46` since when. */
export const isNoClock: Unless = ({ sign, n, n2, x, x2 }, before) =>
  (/^(?:hours|hrs?|h)$/.test(x ?? x2 ?? '') &&
    n === undefined &&
    n2 === undefined &&
    !/\b(?:at|by|until|till) $/.test(before)) ||
  (sign === '.' && x === undefined && !/\b(?:at|from|until|till) $/.test(before)) ||
  /\b(?:up|days?,?) {1,3}$/.test(before);
