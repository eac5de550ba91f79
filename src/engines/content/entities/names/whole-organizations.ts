import { ORGANIZATION_ENDINGS } from '../name-lists.js';
import { gazetteer } from './gazetteer.js';
import {
  DEPARTMENTS,
  LISTED_ORGANIZATION,
  LISTED_PLACE,
  LISTED_PRODUCT,
  type ListedWords,
  nameIndices,
} from './listed-words.js';
import { isTitle } from './name-features.js';
import type { NamedSpan } from './named.js';
import { THINGS } from './things.js';
import type { Token } from './tokens.js';

/** What stands behind a company's name and names a part of it. */
const UNITS = new Set(
  'international global worldwide wind engineering online broadband networks wholesale europe americas development ventures research labs laboratories communications technologies capital operations'.split(
    ' ',
  ),
);
/** What an organization has or makes: no part of its name. */
const POSSESSIONS = new Set(
  'tariff agreement act bill report pipeline facilities deal contract proposal plan system conference meeting website site employees staff building'.split(
    ' ',
  ),
);
const CHAMBERS = new Set(['house', 'senate', 'congress', 'parliament']);
const DOCUMENTS = new Set('agreement act bill report amendment form policy procedure manual license'.split(' '));
const WHOLE = new Set('institution institute university college foundation association council bank'.split(' '));
const LEGAL = /^(?:inc|incorporated|ltd|limited|llc|llp|plc|corp|corporation|company|co|gmbh|ag|sa)$/;

/** Completes, parts and drops organizations by the words beside and in them. */
export function wholeOrganizations(
  list: readonly Token[],
  names: readonly NamedSpan[],
  listed: ListedWords,
): NamedSpan[] {
  const whole: NamedSpan[] = [];
  const ordered = [...names].sort((a, b) => a.from - b.from);
  for (let index = 0; index < ordered.length; index++) {
    const name = ordered[index];
    if (name === undefined) continue;
    if (name.kind !== 'organization') {
      whole.push(name);
      continue;
    }
    const next = ordered[index + 1];
    const withPlace = next !== undefined && isBranch(list, name, next, listed);
    if (withPlace) index++;
    const spans = parted(list, withPlace ? { ...name, to: next.to } : name, listed);
    for (const span of spans) {
      if (span.kind !== 'organization') {
        whole.push(span);
        continue;
      }
      const trimmed = withoutPossession(list, withUnit(list, span, ordered[index + 1]?.from ?? list.length, listed));
      if (!isThing(list, trimmed, listed)) whole.push(trimmed);
    }
  }
  return whole;
}

const isBeside = (list: readonly Token[], at: number) =>
  list[at - 1] !== undefined && list[at]?.line === list[at - 1]?.line && list[at]?.apart === false;
const isCapital = (token: Token | undefined) => /^\p{Lu}\p{Ll}/u.test(token?.text ?? '');

/** `Acme India`, `Acme North America`. */
function isBranch(list: readonly Token[], name: NamedSpan, place: NamedSpan, { marks }: ListedWords): boolean {
  return (
    place.kind === 'place' &&
    place.from === name.to &&
    name.to - name.from < 3 &&
    isBeside(list, place.from) &&
    isCapital(list[name.to - 1]) &&
    ((marks[place.from] ?? 0) & LISTED_PLACE) !== 0 &&
    !list.slice(place.from, place.to).some(({ text }) => text === ',')
  );
}

function withUnit(list: readonly Token[], span: NamedSpan, end: number, { marks, domains }: ListedWords): NamedSpan {
  const first = list[span.from];
  const isKnown = ((marks[span.from] ?? 0) & LISTED_ORGANIZATION) !== 0 || domains.has(first?.folded ?? '');
  if (!isKnown || span.to - span.from > 2) return span;
  let { to } = span;
  while (to < end && isBeside(list, to) && isCapital(list[to]) && UNITS.has(list[to]?.folded ?? '')) to++;
  return { ...span, to };
}

/** `Acme Co. and Northwind` are two; `Ann Lee of Acme` and `House Chairman Lee` hold a person. */
function parted(list: readonly Token[], span: NamedSpan, listed: ListedWords): NamedSpan[] {
  for (let at = span.from; at < span.to; at++) {
    const token = list[at];
    if (isTitle(token) && at > span.from && token?.folded !== 'general')
      return at - span.from > 0 ? [{ ...span, to: at }] : [];
    if (at === span.from || at === span.to - 1) continue;
    if (token?.folded === 'of' && at === span.from + 2 && isPersonal(list, span.from))
      return [
        { ...span, kind: 'person', to: at },
        { ...span, from: at + 1 },
      ];
    if (token?.folded === 'and' && isWholeName(list, span.from, at, listed))
      return [{ ...span, to: at }, ...parted(list, { ...span, from: at + 1 }, listed)];
  }
  return [span];
}

function isPersonal(list: readonly Token[], at: number): boolean {
  const { given, common } = gazetteer();
  const first = list[at]?.folded ?? '';
  return given.has(first) && !common.has(first) && !DEPARTMENTS.has(list[at + 1]?.folded ?? '');
}

function isWholeName(list: readonly Token[], from: number, to: number, { marks }: ListedWords): boolean {
  const last = (list[to - 1]?.folded ?? '').replace('.', '');
  if (to === from + 1) return /^\p{Lu}{2,6}$/u.test(list[from]?.text ?? '');
  if (LEGAL.test(last) || WHOLE.has(last)) return true;
  return ((marks[from] ?? 0) & LISTED_ORGANIZATION) !== 0 && nameIndices().organizations.longestAt(list, from) === to;
}

function withoutPossession(list: readonly Token[], span: NamedSpan): NamedSpan {
  const isNamed = nameIndices().organizations.longestAt(list, span.from) === span.to;
  return !isNamed && span.to - span.from > 1 && POSSESSIONS.has(list[span.to - 1]?.folded ?? '')
    ? { ...span, to: span.to - 1 }
    : span;
}

/** An abbreviation of a thing, a product with its version, the name of a document or a word that is no name alone. */
function isThing(
  list: readonly Token[],
  { from, to, probability }: NamedSpan,
  { marks, domains }: ListedWords,
): boolean {
  const [first, last, next, second] = [list[from], list[to - 1], list[to], list[to + 1]];
  if (first === undefined || last === undefined) return true;
  const isOne = to === from + 1;
  if (isOne && THINGS.has(first.text) && !domains.has(first.folded)) return true;
  const isListed = ((marks[from] ?? 0) & LISTED_ORGANIZATION) !== 0;
  if (isOne && isTitle(first)) return true;
  if (
    isOne &&
    !isListed &&
    !CHAMBERS.has(first.folded) &&
    (DEPARTMENTS.has(first.folded) || ORGANIZATION_ENDINGS.has(first.folded))
  )
    return true;
  if (next === undefined || next.line !== last.line || next.apart) return false;
  // `Senate Republicans` is no product.
  if (((marks[to] ?? 0) & LISTED_PRODUCT) !== 0 && !CHAMBERS.has(last.folded)) return true;
  const isModel = second !== undefined && second.start === next.end && /^[\p{L}\d.]/u.test(second.text);
  const isVersion =
    (/^\d{1,4}$/.test(next.text) && isModel && /^(?:\.\d|\p{L}|\.)/u.test(second.text) && isDigitAfter(list, to)) ||
    (/^\p{L}$/u.test(next.text) && isModel && /^\d/.test(second.text));
  if (isVersion) return true;
  return !isListed && probability < 0.75 && DOCUMENTS.has(next.folded) && isCapital(next);
}

/** `7.3`, `6310i`; not a number that ends the sentence. */
function isDigitAfter(list: readonly Token[], at: number): boolean {
  const [sign, digit] = [list[at + 1], list[at + 2]];
  if (sign?.text !== '.') return true;
  return digit !== undefined && digit.start === sign.end && /^\d/.test(digit.text);
}
