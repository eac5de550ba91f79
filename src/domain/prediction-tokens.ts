/** What may stand between words and is itself proposed. */
const MARKS = new Set(['.', ',', '?', '!', ':', ';']);
/** The end of a line; text begins as if after one. */
export const LINE_END = '\n';
/** What is never learned stands as this in a context. */
export const OPAQUE = '\u0000';

const TOKEN = /[\p{L}\p{M}\p{N}_]+(?:['’.@/:\\-][\p{L}\p{M}\p{N}_]+)*|\n|[^\s]/gu;
const WORD = /^[\p{L}\p{M}]+(?:['’-][\p{L}\p{M}]+)*$/u;
/** Longer ones are no words that people type. */
const LONGEST_WORD = 24;

export interface PredictionToken {
  /** As written. */
  text: string;
  /** Where it ends in its text, in UTF-16 code units. */
  end: number;
}

/** Words, marks and line ends of a text. What joins letters by dots, slashes or `@` (addresses, links) is one token. */
export function predictionTokens(text: string): PredictionToken[] {
  const tokens: PredictionToken[] = [];
  for (const { 0: token, index } of text.matchAll(TOKEN)) tokens.push({ text: token, end: index + token.length });
  return tokens;
}

/** A word of letters alone, and not one of mixed case, as generated secrets are. */
export function isWord(token: string): boolean {
  if (token.length > LONGEST_WORD || !WORD.test(token)) return false;
  return hasOrdinaryCase(token);
}

export function isMark(token: string): boolean {
  return MARKS.has(token) || token === LINE_END;
}

/** As it counts in a context: in lower case, with one kind of apostrophe; OPAQUE for all that is not learned. */
export function contextForm(token: string): string {
  if (isMark(token)) return token;
  return isWord(token) ? folded(token) : OPAQUE;
}

export function folded(token: string): string {
  return token.toLowerCase().replaceAll('’', "'");
}

/** Whether a sentence begins after that token. */
export function endsSentence(token: string): boolean {
  return token === '.' || token === '?' || token === '!' || token === LINE_END;
}

/** lower, Title, UPPER up to six letters, and names as McDonald or O'Neil: one more capital, no more. */
function hasOrdinaryCase(token: string): boolean {
  const letters = Array.from(token.replace(/['’-]/g, ''));
  const capitals = letters.filter((letter) => letter !== letter.toLowerCase()).length;
  if (capitals <= 2) return true;
  return capitals === letters.length && letters.length <= 6;
}
