import type { Party } from '../../../domain/requests.js';
import type { ParsedMessage } from '../../../domain/parsed-message.js';
import type { Entity } from '../../../domain/outcomes.js';
import { wordsOf } from '../../language/phrases.js';

export interface NamedParty {
  who: Party;
  name: string | null;
}

/** Who can be named in a mail: by each word of their names, folded. */
export interface People {
  readers: ReadonlySet<string>;
  writer: ReadonlySet<string>;
  others: ReadonlySet<string>;
}

const PEOPLE_READ = 100;
const LEAST_LETTERS = 2;

export function peopleOf(parsed: Pick<ParsedMessage, 'from' | 'to' | 'cc'>, entities: readonly Entity[]): People {
  const found = entities.filter(({ kind }) => kind === 'person').map(({ text }) => text);
  return {
    readers: nameWords(parsed.to.slice(0, PEOPLE_READ).map(({ name }) => name)),
    writer: nameWords(parsed.from.map(({ name }) => name)),
    others: nameWords([...parsed.cc.slice(0, PEOPLE_READ).map(({ name }) => name), ...found]),
  };
}

function nameWords(names: readonly string[]): Set<string> {
  return new Set(names.flatMap((name) => wordsOf(name.slice(0, 200))).filter((word) => word.length >= LEAST_LETTERS));
}

const ANYONE =
  /^(?:(?:can|could|would|does|do|has|is|will|please) )?(?:anyone|anybody|someone|somebody|everyone|everybody|people|all of you)\b|^(?:kann|konnte|weiss|hat) (?:jemand|wer)\b|^(?:est ce que )?(?:quelqu'un|tous|tout le monde)\b|^(?:alguien|todos)\b/;
const ADDRESSES = /^@?([\p{Lu}][\p{L}'’-]{1,30}(?: [\p{Lu}][\p{L}'’-]{1,30})?)\s*(?:[,:]|\s[-–—]\s)\s*\S/u;
const SUBJECT_ACTS =
  /^([\p{Lu}][\p{L}'’-]{1,30}(?: [\p{Lu}][\p{L}'’-]{1,30})?) (?:will|shall|should|must|is going to|has to|needs to|wird|soll|sollte|muss|va|doit|devra|va a|debe|tiene que)(?![\p{L}])/u;

/** Whom a sentence addresses by name at its start, or names as the one who acts; null where it does neither. */
export function partyNamed(sentence: string, people: People): NamedParty | null {
  const start = sentence.slice(0, 120);
  const named = SUBJECT_ACTS.exec(start)?.[1] ?? ADDRESSES.exec(start)?.[1];
  if (named !== undefined) {
    const words = wordsOf(named);
    const among = (known: ReadonlySet<string>) => words.some((word) => known.has(word));
    if (among(people.readers)) return { who: 'reader', name: named };
    if (among(people.writer)) return { who: 'writer', name: named };
    if (among(people.others)) return { who: 'person', name: named };
  }
  return ANYONE.test(wordsOf(start).join(' ')) ? { who: 'anyone', name: null } : null;
}

/** Whether a named person, not the writer, is said to act. */
export function personActs(sentence: string): boolean {
  return SUBJECT_ACTS.test(sentence.slice(0, 120));
}
