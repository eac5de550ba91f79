import { attributionAt, nextFilled, QUOTE } from './attribution.js';
import { BEGIN_FORWARD, DATE_LINE, FROM_LINE, HEADER_LINE, MOBILE, SEPARATOR } from './reply-words.js';

export interface ReplyText {
  /** What the writer added: no quoted text, no attribution, no signature. */
  newText: string;
  signature: string | null;
}

const RULE = /^\s*(?:_{10,}|-{20,}|={4,})\s*$/;
/** ">>> https://shop.example <<<" is an ornament. */
const ORNAMENT = /^[>\s]{2,}\S.*<{2,}\s*$/;
const SIGNATURE = /^--\s*$/;
const FULL_DATE = /\d{1,2}\s\p{L}{3,9}\.?\s\d{4}\s\d{1,2}:\d{2}/u;
/** Marks of writing direction, which some mail programs put around each word of a header. */
const INVISIBLE = /[\u200e\u200f\u202a-\u202e]/g;
/** A quoted line at least this long may have been broken, its rest standing without a mark. */
const WRAPPED_LENGTH = 60;

/** Splits a text (line ends \n) into what is new in it, and the signature (RFC 3676 4.3, or a phone's). */
export function splitReply(text: string): ReplyText {
  const lines = text.split('\n');
  const kept = withoutQuotes(lines);
  const { body, signature } = withoutSignature(kept);
  const newText = tidy(body);
  // A bare forward: what was passed on is the message.
  if (newText === '' && signature === null) return { newText: text.trim(), signature: null };
  return { newText, signature };
}

function withoutQuotes(lines: readonly string[]): string[] {
  const kept: string[] = [];
  let index = 0;
  while (index < lines.length) {
    const line = lines[index] ?? '';
    if (isQuoted(lines, index)) {
      index += 1;
      continue;
    }
    if (isSeparator(line) || beginsHeaderBlock(lines, index)) break;
    const attribution = attributionAt(lines, index);
    if (attribution === null) {
      kept.push(line);
      index += 1;
      continue;
    }
    if (attribution.before !== '') kept.push(attribution.before);
    const next = nextFilled(lines, index + attribution.lines);
    if (next === -1 || !QUOTE.test(lines[next] ?? '')) break;
    index = next;
  }
  return kept;
}

function isQuoted(lines: readonly string[], index: number): boolean {
  const line = lines[index] ?? '';
  if (QUOTE.test(line)) return line.length > 500 || !ORNAMENT.test(line);
  // The rest of a quoted line that was broken on the way.
  const before = lines[index - 1] ?? '';
  return (
    line.trim() !== '' &&
    before.length >= WRAPPED_LENGTH &&
    QUOTE.test(before) &&
    QUOTE.test(lines[index + 1] ?? '') &&
    line.length < WRAPPED_LENGTH
  );
}

function isSeparator(line: string): boolean {
  return line.length < 200 && (SEPARATOR.test(line) || BEGIN_FORWARD.test(line));
}

/** Outlook and others: header lines one after the other, the first naming the sender or the date. */
function beginsHeaderBlock(lines: readonly string[], index: number): boolean {
  let from = index;
  if (RULE.test(lines[index] ?? '')) from = nextFilled(lines, index + 1);
  if (from === -1 || from - index > 3) return false;
  const first = lines[from] ?? '';
  if (first.length > 500) return false;
  const visible = first.replace(INVISIBLE, '');
  if (!FROM_LINE.test(visible) && !DATE_LINE.test(visible)) return false;
  const names = new Set<string>();
  let gap = 0;
  let sender = false;
  for (let at = from; at < lines.length && at < from + 14 && gap < 2; at += 1) {
    const line = (lines[at] ?? '').slice(0, 200).replace(INVISIBLE, '');
    const name = HEADER_LINE.exec(line)?.[1]?.toLowerCase();
    if (name !== undefined) {
      names.add(name);
      sender ||= FROM_LINE.test(line);
      gap = 0;
    } else if (line.trim() === '' || !/^\s/.test(line)) {
      gap += 1;
    }
  }
  if (names.size >= 3 && sender) return true;
  return (
    names.size === 2 && FULL_DATE.test(lines.slice(from, from + 2).join(' ')) && /@/.test(`${first}${lines[from + 1]}`)
  );
}

function withoutSignature(lines: readonly string[]): { body: string[]; signature: string | null } {
  let start = -1;
  for (let index = lines.length - 1; index >= 0; index -= 1) {
    const line = lines[index] ?? '';
    if (line.length < 200 && (SIGNATURE.test(line) || (start === -1 && MOBILE.test(line)))) {
      start = index;
      if (SIGNATURE.test(line)) break;
    }
  }
  if (start === -1) return { body: [...lines], signature: null };
  const isDelimiter = SIGNATURE.test(lines[start] ?? '');
  const signature = tidy(lines.slice(isDelimiter ? start + 1 : start));
  return { body: lines.slice(0, start), signature: signature === '' ? null : signature };
}

function tidy(lines: readonly string[]): string {
  const text = lines.map((line) => line.trimEnd()).join('\n');
  return text.replace(/\n{3,}/g, '\n\n').trim();
}
