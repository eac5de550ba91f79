import type { Address } from '../../../../domain/parsed-message.js';
import type { NamedKind } from './chain.js';
import { knownPeople } from './known-people.js';
import { gazetteer } from './gazetteer.js';
import {
  GEOGRAPHIC,
  LISTED_ORGANIZATION,
  LISTED_PLACE,
  listedWords,
  type ListedWords,
  nameIndices,
} from './listed-words.js';
import { type NamedSpan, namedIn } from './named.js';
import { organizationsByForm, organizationsOfDomains } from './organizations.js';
import { DIRECTION, type NameSpan, placesByForm } from './places.js';
import { agreed, repeatedNames } from './repeated-names.js';
import { initialsAtEnd, signedIn } from './signed.js';
import { smallNames } from './small-names.js';
import type { Token, Tokens } from './tokens.js';
import { wholeOrganizations } from './whole-organizations.js';
import { peopleByForm, wholePeople } from './whole-people.js';

const NUMBER = /^(?:\d{1,5}|One|Two|Three|Four|Five)$/;

/** Names of people, organizations and places in what is nothing else yet, in order, none inside another. */
export function namesIn(
  tokens: Tokens,
  addresses: readonly Pick<Address, 'name' | 'address'>[],
  isTaken: (at: number) => boolean,
): NamedSpan[] {
  const { list } = tokens;
  const busy = new Uint8Array(list.length);
  const isBusy = (at: number) => busy[at] === 1 || isTaken(at);
  const names: NamedSpan[] = [];
  const note = (span: NamedSpan) => {
    for (let at = span.from; at < span.to; at++) if (isBusy(at)) return;
    busy.fill(1, span.from, span.to);
    names.push(span);
  };
  const listed = listedWords(list, organizationsOfDomains(addresses));
  const formed = (kind: NamedKind) => (span: NameSpan) => note({ kind, ...span });
  signedIn(list, addresses[0], isBusy).forEach(note);
  initialsAtEnd(list, isBusy).forEach(note);
  placesByForm(list, isBusy).forEach(formed('place'));
  organizationsByForm(list, isBusy)
    .filter(({ probability }) => probability > 0.7)
    .forEach(formed('organization'));
  const people = knownPeople(addresses);
  const tagged = namedIn(tokens, people, listed, isBusy);
  const inTagged = new Uint8Array(list.length);
  for (const { from, to } of tagged) inTagged.fill(1, from, to);
  const formedPeople = peopleByForm(list, people, (at) => inTagged[at] === 1 || isBusy(at));
  const whole = wholePeople(list, [...tagged, ...formedPeople], listed, isBusy);
  agreed(list, asListed(list, whole, listed)).forEach(note);
  listedOnly(list, listed, isBusy).forEach(note);
  names.push(...repeatedNames(list, names, isBusy));
  names.push(...smallNames(list, listed, isBusy));
  return placesPutTogether(
    list,
    wholeOrganizations(list, names, listed).sort((a, b) => a.from - b.from),
    listed,
    isTaken,
  );
}

/** `Santa Fe` is a place and `Arthur Andersen` a firm, whatever they look like; `Jordan` and `Virginia` are as often people. */
function asListed(list: readonly Token[], names: readonly NamedSpan[], { marks }: ListedWords): NamedSpan[] {
  const { given, surnames } = gazetteer();
  const { places, organizations } = nameIndices();
  return names.map((name) => {
    const word = list[name.from]?.folded ?? '';
    const mark = marks[name.from] ?? 0;
    const isOne = name.to === name.from + 1;
    if (name.kind !== 'person') return name;
    if (!isOne && (mark & LISTED_ORGANIZATION) !== 0 && organizations.longestAt(list, name.from) === name.to)
      return { ...name, kind: 'organization' };
    const isPlace = (mark & LISTED_PLACE) !== 0 && places.longestAt(list, name.from) === name.to;
    const isBoth = isOne && ((given.get(word) ?? 9) < 3 || (surnames.get(word) ?? 9) < 2);
    return isPlace && !isBoth ? { ...name, kind: 'place' } : name;
  });
}

/** Names of more than one word that a list has, where the tagger saw none. */
function listedOnly(list: readonly Token[], { marks }: ListedWords, isBusy: (at: number) => boolean): NamedSpan[] {
  const { places, organizations } = nameIndices();
  return list.flatMap((token, at): NamedSpan[] => {
    const mark = marks[at] ?? 0;
    if ((mark & (LISTED_PLACE | LISTED_ORGANIZATION)) === 0 || isBusy(at)) return [];
    const kind = (mark & LISTED_ORGANIZATION) !== 0 ? 'organization' : 'place';
    const to = (kind === 'place' ? places : organizations).longestAt(list, at) ?? at + 1;
    const words = list.slice(at, to);
    // `SoCalGas` is a name wherever it stands; of one plain word only the sentence tells.
    const isPlain = words.length === 1 && !/^\p{Lu}\p{Ll}+\p{Lu}/u.test(token.text);
    const isWritten = words.every(({ text }) => /^\p{Lu}|^[^\p{L}]|^(?:of|and|the)$/u.test(text));
    const [before, next] = [list[at - 1], list[to]];
    const goesOn =
      (next?.line === token.line && /^\p{Lu}\p{Ll}/u.test(next.text)) ||
      (before?.line === token.line && /^\p{Lu}\p{Ll}/u.test(before.text) && !before.opens);
    return isPlain || !isWritten || goesOn ? [] : [{ kind, from: at, to, probability: 0.65 }];
  });
}

const isArticled = (list: readonly Token[], at: number) =>
  /^(?:GA|CT|WA|NE|NC|VA|SC|SD|NV|KS|MN|WI|WV)$/.test(list[at]?.text ?? '') &&
  /^(?:the|a|an|this|each)$/.test(list[at - 1]?.folded ?? '');

/** `Batangas, Philippines` is one place, as are `north London` and `Sabine River`. */
function placesPutTogether(
  list: readonly Token[],
  names: readonly NamedSpan[],
  { marks }: ListedWords,
  isTaken: (at: number) => boolean,
): NamedSpan[] {
  const joined: NamedSpan[] = [];
  const starts = new Set(names.map(({ from }) => from));
  for (const name of names) {
    const before = joined.at(-1);
    if (name.kind !== 'place') {
      joined.push(name);
      continue;
    }
    // `the GA` is no state.
    if (name.to === name.from + 1 && isArticled(list, name.from)) continue;
    let { from, to } = name;
    while (
      from > 0 &&
      (before === undefined || from - 1 >= before.to) &&
      !isTaken(from - 1) &&
      DIRECTION.test(list[from - 1]?.folded ?? '') &&
      list[from - 1]?.line === list[from]?.line
    )
      from--;
    if (
      GEOGRAPHIC.has(list[to]?.folded ?? '') &&
      /^\p{Lu}/u.test(list[to]?.text ?? '') &&
      list[to]?.line === list[from]?.line &&
      !starts.has(to)
    )
      to++;
    // `408 Elm Hall`, `Three Elm Center`.
    const numbered =
      GEOGRAPHIC.has(list[to - 1]?.folded ?? '') && to - from > 1 && NUMBER.test(list[from - 1]?.text ?? '');
    if (numbered && list[from - 1]?.line === list[from]?.line && !isTaken(from - 1)) from--;
    // `TOYOTA, Aichi` heads a report.
    const isHead =
      before !== undefined && list[before.from]?.opens === true && /^\p{Lu}{3}/u.test(list[before.from]?.text ?? '');
    const isOuter =
      isHead ||
      ((marks[name.from] ?? 0) & LISTED_PLACE) !== 0 ||
      GEOGRAPHIC.has(list[to - 1]?.folded ?? '') ||
      /^\p{Lu}{2}$/u.test(list[name.from]?.text ?? '');
    if (
      before?.kind === 'place' &&
      isOuter &&
      before.to === from - 1 &&
      list[before.to]?.text === ',' &&
      list[before.to]?.line === list[from]?.line &&
      ((marks[before.from] ?? 0) & LISTED_PLACE) === 0
    )
      joined[joined.length - 1] = { ...before, to };
    else joined.push({ ...name, from, to });
  }
  return joined;
}
