import type { Mention } from './mention.js';

const NAME = "\\p{Lu}[\\p{L}'’.-]{0,30}";
/** A line break with its indentation, or a comma. */
const BREAK = ',? {0,2}\\n[ \\t]{0,24}';
const GAP = `(?:${BREAK}|,? {1,2}|, {0,4})`;
const STREET_EN = `\\d{1,5}[A-Z]? (?:[NSEW]\\.? )?(?:${NAME} ){1,4}(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Way|Court|Ct|Place|Pl|Square|Sq|Parkway|Pkwy|Terrace|Plaza|Highway|Hwy)\\b\\.?`;
const FLOOR = '(?:\\d{1,2}(?:st|nd|rd|th)|First|Second|Third|Fourth|Fifth|Sixth|Seventh|Eighth|Ninth|Tenth) [Ff]loor';
const UNIT_EN = `(?:${GAP}(?:(?:[Ss]uite|[Ss]te\\.?|[Aa]pt\\.?|Floor|[Rr]oom|Unit|Bldg\\.?|Building|#) ?[\\w-]{1,8}(?: [A-Z](?![\\w]))?|${FLOOR}|[NS][EW](?![\\w]))){0,3}`;
const CITY_EN = `(?:${GAP}(?:${NAME} ?){1,3}(?:, ?[A-Z]{2}| (?:[A-Z]{2}))(?: {1,2}\\d{5}(?:-\\d{4})?)?)?`;
/** A number and a street without a word for it, where a town with its ZIP code follows. */
const PLAIN_US = `\\d{1,5} (?:${NAME} ){0,4}${NAME}(?:,? ?(?:[Ss]uite|[Ss]te\\.?|[Rr]oom|#) ?[\\w-]{1,8})?(?:, ?| ?\\n[ \\t]{0,24})(?:${NAME} ){0,2}${NAME}, ?[A-Z]{2},? {1,2}\\d{5}(?:-\\d{4})?(?:,? ?\\n? ?(?:USA|U\\.S\\.A\\.|United States))?`;
const STREET_DE =
  '\\p{Lu}[\\p{L}.-]{1,30}(?:straße|strasse|str\\.|weg|allee|platz|gasse|ring|damm|ufer) \\d{1,4} ?[a-z]?(?![\\p{L}])';
const CITY_DE = `(?:${GAP}(?:(?:D|A|CH)-)?\\d{4,5} ${NAME}(?: (?:am|an der|im|ob der) ${NAME})?)?`;
const STREET_FR = `\\d{1,4}(?: ?(?:bis|ter))?,? (?:rue|avenue|boulevard|bd|place|chemin|allée|quai|impasse|route|cours)(?: (?:de|du|des|la|le|les|l'|d'))* ?[\\p{L}'’.-]{2,30}(?: [\\p{L}'’.-]{2,30}){0,4}?`;
const CITY_FR = `${GAP}\\d{5} ${NAME}(?: ${NAME}){0,2}(?: cedex(?: \\d{1,2})?)?`;
const STREET_ES = `(?:C/|C\\/|Calle|Avda\\.?|Avenida|Av\\.|Plaza|Paseo|Ronda|Camino) (?:(?:de|del|la|los|las|el) ){0,2}${NAME}(?: (?:(?:de|del|la) )?${NAME}){0,3},? (?:n[.ºo]? ?)?\\d{1,4}`;
const CITY_ES = `(?:${GAP}\\d{5} ${NAME}(?: (?:(?:de|del|la) )?${NAME}){0,2})?`;

const FORMS: readonly RegExp[] = [
  new RegExp(`(?<![\\w-])${PLAIN_US}(?![\\w-])`, 'gu'),
  new RegExp(`(?<![\\w-])${STREET_EN}${UNIT_EN}${CITY_EN}(?![\\w-])`, 'gu'),
  new RegExp(`(?<![\\w-])P\\.? ?O\\.? Box \\d{1,6}${CITY_EN}(?![\\w-])`, 'gu'),
  new RegExp(`(?<![\\p{L}\\d-])${STREET_DE}${CITY_DE}`, 'gu'),
  new RegExp(`(?<![\\p{L}\\d-])${STREET_FR}${CITY_FR}`, 'giu'),
  new RegExp(`(?<![\\p{L}\\d-])${STREET_ES}${CITY_ES}`, 'gu'),
];
const LIMIT = 20;

/** Postal addresses as English, German, French and Spanish mail writes them, a street with its number at least. */
export function postalAddressesIn(text: string): Mention[] {
  const found: Mention[] = [];
  for (const form of FORMS) {
    for (const { 0: written, index } of text.matchAll(form)) {
      if (found.some(({ at, text: known }) => index < at + known.length && at < index + written.length)) continue;
      const address = written.replace(/[\s,]+$/, '');
      const whole = /\d{4,5}|, ?[A-Z]{2}$/.test(address);
      found.push({
        kind: 'place',
        text: address,
        value: address.replace(/\s*\n\s*/g, ', ').replace(/ +/g, ' '),
        confidence: whole ? 0.92 : 0.85,
        at: index,
      });
      if (found.length === LIMIT) return found;
    }
  }
  return found.sort((a, b) => a.at - b.at);
}
