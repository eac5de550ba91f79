import type { CountryCode } from 'libphonenumber-js/min';
import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import type { Entity } from '../../../domain/outcomes.js';
import type { ParsedMessage } from '../../../domain/parsed-message.js';

const LIMIT = 20;
// The look-behind lets a match begin only where a word begins, which keeps long runs of letters linear.
const EMAIL = /(?<![\w.%+-])[\w.%+-]{1,64}@[a-z0-9](?:[a-z0-9-]{0,62}\.){1,6}[a-z]{2,24}(?![\w-])/gi;
const PHONE = /(?<![\w.+/-])(?:(\+|00)|(\(?0))[\d(][\d\s()./-]{5,22}\d(?![\w/-])/g;
const LABELLED_PHONE =
  /\b(?:tel|phone|fon|telefon|mobile?|mobil|handy|fax|cell|call|tél|téléphone|teléfono|móvil)\.?(?:\s?(?:no|nr|number))?\.?\s?[:.]?\s{0,3}([+(\d][\d\s()./-]{5,22}\d)/gi;
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

/** Addresses of mail written in the text, lower case. */
export function emailsIn(text: string): Entity[] {
  const written = [...new Set(text.match(EMAIL) ?? [])].slice(0, LIMIT);
  return written.map((email) => ({ kind: 'email', text: email, value: email.toLowerCase(), confidence: 0.99 }));
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
    if (found.size === LIMIT) break;
  }
  return [...found.values()];
}

/**
 * Phone numbers in E.164. A number without country code counts only behind a label (`Tel.`) or a leading zero, and is
 * read as one of the writer's country: that of the domain, else the commonest of the language.
 */
export function phonesIn(text: string, language: string, topLevelDomain: string): Entity[] {
  const home = COUNTRY_OF_DOMAIN[topLevelDomain] ?? COUNTRY_OF_LANGUAGE[language];
  const international = new Set<string>();
  const national = new Set<string>();
  for (const match of text.matchAll(PHONE)) (match[1] === undefined ? national : international).add(match[0]);
  for (const match of text.matchAll(LABELLED_PHONE)) national.add(match[1] ?? '');
  const found = new Map<string, Entity>();
  const note = (written: string, certainty: number) => {
    const number = parsePhoneNumberFromString(written.replace(/^00/, '+').replaceAll('(0)', ''), home);
    if (!number?.isValid() || found.has(number.number)) return;
    found.set(number.number, { kind: 'phone', text: written.trim(), value: number.number, confidence: certainty });
  };
  for (const written of [...international].slice(0, LIMIT)) note(written, 0.97);
  for (const written of [...national].slice(0, LIMIT)) note(written, written.startsWith('+') ? 0.97 : 0.75);
  return [...found.values()].slice(0, LIMIT);
}
