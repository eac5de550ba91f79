import { readFileSync } from 'node:fs';
import type { NamedKind } from '../../../src/engines/content/entities/names/chain.js';
import { THINGS } from '../../../src/engines/content/entities/names/things.js';
import type { NameLists } from './name-lists.js';
import { acronym, invented, organizationName, placeName, PRODUCTS } from './written-names.js';
import type { SeededNumbers } from './random.js';

/** A text with the stretches of it that are names. */
export interface NamedText {
  text: string;
  names: [start: number, end: number, kind: NamedKind][];
  addresses: { name: string; address: string }[];
}

const DAYS = 'Monday,Tuesday,Friday,March 3,5 May,December 12th,12/03,next week,Thursday,Oct 9'.split(',');
const ROLES =
  'Vice President,Manager,Senior Analyst,Director of Sales,Account Executive,Attorney at Law,Engineer,Professor of Physics,Project Lead,Executive Assistant'.split(
    ',',
  );
const lines = readFileSync(new URL('templates.txt', import.meta.url), 'utf8').split('\n');
const starting = (mark: string) => lines.filter((line) => line.startsWith(`${mark} `)).map((line) => line.slice(2));
const ABBREVIATIONS = [...THINGS];
const GREETINGS = starting('>');
const SENTENCES = starting('=');
const SIGN_OFFS = starting('<');

/** A mail made from templates.txt: names of the lists in places where mail has names, and capitals that are none. */
export function writtenMail(random: SeededNumbers, lists: NameLists): NamedText {
  const mail: NamedText = { text: '', names: [], addresses: [] };
  const people = Array.from({ length: 4 }, () => personOf(random, lists));
  if (random.next() < 0.6)
    write(mail, `${random.pick(GREETINGS)}\n${random.next() < 0.5 ? '\n' : ''}`, random, lists, people);
  for (let count = 1 + random.below(5); count > 0; count--) {
    write(mail, random.pick(SENTENCES).replaceAll('|', '\n'), random, lists, people);
    mail.text += random.next() < 0.35 ? ' ' : random.next() < 0.8 ? '\n' : '\n\n';
  }
  if (random.next() < 0.6) write(mail, `\n${random.pick(SIGN_OFFS).replaceAll('|', '\n')}\n`, random, lists, people);
  for (const { given, surname } of people.slice(0, random.below(3))) {
    const address =
      `${random.next() < 0.5 ? `${given}.${surname}` : `${given.charAt(0)}${surname}`}@example.com`.toLowerCase();
    mail.addresses.push({ name: random.next() < 0.6 ? `${given} ${surname}` : '', address });
  }
  if (random.next() < 0.7) wrap(mail, 55 + random.below(25));
  return mail;
}

/** Breaks lines at spaces as mail programs do, without moving anything. */
function wrap(mail: NamedText, width: number): void {
  const characters = mail.text.split('');
  let lineStart = 0;
  let space = -1;
  for (let at = 0; at < mail.text.length; at++) {
    if (mail.text[at] === '\n') [lineStart, space] = [at + 1, -1];
    else if (mail.text[at] === ' ') space = at;
    if (at - lineStart < width || space <= lineStart) continue;
    characters[space] = '\n';
    [lineStart, space] = [space + 1, -1];
  }
  mail.text = characters.join('');
}

/** Share of people whose family name no list has. */
const UNLISTED = 0.12;

interface Person {
  given: string;
  surname: string;
}

export const capital = (name: string) => name.replace(/(^|[-'])\p{L}/gu, (letter) => letter.toUpperCase());

function personOf(random: SeededNumbers, { given, surnames }: NameLists): Person {
  const rank = () => (random.next() < 0.5 ? 0 : random.next() < 0.6 ? 1 : 2);
  const surname = random.next() < UNLISTED ? invented(random) : capital(random.pick(surnames[rank()] ?? []));
  return { given: capital(random.pick(given[rank()] ?? [])), surname };
}

function write(
  mail: NamedText,
  template: string,
  random: SeededNumbers,
  lists: NameLists,
  people: readonly Person[],
): void {
  const style = random.next();
  for (const part of template.split(/(\{\w\})/)) {
    const person = random.next() < 0.5 ? random.pick(people) : personOf(random, lists);
    const other = otherNameOf(part, random, lists);
    if (other !== null) {
      mail.names.push([mail.text.length, mail.text.length + other.name.length, other.kind]);
      mail.text += other.name;
      continue;
    }
    const name = nameOf(part, person, random);
    if (name === null) {
      mail.text += fillerOf(part, person, random, lists);
      continue;
    }
    const written = style < 0.04 ? name.toUpperCase() : style < 0.07 && part === '{g}' ? name.toLowerCase() : name;
    mail.names.push([mail.text.length, mail.text.length + written.length, 'person']);
    mail.text += written;
  }
  joinAdjacent(mail);
}

/** `{g} {s}` is one name. */
function joinAdjacent(mail: NamedText): void {
  for (let at = mail.names.length - 1; at > 0; at--) {
    const [before, name] = [mail.names[at - 1], mail.names[at]];
    if (before === undefined || name === undefined || mail.text.slice(before[1], name[0]) !== ' ') continue;
    if (before[2] === 'person' && name[2] === 'person') mail.names.splice(at - 1, 2, [before[0], name[1], 'person']);
  }
}

function nameOf(slot: string, { given, surname }: Person, random: SeededNumbers): string | null {
  const initial = `${String.fromCharCode(65 + random.below(26))}${random.next() < 0.8 ? '.' : ''}`;
  switch (slot) {
    case '{g}':
      return given;
    case '{s}':
      return surname;
    case '{f}':
      return random.next() < 0.08
        ? `${given} ${initial} ${surname}`
        : random.next() < 0.04
          ? `${given} ${surname} Jr.`
          : `${given} ${surname}`;
    case '{l}':
      return random.next() < 0.2 ? `${surname}, ${given} ${initial}` : `${surname}, ${given}`;
    case '{h}':
      return `${given.charAt(0)}.${random.next() < 0.5 ? ' ' : ''}${surname}`;
    case '{i}':
      return random.next() < 0.3 ? `${initial} ${surname}` : `${given} ${initial} ${surname}`;
    default:
      return null;
  }
}

function otherNameOf(slot: string, random: SeededNumbers, lists: NameLists): { name: string; kind: NamedKind } | null {
  if (slot === '{o}' || slot === '{a}')
    return { name: slot === '{a}' ? acronym(random) : organizationName(random, lists), kind: 'organization' };
  return slot === '{c}' ? { name: placeName(random, lists), kind: 'place' } : null;
}

function fillerOf(slot: string, { given, surname }: Person, random: SeededNumbers, lists: NameLists): string {
  switch (slot) {
    case '{n}':
      return organizationName(random, lists);
    case '{x}':
      return random.next() < 0.6 ? random.pick(ABBREVIATIONS) : acronym(random);
    case '{p}':
      return random.pick(PRODUCTS);
    case '{d}':
      return random.pick(DAYS);
    case '{t}':
      return random.pick(ROLES);
    case '{e}':
      return `${given.toLowerCase()}.${surname.toLowerCase()}@example.com`;
    default:
      return slot;
  }
}
