import { CITIES, COMMON_WORDS, GIVEN_NAMES, SURNAMES } from './name-lists.generated.js';

/** Lists that name features are taken from; all words folded. */
export interface Gazetteer {
  /** Given names to how common they are: 1 (the commonest) to 3. */
  given: ReadonlyMap<string, number>;
  surnames: ReadonlyMap<string, number>;
  /** Words that mail writes small: no names unless something else says so. */
  common: ReadonlySet<string>;
  /** Names of one word of large cities. */
  places: ReadonlySet<string>;
}

let loaded: Gazetteer | undefined;

/** The lists, unpacked at the first mail that needs them; about 7 MB of heap with the weights and places. */
export function gazetteer(): Gazetteer {
  loaded ??= {
    given: ranked(GIVEN_NAMES),
    surnames: ranked(SURNAMES),
    common: new Set(COMMON_WORDS.split(' ')),
    places: new Set(CITIES.split('|').filter((city) => !city.includes(' '))),
  };
  return loaded;
}

function ranked(lists: readonly string[]): Map<string, number> {
  return new Map(lists.flatMap((list, rank) => list.split(' ').map((name): [string, number] => [name, rank + 1])));
}
