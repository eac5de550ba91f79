import { readsAsLatin, skeletonLetter } from '../security/skeleton.js';

/** Text as a reader sees it. What no reader sees has no business in a prompt: it only ever speaks to the model. */
export interface VisibleText {
  text: string;
  /** Characters that were taken out. */
  removed: number;
}

/**
 * Drawn by no font: controls, soft hyphens, zero-width signs, bidi controls, fillers, tag characters, variation selectors (which carry bytes in runs), interlinear marks, private use of
 * planes 15 and 16, lone surrogates. Joiners and the two emoji selectors are looked at one by one.
 */
const UNSEEN =
  /[\u0000-\u0008\u000e-\u001b\u001f\u007f-\u0084\u0086-\u009f\u00ad\u061c\u070f\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff0-\ufffb\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}\u{f0000}-\u{10ffff}]|\u034f|\u180b|\u180c|\u180d|\u180f|\p{Cs}|(?!\ufe0e|\ufe0f)\p{Variation_Selector}/gu;
const JOINER = /\u200c|\u200d|\ufe0e|\ufe0f/g;
/** Joiners shape letters of these scripts (Arabic, Syriac, the Brahmic ones, Mongolian). */
const SHAPED = /[\u0600-\u07bf\u0900-\u0dff\u1800-\u18af]$/;
const EMOJI = /[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f]$/u;
/** More marks on one letter than any writing system uses. */
const STACKED = /(\p{M}{4})\p{M}{1,200}/gu;
/** Mathematical, enclosed and full-width alphabets: letters of no keyboard, read by models and by no filter. */
const STYLED = /[\u{1d400}-\u{1d7ff}\u{1f130}-\u{1f149}\u24b6-\u24e9\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]/gu;
const DARK = /[\u{1f150}-\u{1f169}\u{1f170}-\u{1f189}]/gu;
const WORD = /[\p{L}\p{M}]{2,40}/gu;
const FOREIGN = /[\u0370-\u03ff\u0400-\u058f\u13a0-\u13ff\u1d00-\u1dbf]/gu;
const BLANKS = /[ \t\u00a0\u2000-\u200a\u202f\u205f\u3000]{40,}/g;

/** @returns the text as it is seen: unseen characters gone, disguised letters as the letters that they show */
export function visibleText(text: string): VisibleText {
  const seen = text.replace(UNSEEN, '').replace(JOINER, joined).replace(STACKED, '$1');
  // Counted before letters are exchanged: those are seen.
  const removed = text.length - seen.length;
  return { text: undisguised(seen).replace(BLANKS, '    '), removed };
}

/** Joiners and the emoji selector stay where a script or an emoji needs them, one at a time. */
function joined(sign: string, at: number, whole: string): string {
  const before = whole.slice(Math.max(0, at - 2), at);
  const after = whole.slice(at + 1, at + 3);
  if (sign === '\ufe0e') return '';
  if (sign === '\ufe0f') return /[\p{Extended_Pictographic}\d#*]$/u.test(before) ? sign : '';
  if (SHAPED.test(before) && /^\p{L}/u.test(after)) return sign;
  return sign === '\u200d' && EMOJI.test(before) && /^\p{Extended_Pictographic}/u.test(after) ? sign : '';
}

function undisguised(text: string): string {
  return text
    .replace(DARK, (letter) => {
      const point = letter.codePointAt(0) ?? 0;
      return String.fromCharCode(0x41 + point - (point < 0x1f170 ? 0x1f150 : 0x1f170));
    })
    .replace(STYLED, (letter) => letter.normalize('NFKC'))
    .replace(WORD, (word) => (isMixed(word) ? latin(word) : word));
}

/** A Latin word in which some letters are of another script, and look Latin. */
function isMixed(word: string): boolean {
  if (!/[A-Za-z]/.test(word)) return false;
  const foreign = word.match(FOREIGN);
  return foreign !== null && readsAsLatin(foreign.join('').toLowerCase());
}

function latin(word: string): string {
  return word.replace(FOREIGN, (letter) => {
    const shown = skeletonLetter(letter.toLowerCase());
    return letter === letter.toLowerCase() ? shown : shown.toUpperCase();
  });
}
