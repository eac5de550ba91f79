import { OPENS_ATTRIBUTION, WROTE } from './reply-words.js';

const MAX_LINES = 6;
const MAX_LENGTH = 400;

export const QUOTE = /^\s{0,3}(?:>|\|\s|»)/;
const WHEN_OR_WHO = /\d|@|</;
const ADDRESS = String.raw`<\s*(?:mailto:)?[^<>@]{1,200}@[^<>]{1,300}>{1,2}`;
const TIME = String.raw`\d{1,2}[:.]\d{2}\b`;
/** "2026-11-19 16:20 GMT+01:00 Ada <ada@example.com>:", in whatever language. */
const TIME_AND_ADDRESS = new RegExp(`${TIME}.{0,200}${ADDRESS}\\s?:$`, 'u');
const DATE_AND_ADDRESS = new RegExp(`^\\d{4}[-/.]\\d{1,2}[-/.]\\d{1,2}\\b.{0,200}${ADDRESS}:?$`, 'u');
const ENDS = /(?::\*?|-{2,})$/;
/** "wrote" as the last word, without a colon: an attribution where it has a time and an address. */
const WROTE_AT_END = new RegExp(`${TIME}.{0,200}${ADDRESS}.{0,20}$`, 'u');
/** "thanks On Wed, Apr 4, 2012 at 3:59 PM, bob@example.com wrote:" */
const IN_LINE = /^(.*?\S)\s*?(?:-{2,}\s*|\s)(?:on|am|le|el|op)\s(?:\p{L}{2,12}\.?,?\s)?[\p{L}\d].{5,150}\d.{0,150}$/iu;

export interface Attribution {
  /** How many lines it has. */
  lines: number;
  /** What of the first line stands before it. */
  before: string;
}

/** The attribution ("On ... wrote:") that begins with this line; null where none does. */
export function attributionAt(lines: readonly string[], index: number): Attribution | null {
  const before = sharedLine(lines, index);
  if (before !== null) return { lines: 1, before };
  const count = countLines(lines, index);
  return count > 0 ? { lines: count, before: '' } : null;
}

/** What stands before an attribution in its own line; null where nothing does. */
function sharedLine(lines: readonly string[], index: number): string | null {
  const line = lines[index] ?? '';
  if (line.length > MAX_LENGTH || !/wrote\s*:\s*$/i.test(line) || OPENS_ATTRIBUTION.test(line)) return null;
  if (!isQuoteNext(lines, index + 1)) return null;
  return IN_LINE.exec(line)?.[1]?.replace(/[\s-]+$/, '') ?? null;
}

function countLines(lines: readonly string[], index: number): number {
  let joined = '';
  let blanks = 0;
  for (let count = 1; count <= MAX_LINES; count += 1) {
    if (index + count > lines.length) return 0;
    const line = (lines[index + count - 1] ?? '').trim();
    if (line === '') {
      // A mail program that breaks the address off the name leaves an empty line between them.
      blanks += 1;
      if (count === 1 || blanks > 1 || !(OPENS_ATTRIBUTION.test(joined) && new RegExp(TIME).test(joined))) return 0;
      continue;
    }
    joined = joined === '' ? line : `${joined} ${line}`;
    if (joined.length > MAX_LENGTH) return 0;
    if (count === 1 && !mayOpen(joined)) return 0;
    if (DATE_AND_ADDRESS.test(joined) && isQuoteNext(lines, index + count)) return count;
    if (WROTE.test(line) && WROTE_AT_END.test(joined) && /\p{L}$/u.test(line)) return count;
    if (!ENDS.test(line)) continue;
    if (TIME_AND_ADDRESS.test(joined)) return count;
    if (!WROTE.test(joined)) return 0;
    if (WHEN_OR_WHO.test(joined)) return count;
    return isQuoteNext(lines, index + count) ? count : 0;
  }
  return 0;
}

function mayOpen(line: string): boolean {
  if (OPENS_ATTRIBUTION.test(line) || WROTE.test(line)) return true;
  return (
    /^(?:\p{L}{2,12},?\s)?\d{1,4}[-/.:\s]{1,2}[\p{L}\d]{1,10}/u.test(line) ||
    /<[^<>\s]{1,100}@[^<>\s]{1,200}>:?$/.test(line)
  );
}

function isQuoteNext(lines: readonly string[], from: number): boolean {
  const next = nextFilled(lines, from);
  return next !== -1 && QUOTE.test(lines[next] ?? '');
}

export function nextFilled(lines: readonly string[], from: number): number {
  for (let index = from; index < lines.length; index += 1) if (lines[index]?.trim() !== '') return index;
  return -1;
}
