/** No word is longer. Harper's time grows with the square of a word, and one of 20,000 letters breaks it for good. */
const LONG = /\S{61,}/g;
/** Rules of dashes, drawings, rows of brackets: nothing that has a grammar, and half a minute for 20,000 of them. */
const SIGNS = /(?:[^\p{L}\p{M}\p{N}\s]\s{0,4}){8,}/gu;

/** A text of the same length in which blanks stand for what is no prose, so that places in it are places in the text. */
export function plainProse(text: string): string {
  return text.replace(LONG, blanked).replace(SIGNS, blanked);
}

const blanked = (found: string) => found.replace(/[^\n]/g, ' ');

/** Where a stretch ends best: behind a paragraph, a sentence, a line, a word. */
const ENDS = ['\n\n', '. ', '\n', ' '];

/** A text in stretches of at most `most` characters that follow each other without a gap. */
export function stretchesOf(text: string, most: number): { text: string; at: number }[] {
  const stretches: { text: string; at: number }[] = [];
  for (let at = 0; at < text.length;) {
    const whole = text.slice(at, at + most);
    const stretch = at + most >= text.length ? whole : cut(whole);
    stretches.push({ text: stretch, at });
    at += stretch.length;
  }
  return stretches;
}

function cut(text: string): string {
  for (const end of ENDS) {
    const at = text.lastIndexOf(end);
    if (at > text.length / 4) return text.slice(0, at + end.length);
  }
  // Never between the halves of a character.
  return /[\ud800-\udbff]$/.test(text) ? text.slice(0, -1) : text;
}
