import type { CountryCode } from 'libphonenumber-js/min';
import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import type { Entity } from '../../../domain/outcomes.js';
import type { ParsedMessage } from '../../../domain/parsed-message.js';
import type { Mention } from './mention.js';

const LIMIT = 60;
// The look-behinds let a match begin only where a word begins, which keeps long runs of letters linear.
const EMAIL = /(?<![\w.%+-])[\w.%+-]{1,64}@[a-z0-9](?:[a-z0-9-]{0,62}\.){1,6}[a-z]{2,24}(?![\w-])/gi;
const URL_WRITTEN = /(?<![\w@])(?:(?:https?|ftp):\/\/|www\.)[^\s<>"{}|\\^`\u0000-\u001f]{2,2000}/gi;
/** Endings that files do not have: `.py`, `.pl` and `.sh` are countries too. */
const HOST_ENDINGS =
  'com|org|net|edu|gov|mil|int|info|biz|io|eu|uk|de|at|ch|fr|es|it|nl|be|ie|us|ca|au|nz|jp|se|dk|fi|pt|mx|br|ar|cz|hu|ro|gr|in|cn|kr|za|tv|app|dev|ai|coop|museum';
const HOST = new RegExp(
  `(?<![\\w@./:-])(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.){1,5}(?:${HOST_ENDINGS})(?![\\w@-]|\\.[a-z0-9])(?:[:/][^\\s<>"]{0,500})?`,
  'gi',
);
/** A host with a capital is the name of a firm; with a path, or all in capitals, it is an address. */
const FIRM = /^\p{Lu}(?=[^.]*\p{Ll})[\p{L}\d-]{1,40}\.(?:com|org|net|co\.uk|fr|de|ie)$/u;
/** `configure.in`, `end.It`: such endings are words and files, unless more labels stand before them. */
const NO_HOST = /^[^./]+\.(?:in|at|it|us|be|ca|ch|no|is)$/i;
const CLOSING = /[.,;:!?)\]}'"*_>]+$/;
const PHONE = /(?<![\w.+/-])(?:(\+|011-|00)|(\(?0))[\d(][\d \t()./-]{5,22}\d(?![\w/-])/g;
/** A zero before the day is no trunk prefix. */
const DAY = /^\d{1,2}([./-])\d{1,2}\1(?:\d{2}|\d{4})$/;
const EXTENSION = '(?:,? ?(?:x|ext\\.?|extension) ?\\d{2,6})?';
const NORTH_AMERICAN = new RegExp(
  `(?<![\\w.+/-])(?:\\+?1[-. ]{1,2})?(?:\\([2-9]\\d{2}\\)[ -]{0,2}|[2-9]\\d{2}[-./ ]{1,2})[2-9]\\d{2}(?:[-. ]| -|- | - )\\d{4}${EXTENSION}(?![\\w-]|\\.\\d)`,
  'gi',
);
const LOCAL = new RegExp(`(?<![\\w.+/$-])[2-9]\\d{2}[-.]\\d{4}${EXTENSION}(?![\\w-]|\\.\\d)`, 'gi');
const LABEL =
  '(?:tele?|phone|fon|telefon|tfno|mobile?|mobil|handy|fax|cell|call|pager|tél|téléphone|telephone|teléfono|móvil|office|home|ext)';
const LABELLED_PHONE = new RegExp(
  `(?<![\\p{L}])${LABEL}\\.?(?:\\s?(?:no|nr|number|is)){0,2}\\.?\\s?[:.#]?\\s{0,3}([+(\\d][\\d\\s()./-]{5,22}\\d)(?!\\w)`,
  'giu',
);
const BEFORE_LOCAL = new RegExp(`(?:${LABEL}|\\bat|number|\\bor|\\bon|#|:|\\bme|-)[\\s.:(]{0,4}$`, 'i');
const EXTENSION_ALONE =
  /(?<![\p{L}\d])(?:x|ext[.#:]{0,2}|extension:?|durchwahl|poste|extensión)\s{0,3}-?(\d{2}-\d{4}|\d-\d{4}|\d{3,5})(?![\w.-]*\d)/giu;
const COUNTRY_OF_DOMAIN: Readonly<Record<string, CountryCode>> = {
  de: 'DE',
  at: 'AT',
  ch: 'CH',
  fr: 'FR',
  be: 'BE',
  es: 'ES',
  mx: 'MX',
  it: 'IT',
  nl: 'NL',
  uk: 'GB',
  ie: 'IE',
  us: 'US',
  ca: 'CA',
  au: 'AU',
};
const COUNTRY_OF_LANGUAGE: Readonly<Record<string, CountryCode>> = {
  de: 'DE',
  fr: 'FR',
  es: 'ES',
  it: 'IT',
  nl: 'NL',
  en: 'US',
};

/** Ten digits in one, which only such words tell from other numbers. */
const UNBROKEN =
  /(?<=(?:\b(?:phone|tel|fax|cell|mobile|pager|call|at|dial)\b[.:]?|--|-) {0,3})[2-9]\d{2}[2-9]\d{6}(?![\w.-])/gi;
const BRITISH =
  /(?<=\b(?:call|phone|ring|tel|telephone|fax|mobile|on)[.:]? [^\d\n]{0,40})0(?:\d{4} \d{6}|\d{3} \d{3} \d{4}|\d{2} \d{4} \d{4}|[12]\d{1,3}[- ]\d{6,8})(?![\w-])/gi;

/** Addresses of mail written in the text, lower case in their value. */
export function emailsIn(text: string): Mention[] {
  return [...text.matchAll(EMAIL)].slice(0, LIMIT).map(({ 0: email, index }) => {
    return { kind: 'email', text: email, value: email.toLowerCase(), confidence: 0.99, at: index };
  });
}

/** Web addresses written in the text: with a scheme, with `www.`, or as a bare host of a common ending. */
export function urlsIn(text: string): Mention[] {
  const found: Mention[] = [];
  const note = (written: string, at: number, confidence: number) => {
    const url = closedUrl(written);
    if (found.length < LIMIT) found.push({ kind: 'url', text: url, value: url.slice(0, 2_000), confidence, at });
  };
  for (const { 0: written, index } of text.matchAll(URL_WRITTEN)) note(written, index, 0.99);
  for (const { 0: written, index } of text.matchAll(HOST)) {
    const host = closedUrl(written);
    if (!FIRM.test(host) && !NO_HOST.test(host) && !/^[A-Z]+\.NET$/.test(host)) note(written, index, 0.9);
  }
  return found.sort((a, b) => a.at - b.at);
}

/** Firms that are named after their host: `Amazon.com`. */
export function firmsIn(text: string): Mention[] {
  return [...text.matchAll(HOST)].slice(0, LIMIT).flatMap(({ 0: host, index }) => {
    const firm = closedUrl(host);
    return FIRM.test(firm) ? [{ kind: 'organization', text: firm, value: firm, confidence: 0.7, at: index }] : [];
  });
}

/** Without the marks of the sentence around it; a bracket that the address opened stays. */
function closedUrl(written: string): string {
  const bare = written.replace(CLOSING, '');
  return written[bare.length] === ')' && bare.includes('(') ? `${bare})` : bare;
}

/** Web addresses that the message links to, its tracking left as it is: what a reader would open. */
export function urlsOf(parsed: Pick<ParsedMessage, 'links'>): Entity[] {
  const found = new Map<string, Entity>();
  for (const { url, text, host } of parsed.links) {
    if (host === null || !/^https?:/i.test(url)) continue;
    const value = url.slice(0, 2_000);
    // A bare link shows its target; behind other words it is only as sure as its host is whole.
    const confidence = text === url ? 0.99 : host.includes('.') ? 0.95 : 0.7;
    if (!found.has(value)) found.set(value, { kind: 'url', text: text.slice(0, 200), value, confidence });
    if (found.size === 20) break;
  }
  return [...found.values()];
}

/**
 * Phone numbers, in E.164 where they are whole. A number without country code counts behind a label (`Tel.`), with a
 * leading zero or as North Americans write it, and is read as one of the writer's country: that of the domain, else the
 * commonest of the language. An extension alone is `ext:4417`.
 */
export function phonesIn(text: string, language: string, topLevelDomain: string): Mention[] {
  const home = COUNTRY_OF_DOMAIN[topLevelDomain] ?? COUNTRY_OF_LANGUAGE[language];
  const found: Mention[] = [];
  const note = (written: string, at: number, certainty: number, country = home) => {
    const taken = found.some((mention) => at < mention.at + mention.text.length && mention.at < at + written.length);
    if (found.length >= LIMIT || taken || written.includes('\n') || DAY.test(written)) return;
    const number = parsePhoneNumberFromString(written.replace(/^(?:00|011-)/, '+').replaceAll('(0)', ''), country);
    if (!number?.isValid()) {
      // Behind `Tel.` seven digits are a number to call, of whatever country.
      if ((certainty === 0.8 || written.startsWith('011-')) && written.replace(/\D/g, '').length > 6)
        found.push({
          kind: 'phone',
          text: written,
          value: written.replace(/^011-/, '+').replace(/[^\d+]/g, ''),
          confidence: 0.7,
          at,
        });
      return;
    }
    const value = number.ext === undefined ? number.number : `${number.number};ext=${number.ext}`;
    found.push({ kind: 'phone', text: written, value, confidence: certainty, at });
  };
  for (const { 0: written, index } of text.matchAll(NORTH_AMERICAN)) note(written, index, 0.95, 'US');
  for (const { 0: written, index } of text.matchAll(UNBROKEN)) note(written, index, 0.75, 'US');
  for (const { 0: written, index } of text.matchAll(BRITISH)) note(written, index, 0.7, home === 'IE' ? 'IE' : 'GB');
  for (const match of text.matchAll(PHONE)) note(match[0], match.index, match[1] === undefined ? 0.75 : 0.97);
  for (const match of text.matchAll(LABELLED_PHONE)) {
    const written = match[1] ?? '';
    note(written, match.index + match[0].length - written.length, written.startsWith('+') ? 0.97 : 0.8);
  }
  const plain = (written: string, value: string, at: number, certainty: number) => {
    const taken = found.some((mention) => at < mention.at + mention.text.length && mention.at < at + written.length);
    if (!taken && found.length < LIMIT) found.push({ kind: 'phone', text: written, value, confidence: certainty, at });
  };
  for (const { 0: written, index } of text.matchAll(LOCAL)) {
    if (BEFORE_LOCAL.test(text.slice(Math.max(0, index - 24), index)))
      plain(written, written.replace(/\D/g, ''), index, 0.8);
  }
  for (const { 0: written, 1: digits = '', index } of text.matchAll(EXTENSION_ALONE)) {
    plain(digits, `ext:${digits.replace('-', '')}`, index + written.length - digits.length, 0.85);
  }
  return found.sort((a, b) => a.at - b.at);
}
