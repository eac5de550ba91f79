import { ALSO_WORDS, isOrdinaryCapital, ROLE_WORDS } from './name-words.js';
import { collectMatches, type Span } from './spans.js';

/** Names that are looked for in one mail, and the longest of them. */
const MOST_NAMES = 60;
const LONGEST_NAME = 80;
const WORD = /^[\p{L}\p{M}][\p{L}\p{M}'’.-]*$/u;

/** Whole names first: `Anna Schmidt`, then `Anna` and `Schmidt` where a person is named so. */
export interface NameList {
  whole: string[];
  /** Single words of them. */
  words: string[];
}

/** What to look for of the names of people and organizations as headers and entities give them. */
export function nameList(names: readonly string[]): NameList {
  const whole = new Set<string>();
  const words = new Set<string>();
  for (const given of names.slice(0, MOST_NAMES)) {
    const name = plain(given);
    if (name === '' || name.length > LONGEST_NAME || name.includes('@')) continue;
    const parts = name.split(' ');
    whole.add(name);
    if (parts.length > 4 || ROLE_WORDS.test(name) || !parts.every((part) => WORD.test(part))) continue;
    for (const part of parts) if (part.length >= 3 && /^\p{Lu}/u.test(part)) words.add(part);
  }
  return { whole: [...whole].filter((name) => name.includes(' ') || !words.has(name)), words: [...words] };
}

/** `"Schmidt, Anna" (Sales)` as people write it in a text: `Anna Schmidt`. */
function plain(name: string): string {
  const bare = name
    .replace(/["“”]|\([^()]*\)|\s\|.*$/gu, ' ')
    .replace(/\s+/gu, ' ')
    .trim();
  const [last, first, ...more] = bare.split(/,\s?/u);
  return first !== undefined && first !== '' && more.length === 0 ? `${first} ${last}` : bare;
}

/** Where names of the list stand: whole ones in any case, single words as they are capitalised. */
export function listedNames(text: string, names: NameList): Span[] {
  const spans: Span[] = [];
  for (const name of names.whole) collectMatches(spans, text, asExpression(name, 'giu'));
  for (const word of names.words) {
    for (const match of text.matchAll(asExpression(word, 'gu'))) {
      if (ALSO_WORDS.has(word.toLowerCase()) && beginsSentence(text, match.index)) continue;
      spans.push({ start: match.index, end: match.index + match[0].length });
    }
  }
  return spans;
}

function asExpression(name: string, flags: string): RegExp {
  const literal = name.replace(/[\\^$.*+?()[\]{}|/-]/gu, String.raw`\$&`).replaceAll(' ', String.raw`\s{1,3}`);
  return new RegExp(String.raw`(?<![\p{L}\p{N}])${literal}(?![\p{L}\p{N}])`, flags);
}

const CAPITALISED = /(?<![\p{L}\p{M}\p{N}'’_-])\p{Lu}[\p{L}\p{M}'’&-]{0,40}(?![\p{L}\p{M}\p{N}_])/gu;
const WORDS = /[\p{L}\p{M}]+/gu;
/** What may stand between two words of one name. */
const INSIDE_NAME = /^(?: |\u00a0| (?:de|del|la|von|van|der|den|du|da|di|of the|of|&) )$/u;
/** Languages that write every noun with a capital. */
const CAPITAL_NOUNS: ReadonlySet<string> = new Set(['de', 'lb']);

/** Words with a capital inside a sentence: names that no header tells. Headings and shouting are not read so. */
export function writtenNames(text: string, language: string): Span[] {
  if (CAPITAL_NOUNS.has(language)) return [];
  const found = [...text.matchAll(CAPITALISED)].map(({ 0: word, index }) => ({ word, start: index }));
  const words = text.match(WORDS)?.length ?? 0;
  if (words >= 4 && found.length * 2 > words) return [];
  const spans: Span[] = [];
  let open: Span | null = null;
  for (const { word, start } of found) {
    const end = start + word.replace(/['’]s$/u, '').length;
    const joined = open !== null && INSIDE_NAME.test(text.slice(open.end, start));
    if (isOrdinaryCapital(word) || (!joined && beginsSentence(text, start))) {
      open = null;
      continue;
    }
    if (joined) open!.end = end;
    else spans.push((open = { start, end }));
  }
  return spans;
}

const GREETING =
  /(?<![\p{L}])(?:dear|hi|hello|hey|good (?:morning|afternoon|evening)|hola|buenos días|buenas tardes|estimad[oa]|querid[oa]|bonjour|salut|cher|chère)(?: (?:mr|mrs|ms|dr|sr|sra|don|doña|m|mme)\.?)? (\p{Lu}[\p{L}\p{M}'’-]{1,40}(?: \p{Lu}[\p{L}\p{M}'’-]{1,40}){0,2})/giu;

/** Whom the mail greets. */
export function greetedNames(text: string): Span[] {
  const spans: Span[] = [];
  for (const match of text.matchAll(GREETING)) {
    const name = match[1]!;
    // The expression ignores case: a name is told by its capital.
    if (!/^\p{Lu}/u.test(name)) continue;
    const end = match.index + match[0].length;
    spans.push({ start: end - name.length, end });
  }
  return spans;
}

function beginsSentence(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - 4), at).replace(/[\s"“”'‘«»(*_¡¿•–—-]+$/u, '');
  return before === '' ? at <= 4 || /[\n\r]/u.test(text.slice(Math.max(0, at - 4), at)) : /[.!?…:;\])>]$/u.test(before);
}
