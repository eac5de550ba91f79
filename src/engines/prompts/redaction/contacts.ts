import { spansOf, type Span } from './span.js';

/** RFC 6531 addresses too; a local part begins where no letter stands before it, which keeps long runs linear. */
const EMAIL =
  /(?<![\p{L}\p{N}.!#$%&'*+/=?^_`{|}~-])[\p{L}\p{N}.!#$%&'*+/=?^_`{|}~-]{1,64}[@＠](?:[\p{L}\p{N}-]{1,63}\.){1,8}[\p{L}\p{N}-]{2,63}/giu;
const QUOTED_EMAIL = /"[^"\n]{1,64}"@(?:[\w-]{1,63}\.){1,8}[a-z]{2,63}/gi;
const URL = /(?<![\p{L}\d])[a-z][a-z\d+.-]{1,20}:\/\/[^\s<>"'|\\^`{}]{1,4096}/giu;
const MAILTO = /(?<![\p{L}\d])(?:mailto|tel|sms|sip|xmpp):[^\s<>"']{1,1000}/giu;
/** Of a web address: who asks (user information), for what in particular (query, fragment), or a long name in the path. */
const TELLING = /^[^/]*:\/\/[^/]*@|[?#]|\/[^/]*(?=[^/]{16})(?=[^/]*\d)[\w=+%~.-]{16,}/;
const LEAST_NAME = 2;
/** Words of names that are looked for, of those that the text has at all. */
const MOST_WORDS = 400;

/** Addresses of mail, and web addresses that say more than which page. */
export function contactSpans(text: string): Span[] {
  return [
    ...spansOf(text, EMAIL, 'EMAIL'),
    ...spansOf(text, QUOTED_EMAIL, 'EMAIL'),
    ...spansOf(text, MAILTO, 'LINK'),
    ...spansOf(text, URL, 'LINK').filter(({ from, to }) => TELLING.test(text.slice(from, to))),
  ];
}

/**
 * Where names stand, whole and word by word: `Ada Lovelace`, `Lovelace, Ada`, `Ada`. Words of one letter and words that
 * are no names (`Dr.`, `Team`) stay.
 */
export function nameSpans(text: string, names: readonly string[]): Span[] {
  const written = text.toLowerCase();
  const words = new Set<string>();
  for (const name of names) {
    const clean = name
      .normalize('NFC')
      .replace(/[()<>"“”]/g, ' ')
      .trim()
      .slice(0, 100);
    if (clean.includes('@')) continue;
    for (const word of clean.split(/[\s,.;/|]+/u)) {
      if (Array.from(word).length < LEAST_NAME || !/^[\p{L}\p{M}'’-]+$/u.test(word) || NO_NAMES.has(word.toLowerCase()))
        continue;
      // Some mail programs write letters and their accents apart.
      for (const form of [word, word.normalize('NFD')]) if (written.includes(form.toLowerCase())) words.add(form);
    }
    if (words.size >= MOST_WORDS) break;
  }
  if (words.size === 0) return [];
  const some = [...words].sort((one, other) => other.length - one.length);
  const one = `(?:${some.join('|')})`;
  // Letters and hyphens alone: nothing in them is a sign of a pattern. Scripts without blanks know no edges of words. The
  // genitive (`Bergs Angebot`) is as telling as the name.
  return spansOf(
    text,
    new RegExp(
      `(?<![\\p{Script=Latin}\\p{Script=Cyrillic}\\p{Script=Greek}\\d])${one}(?:[ \\t]{1,2}${one}){0,4}s?(?![\\p{Script=Latin}\\p{Script=Cyrillic}\\p{Script=Greek}\\d])`,
      'giu',
    ),
    'NAME',
  );
}

const NO_NAMES = new Set(
  'mr mrs ms dr prof herr frau sir madam mme mlle sr sra von van der den de la le du dos das di del team support service services sales info office admin mail newsletter noreply no-reply no reply the and und et y via from for gmbh inc ltd llc ag kg sa co corp group company customer'.split(
    ' ',
  ),
);
