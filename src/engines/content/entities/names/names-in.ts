import type { Address } from '../../../../domain/parsed-message.js';
import type { NamedKind } from './chain.js';
import { knownPeople } from './known-people.js';
import { GEOGRAPHIC, LISTED_PLACE, listedWords, type ListedWords } from './listed-words.js';
import { type NamedSpan, namedIn } from './named.js';
import { organizationsByForm, organizationsOfDomains } from './organizations.js';
import { DIRECTION, type NameSpan, placesByForm } from './places.js';
import { agreed, repeatedNames } from './repeated-names.js';
import { signedIn } from './signed.js';
import { smallNames } from './small-names.js';
import type { Token, Tokens } from './tokens.js';

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
  placesByForm(list, isBusy).forEach(formed('place'));
  organizationsByForm(list, isBusy)
    .filter(({ probability }) => probability > 0.7)
    .forEach(formed('organization'));
  agreed(list, namedIn(tokens, knownPeople(addresses), listed, isBusy)).forEach(note);
  names.push(...repeatedNames(list, names, isBusy));
  names.push(...smallNames(list, listed, isBusy));
  return placesPutTogether(
    list,
    names.sort((a, b) => a.from - b.from),
    listed,
    isTaken,
  );
}

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
