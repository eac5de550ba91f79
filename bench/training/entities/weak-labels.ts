import { readdirSync, readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { fold } from '../../../src/engines/language/phrases.js';
import { NOT_NAMES } from '../../../src/engines/content/entities/name-lists.js';
import type { Gazetteer } from '../../../src/engines/content/entities/names/gazetteer.js';
import { firstOf, laterOf, type NamedKind } from '../../../src/engines/content/entities/names/chain.js';
import {
  LISTED_CITY,
  LISTED_ORGANIZATION,
  LISTED_ORGANIZATION_LATER,
  LISTED_PLACE,
  LISTED_PLACE_LATER,
  LISTED_PRODUCT,
  LISTED_THING,
  listedWords,
} from '../../../src/engines/content/entities/names/listed-words.js';
import { organizationsByForm } from '../../../src/engines/content/entities/names/organizations.js';
import { placesByForm } from '../../../src/engines/content/entities/names/places.js';
import { tokensOf, type Token, type Tokens } from '../../../src/engines/content/entities/names/tokens.js';

const FOLDERS = ['easy-ham-1', 'easy-ham-2'];
const LONGEST = 5_000;
const SALUTATION = new Set('hi hello hey dear thanks'.split(' '));
const SIGN_OFF = new Set('thanks thank regards cheers best sincerely yours love later ciao'.split(' '));
const ORGANIZATION = new Set(
  'inc ltd corp llc gmbh university college foundation group company street road avenue hall prize award law effect'.split(
    ' ',
  ),
);
/** Bits of the tags that a token may have. */
export const OUTSIDE = 1;
export const firstBit = (kind: NamedKind): number => 1 << firstOf(kind);
export const laterBit = (kind: NamedKind): number => 1 << laterOf(kind);
const FIRST = firstBit('person');
const LATER = laterBit('person');
const ANY = OUTSIDE | FIRST | LATER;
const [ORGANIZATION_FIRST, ORGANIZATION_LATER] = [firstBit('organization'), laterBit('organization')];
const [PLACE_FIRST, PLACE_LATER] = [firstBit('place'), laterBit('place')];

export interface WeakMail {
  file: string;
  tokens: Tokens;
  addresses: { name: string; address: string }[];
  allowed: Uint8Array;
}

interface Mail {
  file: string;
  addresses: { name: string; address: string }[];
  from: string;
  body: string;
}

/** Ham of the SpamAssassin corpus (CC0), without duplicates and without the mails that are measured on. */
export function readMails(data: string, measured: ReadonlySet<string>): Mail[] {
  const seen = new Set<string>();
  return FOLDERS.flatMap((folder) =>
    readdirSync(join(data, 'mail-spamassassin', folder))
      .sort()
      .flatMap((name) => {
        const file = `mail-spamassassin/${folder}/${name}`;
        const raw = readFileSync(join(data, file), 'latin1').replaceAll('\r\n', '\n');
        const end = raw.indexOf('\n\n');
        const header = raw.slice(0, end).replace(/\n[ \t]+/g, ' ');
        const body = raw.slice(end + 2, end + 2 + LONGEST);
        const key = createHash('sha256').update(body.replace(/\s+/g, ' ')).digest('hex');
        const plain = !/^content-type:(?! *text\/plain)/im.test(header) && !/base64/i.test(header);
        if (measured.has(file) || !plain || seen.has(key)) return [];
        seen.add(key);
        const addresses = addressesIn(header);
        return [{ file, addresses, from: addresses[0]?.name ?? '', body }];
      }),
  );
}

function addressesIn(header: string): { name: string; address: string }[] {
  return ['From', 'Reply-To', 'To', 'Cc'].flatMap((field) => {
    const value = new RegExp(`^${field}: *(.{0,600})`, 'im').exec(header)?.[1] ?? '';
    return value.split(/,(?=[^"]*(?:"[^"]*"[^"]*)*$)/).flatMap((one) => {
      const [, name, address] = /^\s*"?([^"<]*?)"?\s*<([^>]+@[^>]+)>/.exec(one) ?? [];
      if (address !== undefined) return [{ name: name ?? '', address }];
      const [, bare = '', comment = ''] = /^\s*(\S+@\S+)\s*(?:\(([^)]*)\))?/.exec(one) ?? [];
      return bare === '' ? [] : [{ name: comment, address: bare }];
    });
  });
}

/** Full names that header fields show anywhere in the corpus. */
export function fullNames(mails: readonly Mail[], { given }: Gazetteer): Map<string, string[][]> {
  const names = new Map<string, string[][]>();
  const seen = new Set<string>();
  for (const { name, address } of mails.flatMap(({ addresses }) => addresses)) {
    const words = name.split(/\s+/);
    const shaped =
      words.length > 1 && words.length < 4 && words.every((word) => /^\p{Lu}(?:\.|[\p{L}'-]+)$/u.test(word));
    const first = fold(words[0] ?? '');
    if (!shaped || !(given.has(first) || address.toLowerCase().includes(fold(words.at(-1) ?? '')))) continue;
    const key = words.map(fold);
    if (seen.has(key.join(' '))) continue;
    seen.add(key.join(' '));
    names.set(first, [...(names.get(first) ?? []), key]);
  }
  return names;
}

/** Tags that each token of a mail may have: names of headers for certain, list names by what surrounds them, or open. */
export function weaklyLabelled(mail: Mail, names: ReadonlyMap<string, string[][]>, gazetteer: Gazetteer): WeakMail {
  const tokens = tokensOf(mail.body);
  const { list } = tokens;
  const allowed = new Uint8Array(list.length).fill(OUTSIDE);
  const own = new Set(
    mail.addresses.flatMap(({ name }) => (isPersonal(name, gazetteer) ? name.split(/\s+/).map(fold) : [])),
  );
  for (let at = 0; at < list.length; at++) {
    const length = (names.get(list[at]?.folded ?? '') ?? []).find((words) =>
      words.every((word, index) => list[at + index]?.folded === word && isCapital(list[at + index])),
    )?.length;
    if (length === undefined) continue;
    allowed[at] = FIRST;
    for (let later = 1; later < length; later++) allowed[at + later] = LATER;
    at += length - 1;
  }
  for (let at = 0; at < list.length; at++) {
    if (allowed[at] !== OUTSIDE) continue;
    allowed[at] = tagsOf(list, at, own, gazetteer, allowed);
    if (allowed[at] === FIRST && isSurname(list, at + 1, gazetteer) && list[at + 1]?.line === list[at]?.line)
      allowed[++at] = LATER;
  }
  labelOthers(list, allowed, gazetteer);
  return { file: mail.file, tokens, addresses: mail.addresses, allowed };
}

/** Organizations and places by form and lists, on top of the people. */
function labelOthers(list: readonly Token[], allowed: Uint8Array, gazetteer: Gazetteer): void {
  const { marks, isShouted } = listedWords(list, new Set());
  for (let at = 0; at < list.length; at++) {
    const token = list[at];
    if (token === undefined || !isCapital(token) || token.text === '@') continue;
    const mark = marks[at] ?? 0;
    if ((mark & LISTED_ORGANIZATION) !== 0) {
      const to = spanEnd(marks, at, LISTED_ORGANIZATION_LATER);
      const bits = organizationBits(list, at, to, gazetteer, allowed[at] ?? OUTSIDE, isShouted(token.line), marks);
      if (bits === OUTSIDE) set(allowed, at, to, OUTSIDE, OUTSIDE);
      else set(allowed, at, to, bits, bits === ORGANIZATION_FIRST ? ORGANIZATION_LATER : ORGANIZATION_LATER | ANY);
      at = to - 1;
    } else if ((mark & LISTED_PLACE) !== 0) {
      const to = spanEnd(marks, at, LISTED_PLACE_LATER);
      const doubtful = isDoubtful(list, at, to, gazetteer) || isCapital(list[to]) || isHuman(allowed[at - 1]);
      set(
        allowed,
        at,
        to,
        doubtful ? (allowed[at] ?? 1) | OUTSIDE | PLACE_FIRST | ORGANIZATION_FIRST : PLACE_FIRST,
        PLACE_LATER,
      );
      at = to - 1;
    } else if ((mark & LISTED_PRODUCT) !== 0 && !isHuman(allowed[at])) allowed[at] = OUTSIDE;
    else if ((mark & LISTED_CITY) !== 0 && !isHuman(allowed[at]))
      allowed[at] = (allowed[at] ?? 1) | OUTSIDE | PLACE_FIRST;
    else if (allowed[at] === OUTSIDE && (mark & LISTED_THING) === 0 && isOpen(token, gazetteer, isShouted(token.line)))
      allowed[at] = OUTSIDE | ORGANIZATION_FIRST;
  }
  for (const { from, to, probability } of organizationsByForm(list, () => false))
    if (probability > 0.7) set(allowed, from, to, ORGANIZATION_FIRST, ORGANIZATION_LATER);
  for (const { from, to } of placesByForm(list, () => false)) set(allowed, from, to, PLACE_FIRST, PLACE_LATER);
}

const isHuman = (bits: number | undefined) => bits === FIRST || bits === LATER;

function set(allowed: Uint8Array, from: number, to: number, first: number, later: number): void {
  allowed[from] = first;
  for (let at = from + 1; at < to; at++) allowed[at] = later;
}

function spanEnd(marks: Uint8Array, at: number, later: number): number {
  let to = at + 1;
  while (((marks[to] ?? 0) & later) !== 0) to++;
  return to;
}

/** One word that is a word of the language, a given name or a common surname as well. */
function isDoubtful(list: readonly Token[], at: number, to: number, { common, given, surnames }: Gazetteer): boolean {
  const word = list[at]?.folded ?? '';
  return to === at + 1 && (common.has(word) || given.has(word) || (surnames.get(word) ?? 9) < 3);
}

function organizationBits(
  list: readonly Token[],
  at: number,
  to: number,
  gazetteer: Gazetteer,
  before: number,
  isShouted: boolean,
  marks: Uint8Array,
): number {
  const next = list[to];
  // `Acme Writer 5` names a product.
  const isProduct = next !== undefined && (/^\d/.test(next.text) || ((marks[to] ?? 0) & LISTED_PRODUCT) !== 0);
  if ((isProduct && next.line === list[at]?.line) || ((marks[at] ?? 0) & LISTED_PRODUCT) !== 0) return OUTSIDE;
  if (next !== undefined && next.line === list[at]?.line && (/^\d/.test(next.text) || isCapital(next)))
    return OUTSIDE | ORGANIZATION_FIRST;
  if (isShouted || isDoubtful(list, at, to, gazetteer)) return before | OUTSIDE | ORGANIZATION_FIRST;
  return ORGANIZATION_FIRST;
}

/** Capitals that no list knows. */
function isOpen({ text, folded, opens }: Token, { common }: Gazetteer, isShouted: boolean): boolean {
  if (isShouted || opens || common.has(folded)) return false;
  return /^\p{Lu}{2,6}$/u.test(text) && !NOT_NAMES.has(folded);
}

const isCapital = (token: Token | undefined) => token !== undefined && /^\p{Lu}/u.test(token.text);
const isHumanOpen = (bits: number | undefined) => ((bits ?? OUTSIDE) & ANY) > OUTSIDE;
const isPersonal = (name: string, { given }: Gazetteer) => given.has(fold(name.split(/\s+/)[0] ?? ''));

function isSurname(list: readonly Token[], at: number, { surnames, common, places }: Gazetteer): boolean {
  const token = list[at];
  if (token === undefined || !/^\p{Lu}[\p{L}'-]+$/u.test(token.text)) return false;
  return (
    surnames.has(token.folded) &&
    !common.has(token.folded) &&
    !places.has(token.folded) &&
    !ORGANIZATION.has(list[at + 1]?.folded ?? '')
  );
}

function tagsOf(
  list: readonly Token[],
  at: number,
  own: ReadonlySet<string>,
  gazetteer: Gazetteer,
  allowed: Uint8Array,
): number {
  const token = list[at];
  if (token === undefined || token.text.length < 2)
    return isHumanOpen(allowed[at - 1]) && /^\p{Lu}/u.test(token?.text ?? '') ? ANY : OUTSIDE;
  const { given, surnames, common, places } = gazetteer;
  const before = list[at - 1];
  const alone = token.opens && (token.closes || list[at + 1]?.closes === true);
  if (own.has(token.folded)) {
    if (isCapital(token)) return common.has(token.folded) ? ANY : (allowed[at - 1] ?? 1) > 1 ? FIRST | LATER : FIRST;
    return alone && !common.has(token.folded) ? FIRST : common.has(token.folded) ? OUTSIDE : ANY;
  }
  if (!isCapital(token)) return OUTSIDE;
  if (given.has(token.folded) && !common.has(token.folded) && !places.has(token.folded)) {
    if (isSurname(list, at + 1, gazetteer)) return FIRST;
    if (before !== undefined && before.line === token.line && SALUTATION.has(before.folded)) return FIRST;
    if (
      alone &&
      list.slice(Math.max(0, at - 4), at).some(({ folded, line }) => line < token.line && SIGN_OFF.has(folded))
    )
      return FIRST;
    return ANY;
  }
  const rank = surnames.get(token.folded) ?? 9;
  const near = (allowed[at - 1] ?? OUTSIDE) !== OUTSIDE;
  if (isUnknown(token, gazetteer)) return ANY;
  if (rank < 3 && !common.has(token.folded) && !token.opens) return ANY;
  return near && /^\p{Lu}[\p{Ll}'-]+$/u.test(token.text) && !common.has(token.folded) ? ANY : OUTSIDE;
}

/** A capitalised word within a line that nothing knows: as likely a name as not. */
function isUnknown({ text, folded, opens }: Token, { common }: Gazetteer): boolean {
  return !opens && /^\p{Lu}\p{Ll}{2,}$/u.test(text) && !common.has(folded) && !NOT_NAMES.has(folded);
}

/** People of the corpus who write their own names small. */
const WRITTEN_SMALL = new Set('kevin rafael lyda'.split(' '));

/** Words that ham writes small in at least so many mails, and seldom otherwise. */
export function commonWords(mails: readonly Mail[], least: number): string[] {
  const small = new Map<string, number>();
  const all = new Map<string, number>();
  for (const { body } of mails) {
    const tokens = tokensOf(body).list.filter(({ text }) => /^\p{L}{2,}$/u.test(text));
    for (const folded of new Set(
      tokens.filter(({ text }) => text === text.toLowerCase()).map(({ folded: word }) => word),
    ))
      small.set(folded, (small.get(folded) ?? 0) + 1);
    for (const folded of new Set(tokens.map(({ folded: word }) => word))) all.set(folded, (all.get(folded) ?? 0) + 1);
  }
  return [...small]
    .filter(([word, count]) => !WRITTEN_SMALL.has(word) && count >= least && count > 0.5 * (all.get(word) ?? 0))
    .map(([word]) => word)
    .sort();
}
