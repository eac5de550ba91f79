import { readsAsLatin, skeletonLetter } from './skeleton.js';

/** Mathematical, enclosed and full-width alphabets: letters that no keyboard writes, which filters do not read. */
const STYLED = /[\u{1d400}-\u{1d7ff}\u{1f130}-\u{1f189}\u24b6-\u24e9\uff21-\uff3a\uff41-\uff5a]/gu;
const MANY_STYLED = 4;
const INVISIBLE = /[\u034f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]/g;
const WORD = /[\p{L}\p{M}]{2,40}/gu;
const FOREIGN = /[\u0370-\u058f\u13a0-\u13ff\u1d00-\u1dbf]/u;

/** A text as patterns read it: compatibility forms resolved, look-alikes in Latin words undone, lower case, no accents. */
export function plainText(text: string): string {
  return text
    .replace(INVISIBLE, '')
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{Mn}/gu, '')
    .replace(WORD, (word) => (isMixed(word) ? Array.from(word, skeletonLetter).join('') : word))
    .replace(/[\u2018\u2019\u201a\u2032]/g, "'")
    .replace(/[\t\r\n\u00a0 ]+/g, ' ');
}

function isMixed(word: string): boolean {
  return FOREIGN.test(word) && /[a-z]/.test(word);
}

/** How a text disguises its words from filters; null where it does not. */
export function disguise(text: string): 'styled letters' | 'letters of several scripts' | null {
  if ((text.match(STYLED)?.length ?? 0) >= MANY_STYLED) return 'styled letters';
  for (const [word] of text.normalize('NFC').toLowerCase().matchAll(WORD)) {
    if (!isMixed(word)) continue;
    const foreign = Array.from(word).filter((letter) => FOREIGN.test(letter));
    if (readsAsLatin(foreign.join(''))) return 'letters of several scripts';
  }
  return null;
}
