import { CONFUSABLES } from './unicode-security.generated.js';

/** Look-alikes that Unicode's table lacks because some typeface tells them apart. */
const ALSO: readonly (readonly [string, string])[] = [
  ['b', 'вьъƅβ'],
  ['c', 'ҫϲ'],
  ['d', 'đɗ'],
  ['e', 'εәə'],
  ['h', 'нђ'],
  ['j', 'ʝ'],
  ['k', 'кқκ'],
  ['l', 'łⅼ'],
  ['m', 'мⅿ'],
  ['n', 'пиη'],
  ['o', 'øө'],
  ['p', 'þ'],
  ['q', 'գ'],
  ['r', 'ɾя'],
  ['s', 'ʂ'],
  ['t', 'тτŧ'],
  ['u', 'цμ'],
  ['w', 'ωшщ'],
  ['x', 'χ'],
  ['z', 'ʐ'],
  ['2', 'շ'],
  ['3', 'зҙӡვ'],
  ['4', '৪'],
];
const LATIN = new Map(
  [...ALSO, ...CONFUSABLES].flatMap(([latin, letters]) => Array.from(letters, (letter) => [letter, latin] as const)),
);
const CLOSEST = new Set(CONFUSABLES.flatMap(([, letters]) => Array.from(letters)));
const MAX_LENGTH = 500;

/** The letters that a reader takes a text for (after UTS 39 4): `pаypa1`, `PAYPAL` and `paypal` have one skeleton. */
export function skeleton(text: string): string {
  const plain = text
    .slice(0, MAX_LENGTH)
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\p{Mn}\p{Cf}]/gu, '');
  const letters = Array.from(plain, (letter) => LATIN.get(letter) ?? letter).join('');
  return letters
    .replaceAll('rn', 'm')
    .replaceAll('vv', 'w')
    .replaceAll('cl', 'd')
    .replaceAll('0', 'o')
    .replace(/[1i|]/g, 'l')
    .replaceAll('5', 's');
}

/** The Latin letter that a lower-case letter is taken for; the letter itself where there is none. */
export function skeletonLetter(letter: string): string {
  return LATIN.get(letter) ?? letter;
}

/** Whether every letter is one that Unicode's table takes for a Latin letter or digit. */
export function readsAsLatin(letters: string): boolean {
  return Array.from(letters).every((letter) => CLOSEST.has(letter));
}
