import { fold } from '../../../language/phrases.js';

/** A word or mark of the text and where it stands. */
export interface Token {
  text: string;
  /** Lower case without diacritics. */
  folded: string;
  start: number;
  end: number;
  line: number;
  /** First and last of its line. */
  opens: boolean;
  closes: boolean;
  /** Set apart from the token before by a tab or three spaces, as columns are. */
  apart: boolean;
  /** Characters of its line before it. */
  column: number;
}

export interface Tokens {
  list: readonly Token[];
  /** Tokens of each line that has any, by its number. */
  lengths: readonly number[];
}

/** Addresses are one token; `Texas-based` and `anti-UN` are two words; an initial keeps its dot; what is no letter or digit else is a token of its own. */
const TOKEN =
  /(?<![\p{L}\p{N}_.+-])[\p{L}\p{N}_.+-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,5}|(?:https?:\/\/|www\.)\S{1,500}|(?<![\p{L}\p{N}])\p{Lu}\.(?=[\p{Lu}\s,)]|$)|[\p{L}\p{M}]{1,60}(?:(?!['’]s(?![\p{L}]))(?:['’]|(?<!\p{Lu}{2})-(?!\p{Lu}{2}|(?:based|candidate|led|owned|style|wide|like|related|backed|run|only|specific|approved|sponsored|controlled|compliant|compatible|affiliated)(?![\p{L}-])))[\p{L}\p{M}]{1,60}){0,4}|\p{N}{1,60}|[^\s\p{L}\p{N}]/gu;
const APART = /\t| {3}/;
const MOST_TOKENS = 12_000;

/** The words and marks of a text; time grows with its length, and it stops at twelve thousand. */
export function tokensOf(text: string): Tokens {
  const list: Token[] = [];
  const lengths: number[] = [];
  let line = 0;
  let read = 0;
  let lineStart = 0;
  for (const match of text.matchAll(TOKEN)) {
    const start = match.index;
    for (; read < start; read++) {
      if (text.charCodeAt(read) !== 10) continue;
      line++;
      lineStart = read + 1;
    }
    const opens = list.length === 0 || list.at(-1)?.line !== line;
    const before = list.at(-1);
    if (opens && before !== undefined) before.closes = true;
    lengths[line] = (lengths[line] ?? 0) + 1;
    const [written] = match;
    const isAddress = written.length > 4 && /[@/]|^www\./.test(written);
    const apart = before !== undefined && APART.test(text.slice(before.end, Math.min(start, before.end + 40)));
    const folded = isAddress ? '@' : fold(written);
    list.push({
      text: isAddress ? '@' : written,
      folded,
      start,
      end: start + written.length,
      line,
      opens,
      closes: false,
      apart,
      column: start - lineStart,
    });
    if (list.length === MOST_TOKENS) break;
  }
  const last = list.at(-1);
  if (last !== undefined) last.closes = true;
  return { list, lengths };
}
