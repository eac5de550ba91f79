import { fold } from '../../../language/phrases.js';
import { KNOWN_ORGANIZATIONS, ORGANIZATION_ENDINGS, PLACES } from '../name-lists.js';
import { CITIES } from './name-lists.generated.js';
import { ORGANIZATION_ACRONYMS, ORGANIZATION_NAMES, PRODUCT_NAMES } from './organization-names.js';
import { PhraseIndex } from './phrase-index.js';
import { THINGS } from './things.js';
import type { Token } from './tokens.js';

/** What the lists of organizations, places and products say of the tokens of a text. */
export interface ListedWords {
  /** Sum of the marks below, by token. */
  marks: Uint8Array;
  /** Labels of the domains that the message is from and to. */
  domains: ReadonlySet<string>;
  /** Lines that are all in capitals say nothing by them. */
  isShouted: (line: number) => boolean;
}

/** First and later token of a name in a list. */
export const LISTED_ORGANIZATION = 1;
export const LISTED_ORGANIZATION_LATER = 2;
export const LISTED_PLACE = 4;
export const LISTED_PLACE_LATER = 8;
export const LISTED_CITY = 16;
export const LISTED_CITY_LATER = 32;
export const LISTED_PRODUCT = 64;
/** An abbreviation that names no organization. */
export const LISTED_THING = 128;

export interface NameIndices {
  organizations: PhraseIndex;
  /** Countries, states and well-known cities. */
  places: PhraseIndex;
  /** Cities of more than 120,000 people. */
  cities: PhraseIndex;
}

const LANGUAGES = ['en', 'de', 'fr', 'es'];
export const DEPARTMENTS = new Set(
  'department committee subcommittee underground parliament legislature ministry journal newspaper network desk group team division office board council commission association agency court senate institute university college church school foundation federation union league club administration authority bureau police services resources affairs'.split(
    ' ',
  ),
);
export const GEOGRAPHIC = new Set(
  'river lake mountain mountains valley bay beach coast island islands county prefecture province city airport station hotel lounge street avenue road boulevard drive lane highway park plaza hall building center centre room square bridge canyon springs heights hills'.split(
    ' ',
  ),
);
/** Of the states' abbreviations those that are no words. */
const STATES_ALONE = new Set(
  'AZ CA CT DC FL GA IA IL KS KY MN NC NE NH NJ NM NV NY SC SD TN TX UT VT WA WI WV WY'.split(' '),
);
let indices: NameIndices | undefined;

/** Countries by ICU in four languages, larger cities, states and organizations; built at the first mail. */
export function nameIndices(): NameIndices {
  if (indices !== undefined) return indices;
  const countries = LANGUAGES.flatMap((language) => {
    const display = new Intl.DisplayNames([language], { type: 'region', fallback: 'none' });
    return regionCodes().flatMap((code) => display.of(code) ?? []);
  });
  indices = {
    organizations: new PhraseIndex([...KNOWN_ORGANIZATIONS, ...ORGANIZATION_NAMES]),
    places: new PhraseIndex([...PLACES, ...countries.map(fold).filter((name) => name.length > 3)]),
    cities: new PhraseIndex(CITIES.split('|')),
  };
  return indices;
}

function regionCodes(): string[] {
  const letters = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ');
  return letters.flatMap((a) => letters.map((b) => a + b)).filter((code) => !/^[QX]|^(?:AA|ZZ|EU|EZ|UN)$/.test(code));
}

/**
 * Marks of every token of a text. Names are listed as they are written with a capital.
 * @param misses names (by their first word) that the lists are to be without: for training
 */
export function listedWords(
  list: readonly Token[],
  domains: ReadonlySet<string>,
  misses: (first: string) => boolean = () => false,
): ListedWords {
  const { organizations, places, cities } = nameIndices();
  const marks = new Uint8Array(list.length);
  const mark = (index: PhraseIndex, first: number, later: number) => {
    for (let at = 0; at < list.length; at++) {
      const token = list[at];
      if (token === undefined || !/^\p{Lu}/u.test(token.text) || misses(token.folded)) continue;
      const to = index.longestAt(list, at);
      if (to === null || (to === at + 1 && isSmallAcronym(token))) continue;
      marks[at] = (marks[at] ?? 0) + first;
      for (let inside = at + 1; inside < to; inside++) marks[inside] = (marks[inside] ?? 0) + later;
      at = to - 1;
    }
  };
  mark(organizations, LISTED_ORGANIZATION, LISTED_ORGANIZATION_LATER);
  mark(places, LISTED_PLACE, LISTED_PLACE_LATER);
  mark(cities, LISTED_CITY, LISTED_CITY_LATER);
  list.forEach(({ text }, at) => {
    if (STATES_ALONE.has(text) && (marks[at] ?? 0) === 0) marks[at] = LISTED_CITY;
  });
  list.forEach(({ text }, at) => {
    if (THINGS.has(text) && ((marks[at] ?? 0) & LISTED_ORGANIZATION) === 0) marks[at] = (marks[at] ?? 0) | LISTED_THING;
  });
  list.forEach((token, at) => {
    if (PRODUCT_NAMES.has(token.folded) && /^\p{Lu}/u.test(token.text)) marks[at] = (marks[at] ?? 0) + LISTED_PRODUCT;
  });
  return { marks, domains, isShouted: shoutedLines(list) };
}

/** `us`, `who`: a word, unless all of it is in capitals. */
function isSmallAcronym({ text, folded }: Token): boolean {
  return (text.length < 3 || ORGANIZATION_ACRONYMS.has(folded)) && text !== text.toUpperCase();
}

/** Whether a word is one that names of organizations (`e`), of their parts (`d`) or of places (`g`) end with. */
export function endsName(token: Token | undefined): string {
  if (token === undefined || !/^\p{Lu}/u.test(token.text)) return '';
  if (DEPARTMENTS.has(token.folded)) return 'd';
  if (ORGANIZATION_ENDINGS.has(token.folded)) return 'e';
  return GEOGRAPHIC.has(token.folded) ? 'g' : '';
}

function shoutedLines(list: readonly Token[]): (line: number) => boolean {
  const lines = new Map<number, { words: number; shouted: number }>();
  for (const { text, line } of list) {
    if (!/^\p{L}{2,}$/u.test(text)) continue;
    const count = lines.get(line) ?? { words: 0, shouted: 0 };
    count.words++;
    if (text === text.toUpperCase()) count.shouted++;
    lines.set(line, count);
  }
  return (line) => {
    const count = lines.get(line);
    return count !== undefined && count.words > 2 && count.shouted > count.words * 0.6;
  };
}
