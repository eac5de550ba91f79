import type { Span } from './spans.js';

/** A text whose protected pieces are replaced by marks: words that no language has and translators leave alone. */
export interface MarkedText {
  text: string;
  pieces: string[];
  /** Begins every mark; does not occur in the text that was marked. */
  prefix: string;
}

const PREFIXES = ['ZQ', 'XQ', 'QZ', 'QX', 'ZX', 'XZ', 'QJ', 'JQ', 'ZJ', 'XJ', 'JX', 'JZ', 'WQ', 'QW', 'VQ', 'QV'];
const END = 'X';

/** Null where every prefix occurs in the text already, as in one that is made to: nothing tells its marks from ours. */
export function markPieces(text: string, spans: readonly Span[]): MarkedText | null {
  const upper = text.toUpperCase();
  const prefix = PREFIXES.find((candidate) => !upper.includes(candidate));
  if (prefix === undefined) return null;
  const pieces: string[] = [];
  let marked = '';
  let at = 0;
  for (const { start, end } of spans) {
    marked += `${text.slice(at, start)}${prefix}${pieces.length + 1}${END}`;
    pieces.push(text.slice(start, end));
    at = end;
  }
  return { text: marked + text.slice(at), pieces, prefix };
}

/** Whether anything is left that a translator could change. */
export function hasWords({ text, prefix }: MarkedText): boolean {
  return /\p{L}{2}/u.test(text.replace(markExpression(prefix), ' '));
}

export type Unmarked = { text: string } | { problem: string };

/**
 * The translation with the pieces in their places again. Nothing is taken that lost a piece, has one twice, or has
 * numbers, links or addresses that are not among them: those were all marked, so a translator made them up.
 */
export function unmarkPieces(translated: string, marked: MarkedText): Unmarked {
  const seen = Array.from({ length: marked.pieces.length }, () => 0);
  let unknown = false;
  const outside: string[] = [];
  let at = 0;
  let text = '';
  for (const match of translated.matchAll(markExpression(marked.prefix))) {
    const number = Number(match[1]) - 1;
    const piece = marked.pieces[number];
    if (piece === undefined) {
      unknown = true;
      break;
    }
    seen[number]! += 1;
    outside.push(translated.slice(at, match.index));
    text += translated.slice(at, match.index) + piece;
    at = match.index + match[0].length;
  }
  text += translated.slice(at);
  outside.push(translated.slice(at));
  if (unknown) return { problem: 'it has a mark that was not given' };
  const lost = seen.filter((times) => times === 0).length;
  if (lost > 0) return { problem: `it lost ${lost} of ${seen.length} names, links or numbers` };
  if (seen.some((times) => times > 1)) return { problem: 'it repeats a name, link or number' };
  const words = outside.join(' ');
  if (/\p{N}/u.test(words)) return { problem: 'it has a number that the original has not' };
  if (/:\/\/|@|\bwww\./iu.test(words)) return { problem: 'it has a link or an address that the original has not' };
  if (!sameQuotation(marked.text, words)) return { problem: 'it lost a quotation mark' };
  if (words.trim() === '') return { problem: 'it is empty' };
  if (words.length > 4 * marked.text.length + 200) return { problem: 'it is far longer than the original' };
  return { text };
}

function markExpression(prefix: string): RegExp {
  const spaced = prefix.split('').join(String.raw`\s?`);
  return new RegExp(String.raw`${spaced}\s?(\d{1,5})\s?${END}`, 'giu');
}

const QUOTATION = /["“”„«»]/gu;

function sameQuotation(before: string, after: string): boolean {
  return (before.match(QUOTATION)?.length ?? 0) === (after.match(QUOTATION)?.length ?? 0);
}
