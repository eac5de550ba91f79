import type { Address } from '../../domain/parsed-message.js';
import { wordsOf } from './phrases.js';

export interface SignedText {
  /** The text without the signature. */
  body: string;
  /** Closing formula, name and what stands below it; null where the text ends without. */
  signature: string | null;
}

/** A signature stands in the last lines that are not empty. */
const MOST_LINES = 14;
const LONGEST_LINE = 60;
const LONGEST_CONTACT = 160;
/** One line of text may stand among those of a signature (a motto, a company's claim). */
const MOST_TEXT = 1;

/** Folded, in the languages that most mail is in; a formula is the whole line, or is followed by a name. */
const FORMULA =
  /^(?:many |best |kind |warm |with )*(?:thanks(?: (?:a lot|again|in advance|so much|very much|for your \w+))?|thank you(?: (?:again|in advance|very much|so much))?|thx|tks|cheers|regards|wishes|best|sincerely(?: yours)?|yours (?:sincerely|truly|faithfully)|cordially|respectfully|take care|warmly|later|love|xoxo|at your service|mit (?:freundlichen|besten|herzlichen|vielen) gru(?:ss|ß)en|freundliche gru(?:ss|ß)e|viele gru(?:ss|ß)e|liebe gru(?:ss|ß)e|beste gru(?:ss|ß)e|schone gru(?:ss|ß)e|gru(?:ss|ß)e?|mfg|lg|vg|danke|vielen dank|besten dank|cordialement|bien (?:cordialement|a vous)|amicalement|merci(?: (?:beaucoup|d'avance))?|salutations|saludos(?: cordiales)?|un saludo|atentamente|gracias|muchas gracias|un abrazo|cordiali saluti|distinti saluti|saluti|grazie|met vriendelijke groet(?:en)?|groet(?:en|jes)?|obrigad[oa]|atenciosamente|abracos)(?: and (?:best )?(?:regards|wishes))?\s*[,.!]*$/;
const DELIMITER = /^\s*[-_=*~—–]{2,}\s*$/;
const DASHED_NAME = /^\s*[-–—]{1,2}\s?\p{L}[\p{L}.'’]*(?:\s\p{L}[\p{L}.'’]*){0,3}\.?\s*$/u;
const SENT_FROM =
  /^\s*(?:sent|send|enviado|envoyé|gesendet|inviato|verzonden|verstuurd)\b.{0,40}\b(?:from|via|desde|de|von|da|mobile|vanaf|dal|my|sans)\b|^\s*via mobile\s*$/i;
const CONTACT =
  /\b[\w.+-]+@[\w-]+\.\w|https?:\/\/|\bwww\.|(?:\+|\b00)\d[\d\s().-]{6,}|\(?\d{3}\)?[\s.-]\d{3}[\s.-]\d{4}\b|^\s*(?:tel|phone|fax|mobile|cell|office|direct|skype|t|f|m|p|e|w|icq|aim|msn|tél|telefon|mobil|móvil)\s*[.:]\s*\S/i;
const SENTENCE_END = /[.?!:;]\s*$/;
const LIST_ITEM = /^\s*(?:[-*•]|\d+[.)]|--?>)\s/;

type LineKind = 'formula' | 'delimiter' | 'name' | 'contact' | 'sentFrom' | 'title' | 'text' | 'prose';

/**
 * Tells a signature from the text above it where no delimiter (RFC 3676 4.3) stands between them: by closing formulas,
 * the sender's name, ways to reach somebody, and lines that are no sentences. Text alone is never a signature.
 */
export function splitSignature(text: string, sender?: Pick<Address, 'name' | 'address'>): SignedText {
  const lines = text.split('\n');
  const names = namesOf(sender);
  const filled = lines.flatMap((line, index) => (line.trim() === '' ? [] : [{ line, index }])).slice(-MOST_LINES);
  const kinds = filled.map(({ line }, at) => {
    // Several lines that begin with a dash are a list.
    const listed = [at - 1, at + 1].some((beside) => LIST_ITEM.test(filled[beside]?.line ?? ''));
    return listed && LIST_ITEM.test(line) ? 'prose' : kindOf(line, names);
  });
  const first = firstOf(kinds, filled.length < lines.filter((line) => line.trim() !== '').length);
  const start = first === -1 || !tellsWho(kinds.slice(first)) ? undefined : filled[first]?.index;
  if (start === undefined) return { body: text, signature: null };
  const body = lines.slice(0, start).join('\n').trimEnd();
  // What is left to say "thanks" is the message.
  if (body.trim() === '' || isFormula(body.trim())) return { body: text, signature: null };
  return { body, signature: lines.slice(start).join('\n').trim() };
}

/** The topmost line from which all that follows can be a signature; -1 where none is. */
function firstOf(kinds: readonly LineKind[], hasMore: boolean): number {
  let first = -1;
  let texts = 0;
  let signs = 0;
  for (let at = kinds.length - 1; at >= (hasMore ? 0 : 1); at--) {
    const kind = kinds[at]!;
    if (kind === 'prose') break;
    if (kind === 'text') {
      texts++;
      if (texts > MOST_TEXT) break;
      continue;
    }
    if (kind !== 'title') signs++;
    // A line that could be anything begins no signature, and one above a formula belongs to the text.
    if (kind !== 'title' || signs > 0) first = kind === 'title' && kinds[at + 1] === 'formula' ? first : at;
    if (kind === 'formula' && at > 0 && kinds[at - 1] !== 'delimiter' && kinds[at - 1] !== 'formula') break;
    if (kind === 'delimiter' && kinds[at - 1] !== 'delimiter') break;
  }
  return first;
}

/** A link alone below a text is part of it. */
function tellsWho(kinds: readonly LineKind[]): boolean {
  return kinds.some((kind) => kind !== 'contact' && kind !== 'text') || kinds.length > 2;
}

function kindOf(line: string, names: ReadonlySet<string>): LineKind {
  const trimmed = line.trim();
  if (DELIMITER.test(line)) return 'delimiter';
  if (trimmed.length <= LONGEST_CONTACT && SENT_FROM.test(trimmed)) return 'sentFrom';
  if (LIST_ITEM.test(line) && !DASHED_NAME.test(line)) return 'prose';
  const words = wordsOf(trimmed);
  if (isFormula(trimmed)) return 'formula';
  if (DASHED_NAME.test(line)) return 'name';
  if (
    words.length <= 8 &&
    trimmed.length <= LONGEST_LINE &&
    words.some((word) => names.has(word)) &&
    !asksOrTells(trimmed, words)
  ) {
    return 'name';
  }
  if (
    trimmed.length <= LONGEST_CONTACT &&
    CONTACT.test(trimmed) &&
    words.length <= 16 &&
    !asksOrTells(trimmed, words)
  ) {
    return 'contact';
  }
  if (trimmed.length > LONGEST_LINE) return 'prose';
  if (isTitle(trimmed, words)) return 'title';
  return SENTENCE_END.test(trimmed) && words.length > 2 ? 'prose' : 'text';
}

function isFormula(line: string): boolean {
  return line.length <= LONGEST_LINE && FORMULA.test(folded(line));
}

/** A sentence: it ends as one and is longer than a name with its titles. */
function asksOrTells(line: string, words: readonly string[]): boolean {
  return SENTENCE_END.test(line) && words.length > 5;
}

/** `Head of Sales, Doe Inc`: most words begin with a capital, and no sentence ends. */
function isTitle(line: string, words: readonly string[]): boolean {
  if (words.length === 0 || words.length > 7 || /[?!:;]\s*$/.test(line)) return false;
  const written = line.match(/\p{L}+/gu) ?? [];
  const capital = written.filter((word) => /^\p{Lu}/u.test(word)).length;
  return (
    written.length > 0 &&
    capital / written.length >= 0.6 &&
    !/[a-z]\.$/.test(line.replace(/\b(?:inc|ltd|co|corp|jr|sr|d)\.$/i, ''))
  );
}

function namesOf(sender: Pick<Address, 'name' | 'address'> | undefined): ReadonlySet<string> {
  if (sender === undefined) return new Set();
  const local = (sender.address.split('@')[0] ?? '').replace(/\+.*$/, '');
  return new Set(wordsOf(`${sender.name} ${local.replaceAll(/[._-]/g, ' ')}`).filter((word) => word.length > 2));
}

function folded(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replaceAll(/\s+/g, ' ');
}
