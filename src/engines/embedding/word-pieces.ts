import { fold } from '../language/phrases.js';

const WORD = /\p{L}[\p{L}\p{M}]*|\p{N}+|[?!$€£%]/gu;
const ADDRESS = /(?:https?:\/\/|www\.)\S{1,500}|\S{1,100}@\S{1,100}/g;
/** A longer run of letters is no word; the work for a word grows with the square of its length. */
const LONGEST_WORD = 40;
const LONGEST_PIECE = 20;

/** How a text reads in a vocabulary of pieces. */
export interface PiecedText {
  /** Rows of its pieces, in its order. */
  rows: number[];
  /** Its words, and how many of them the vocabulary has as they are. */
  words: number;
  whole: number;
}

/**
 * Words in the longest pieces from their beginning on (WordPiece, as BERT's uncased models have it); a word that does not
 * come out even is left out. Links and addresses mean nothing.
 */
export function wordPieces(text: string, pieces: ReadonlyMap<string, number>): PiecedText {
  const rows: number[] = [];
  let whole = 0;
  const known = new Map<string, readonly number[]>();
  const words = fold(text.replace(ADDRESS, ' ')).match(WORD) ?? [];
  for (const word of words) {
    let own = known.get(word);
    if (own === undefined) known.set(word, (own = piecesOf(word.slice(0, LONGEST_WORD), pieces)));
    if (own.length === 1) whole += 1;
    rows.push(...own);
  }
  return { rows, words: words.length, whole };
}

function piecesOf(word: string, pieces: ReadonlyMap<string, number>): number[] {
  const rows: number[] = [];
  for (let start = 0; start < word.length;) {
    let end = Math.min(word.length, start + LONGEST_PIECE);
    let row: number | undefined;
    for (; end > start && row === undefined; end -= 1)
      row = pieces.get(start === 0 ? word.slice(0, end) : `##${word.slice(start, end)}`);
    if (row === undefined) return [];
    rows.push(row);
    start = end + 1;
  }
  return rows;
}
