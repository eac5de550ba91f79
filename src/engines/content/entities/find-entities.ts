import type { Entity } from '../../../domain/outcomes.js';
import type { Address, ParsedMessage } from '../../../domain/parsed-message.js';
import { readable } from '../../language/text-bounds.js';
import { amountsIn } from './amounts.js';
import { emailsIn, firmsIn, phonesIn, urlsIn, urlsOf } from './contacts.js';
import { datesIn, type WrittenAt } from './dates.js';
import { withoutFileNames } from './file-names.js';
import { flowing } from './flowing-text.js';
import { identifiersIn, messageIdsIn } from './identifiers.js';
import { type Mention, overlaps, withoutOverlaps } from './mention.js';
import type { NamedKind } from './names/chain.js';
import { namesIn } from './names/names-in.js';
import { type Token, tokensOf } from './names/tokens.js';
import { postalAddressesIn } from './postal-addresses.js';

/** What entities are read from. */
export type EntitySource = Pick<ParsedMessage, 'newText' | 'subject' | 'signature' | 'links' | 'from' | 'to' | 'cc'>;

const LEAST_CONFIDENCE = 0.35;
const PER_KIND = 25;
const SIGNATURE_CHARACTERS = 2_000;

/** The entities of a message, each value once: those of the new text with their place, then subject, signature, links. */
export function entitiesOf(source: EntitySource, language: string, written: WrittenAt): Entity[] {
  const addresses = [...source.from, ...source.to, ...source.cc];
  const inText: Entity[] = mentionsIn(readable(source.newText), language, addresses, written);
  const subject = mentionsIn(source.subject.slice(0, 500), language, addresses, written).filter(
    ({ kind }) => kind !== 'organization',
  );
  const signature =
    source.signature === null ? [] : contactsIn(readable(source.signature, SIGNATURE_CHARACTERS), language, written);
  return once([...inText, ...[...subject, ...signature].map(withoutPlace), ...urlsOf(source)]);
}

/** Every mention in a text, none inside another. */
export function mentionsIn(
  written: string,
  language: string,
  addresses: readonly Pick<Address, 'name' | 'address'>[],
  at: WrittenAt,
): Mention[] {
  const text = withoutFileNames(written);
  const flow = flowing(text);
  const contacts = withoutOverlaps([
    messageIdsIn(flow),
    urlsIn(flow),
    emailsIn(flow),
    firmsIn(flow),
    postalAddressesIn(text),
  ]);
  const figures = withoutOverlaps([
    contacts,
    identifiersIn(flow).filter(({ confidence }) => confidence >= 0.9),
    phonesIn(flow, language, at.topLevelDomain),
    amountsIn(flow),
    datesIn(flow, language, at),
    identifiersIn(flow),
  ]);
  const all = withoutOverlaps([figures, namesOf(text, addresses, figures)]);
  return all.filter(({ confidence }) => confidence >= LEAST_CONFIDENCE);
}

function contactsIn(text: string, language: string, written: WrittenAt): Mention[] {
  return withoutOverlaps([
    emailsIn(text),
    urlsIn(text),
    postalAddressesIn(text),
    phonesIn(text, language, written.topLevelDomain),
  ]);
}

/** Names in what is nothing else yet. */
function namesOf(
  text: string,
  addresses: readonly Pick<Address, 'name' | 'address'>[],
  taken: readonly Mention[],
): Mention[] {
  const tokens = tokensOf(text);
  const { list } = tokens;
  const busy = new Uint8Array(list.length);
  list.forEach((token, at) => {
    if (overlaps(taken, { at: token.start, text: token.text } as Mention)) busy[at] = 1;
  });
  return namesIn(tokens, addresses, (at) => busy[at] === 1).map(({ kind, from, to, probability }) =>
    nameOf(kind, text, list, from, to, probability),
  );
}

function nameOf(
  kind: NamedKind,
  text: string,
  list: readonly Token[],
  from: number,
  to: number,
  confidence: number,
): Mention {
  const at = list[from]?.start ?? 0;
  // `PG&E.` ends the sentence.
  const written = text.slice(at, list[to - 1]?.end ?? at).replace(/(?<=&\p{Lu})\.$/u, '');
  return { kind, text: written, value: written.replace(/\s+/g, ' '), confidence, at };
}

function withoutPlace({ at: _at, ...entity }: Mention): Entity {
  return entity;
}

/** Each value of a kind once, where it stands first; surer with every further mention. */
function once(entities: readonly Entity[]): Entity[] {
  const found = new Map<string, Entity>();
  const perKind = new Map<string, number>();
  for (const entity of entities) {
    const key = `${entity.kind} ${entity.value.toLowerCase()} ${entity.until ?? ''}`;
    const before = found.get(key);
    if (before !== undefined) {
      before.confidence = Math.max(before.confidence, entity.confidence);
      continue;
    }
    const count = perKind.get(entity.kind) ?? 0;
    if (count >= PER_KIND) continue;
    perKind.set(entity.kind, count + 1);
    found.set(key, { ...entity });
  }
  return [...found.values()];
}
