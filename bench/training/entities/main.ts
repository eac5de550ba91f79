import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { env, stdout } from 'node:process';
import { TAGS, WEIGHTS } from '../../../src/engines/content/entities/names/chain.js';
import type { Gazetteer } from '../../../src/engines/content/entities/names/gazetteer.js';
import { type ListedWords, listedWords } from '../../../src/engines/content/entities/names/listed-words.js';
import { type KnownPeople, knownPeople } from '../../../src/engines/content/entities/names/known-people.js';
import { featuresAt, type Page, pageOf, runsOf } from '../../../src/engines/content/entities/names/name-features.js';
import { organizationsOfDomains } from '../../../src/engines/content/entities/names/organizations.js';
import { type Tokens, tokensOf } from '../../../src/engines/content/entities/names/tokens.js';
import { type NameLists, nameLists } from './name-lists.js';
import { SeededNumbers } from './random.js';
import { type Sequence, trainChain } from './train-chain.js';
import { commonWords, firstBit, fullNames, laterBit, OUTSIDE, readMails, weaklyLabelled } from './weak-labels.js';
import { type NamedText, writtenMail } from './written-mails.js';

/**
 * `npm run train:entities`: writes the name lists and the weights of the tagger of names of people, organizations and places, the same bytes at
 * every run. Data: ham of the SpamAssassin corpus (CC0), labelled by the names in its header fields, without the mails
 * that are measured on; and mails written from templates.txt with names of the lists.
 */
const SEED = 20_261_121;
const WRITTEN_MAILS = 9_000;
const COMMON_IN = 9;
/** Share of mails that train without what their header says, and of names that lists are made to miss. */
const WITHOUT_HEADER = 0.4;
const MISSING = 0.35;
const MISSING_LISTED = 0.35;
const OUTPUT = 'src/engines/content/entities/names';
const OPEN = OUTSIDE | firstBit('organization') | laterBit('organization') | firstBit('place') | laterBit('place');
const NOBODY: KnownPeople = { named: new Set(), addressed: new Set() };

function main(data: string): void {
  const measured = new Set(
    (JSON.parse(readFileSync('test/labels/mails.json', 'utf8')) as { file: string }[]).map(({ file }) => file),
  );
  const random = new SeededNumbers(SEED);
  const mails = readMails(data, measured);
  const lists = nameLists();
  const common = commonWords(mails, COMMON_IN);
  const gazetteer = gazetteerOf(lists, common);
  const names = fullNames(mails, gazetteer);
  const weak = mails
    .map((mail) => weaklyLabelled(mail, names, gazetteer))
    .flatMap(({ tokens, addresses, allowed }) => sequencesOf(tokens, addresses, allowed, gazetteer, random));
  const written = Array.from({ length: WRITTEN_MAILS }, () => writtenMail(random, lists)).flatMap((mail) =>
    ofWritten(mail, gazetteer, random),
  );
  stdout.write(`${mails.length} mails with ${weak.length} stretches, ${written.length} stretches of written mails\n`);
  const chain = trainChain([...weak, ...written], random);
  writeFileSync(`${OUTPUT}/name-lists.generated.ts`, listsModule(lists, common));
  writeFileSync(`${OUTPUT}/name-weights.generated.ts`, weightsModule(chain.weights, chain.transitions));
}

function gazetteerOf({ given, surnames, cities }: NameLists, common: readonly string[]): Gazetteer {
  const ranked = (ranks: readonly string[][]) =>
    new Map(ranks.flatMap((names, rank) => names.map((name): [string, number] => [name, rank + 1])));
  return {
    given: ranked(given),
    surnames: ranked(surnames),
    common: new Set(common),
    places: new Set(cities.filter((city) => !city.includes(' '))),
  };
}

function ofWritten({ text, names, addresses }: NamedText, gazetteer: Gazetteer, random: SeededNumbers): Sequence[] {
  const tokens = tokensOf(text);
  const { marks } = listedWords(tokens.list, new Set());
  const allowed = new Uint8Array(tokens.list.length).fill(OUTSIDE);
  tokens.list.forEach(({ start, end }, at) => {
    const name = names.find(([from, to]) => start >= from && end <= to);
    if (name !== undefined) allowed[at] = start === name[0] ? firstBit(name[2]) : laterBit(name[2]);
    // Names that stand in the template itself are not marked there.
    else if (((marks[at] ?? 0) & 0x3f) !== 0) allowed[at] = OPEN;
  });
  return sequencesOf(tokens, addresses, allowed, gazetteer, random);
}

function sequencesOf(
  tokens: Tokens,
  addresses: { name: string; address: string }[],
  allowed: Uint8Array,
  gazetteer: Gazetteer,
  random: SeededNumbers,
): Sequence[] {
  const people = random.next() < WITHOUT_HEADER ? NOBODY : knownPeople(addresses);
  const misses = missing(random);
  const listed: ListedWords = listedWords(tokens.list, domainsOf(addresses, random), missing(random, MISSING_LISTED));
  const page: Page = { ...pageOf(tokens, people, gazetteer, listed), gazetteer: thinned(gazetteer, misses) };
  // What the full lists see decides what is looked at; the thinned ones what is seen there.
  return runsOf({ ...page, gazetteer }).map(([from, to]) => {
    const features: number[][] = [];
    for (let at = from; at < to; at++) {
      const buckets: number[] = [];
      featuresAt(page, at, buckets);
      features.push(buckets);
    }
    return { features, allowed: allowed.slice(from, to) };
  });
}

/** Names that lists are to be without, so that the words around a name get weights as well. */
function missing(random: SeededNumbers, share = MISSING): (name: string) => boolean {
  const salt = random.below(1_000_003);
  return (name) => {
    let hash = salt;
    for (let at = 0; at < name.length; at++) hash = (Math.imul(hash, 31) + name.charCodeAt(at)) | 0;
    return (hash >>> 0) % 1_000 < share * 1_000;
  };
}

function domainsOf(addresses: { address: string }[], random: SeededNumbers): ReadonlySet<string> {
  return random.next() < WITHOUT_HEADER ? new Set() : organizationsOfDomains(addresses);
}

function thinned(gazetteer: Gazetteer, misses: (name: string) => boolean): Gazetteer {
  const thin = (names: ReadonlyMap<string, number>): ReadonlyMap<string, number> =>
    Object.assign(Object.create(names) as ReadonlyMap<string, number>, {
      get: (name: string) => (misses(name) ? undefined : names.get(name)),
      has: (name: string) => !misses(name) && names.has(name),
    });
  return { ...gazetteer, given: thin(gazetteer.given), surnames: thin(gazetteer.surnames) };
}

const text = (words: readonly string[]) =>
  JSON.stringify(words.join(' ')).replaceAll("'", "\\'").replace(/^"|"$/g, "'");

function listsModule({ given, surnames, cities }: NameLists, common: readonly string[]): string {
  const ranks = (lists: readonly string[][]) => `[\n${lists.map((names) => `  ${text(names)},\n`).join('')}]`;
  return `// Generated by npm run train:entities; change bench/training/entities, not this file. Names: census of the United States
// of 1990 (public domain) and @faker-js/faker (MIT); cities: GeoNames (CC BY 4.0); common words: SpamAssassin corpus (CC0).
/** By rank, the commonest first, folded. */
export const GIVEN_NAMES: readonly string[] = ${ranks(given)};
export const SURNAMES: readonly string[] = ${ranks(surnames)};
/** Cities of more than 120,000 people. */
export const CITIES =
  ${text([cities.join('|')])};
export const COMMON_WORDS =
  ${text(common)};
`;
}

function weightsModule(weights: Float32Array, transitions: Float32Array): string {
  const sizes = weights.map(Math.abs).toSorted();
  // One weight in ten thousand is cut off so that the others keep their precision.
  const scale = (sizes[Math.floor(sizes.length * 0.9999)] ?? 1) / 127;
  const bytes = new Int8Array(WEIGHTS);
  weights.forEach((weight, at) => {
    bytes[at] = Math.max(-127, Math.min(127, Math.round(weight / scale)));
  });
  const rows = Array.from({ length: TAGS * TAGS }, (_none, at) => Number((transitions[at] ?? 0).toFixed(4)));
  return `// Generated by npm run train:entities from the SpamAssassin corpus (CC0) and written mails; change the training, not this file.
/** What a step of a weight is worth. */
export const NAME_SCALE = ${Number(scale.toFixed(6))};
export const NAME_TRANSITIONS: readonly number[] = [${rows.join(', ')}];
/** A signed byte a weight, base64. */
export const NAME_WEIGHTS =
  '${Buffer.from(bytes.buffer).toString('base64')}';
`;
}

main(resolve(env['EVERPOST_TEST_DATA'] ?? '../shared/data'));
