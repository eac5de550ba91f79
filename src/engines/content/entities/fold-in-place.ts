const BEYOND_ASCII = /[^\p{ASCII}]/gu;
const SPACES = /[\u00a0\u2007\u2009\u202f\t]/g;

/**
 * Lower case without diacritics and with plain spaces, apostrophes and dashes, every character where it stood: offsets
 * in the result are offsets in the text. A character that has no fold of the same length stays as it is.
 */
export function foldInPlace(text: string): string {
  const spaced = text.replace(SPACES, ' ');
  return spaced.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()).replace(BEYOND_ASCII, foldCharacter);
}

function foldCharacter(character: string): string {
  if (character === '’' || character === '‘') return "'";
  if (character === '–' || character === '—' || character === '‑') return '-';
  const folded = character
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{M}+/gu, '');
  return folded.length === character.length ? folded : character;
}
