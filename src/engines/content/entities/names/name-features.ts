import type { Gazetteer } from './gazetteer.js';
import type { KnownPeople } from './known-people.js';
import { endsName, type ListedWords } from './listed-words.js';
import type { Token, Tokens } from './tokens.js';

export const BUCKETS = 1 << 15;
const LONGEST_RUN = 40;
const PARTICLES = new Set('von van de der den del della di da dos du la le ten ter bin al el'.split(' '));
const JOINS = new Set('of and for the und et y fur pour'.split(' '));
const SIGN_OFF = new Set(
  'thanks thank thx regards cheers best sincerely yours love later ciao bye grusse gruss grussen cordialement saludos atentamente merci danke gracias respectfully'.split(
    ' ',
  ),
);
const SALUTATION = new Set(
  'hi hello hey dear hallo liebe lieber hola querido querida bonjour cher chere salut moin thanks'.split(' '),
);
const TITLES = new Set(
  'mr mrs ms dr prof professor sir herr frau monsieur madame mme senor senora sr sra president senator sen sens representative rep reps governor gov chairman chairwoman chair congressman congresswoman commissioner commissioners comr judge justice captain capt colonel col general gen lieutenant lt sergeant sgt officer sister father rev reverend attorney ambassador mayor sheriff leader asst chairmen congressmen senators messrs drs'.split(
    ' ',
  ),
);

/** Capitals that are never in a name of a person. */
const NEVER = new Set(
  'mm dd yy yyyy hh ss am pm est pst cst edt pdt cdt gmt utc ps pps afaik iirc imho imo btw fyi asap lol wrt aka fwiw ymmv rsvp tbd tba inc corp ltd llc gmbh plc fax tel phone re fw fwd cc bcc subject from to sent date monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun january february march july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec'.split(
    ' ',
  ),
);
const MONTHS = new Set(['april', 'may', 'june']);

export const isTitle = (token: Token | undefined): boolean => TITLES.has((token?.folded ?? '').replace('.', ''));

/** What the features of a mail are taken from. */
export interface Page {
  tokens: Tokens;
  people: KnownPeople;
  gazetteer: Gazetteer;
  /** What the lists of organizations, places and products say of each token. */
  listed: ListedWords;
  /** Words that the text writes small somewhere. */
  small: ReadonlySet<string>;
  /** Tokens that are no candidates: something else is there already. */
  isTaken: (at: number) => boolean;
}

export function pageOf(
  tokens: Tokens,
  people: KnownPeople,
  gazetteer: Gazetteer,
  listed: ListedWords,
  isTaken: (at: number) => boolean = () => false,
): Page {
  const small = new Set<string>();
  for (const { text, folded } of tokens.list) if (text === text.toLowerCase() && text.length > 2) small.add(folded);
  return { tokens, people, gazetteer, listed, small, isTaken };
}

/** Stretches of tokens that a name could be in, [first, after last): all others are none. */
export function runsOf({ tokens: { list }, people, gazetteer, isTaken }: Page): [from: number, to: number][] {
  const runs: [number, number][] = [];
  let from = -1;
  for (let at = 0; at <= list.length; at++) {
    const token = list[at];
    const goesOn =
      (from === -1 || at - from < LONGEST_RUN) && !isTaken(at) && continues(list, at, from !== -1, people, gazetteer);
    if (goesOn && from === -1) from = at;
    if (goesOn || from === -1) continue;
    runs.push([from, at]);
    from = token !== undefined && !isTaken(at) && continues(list, at, false, people, gazetteer) ? at : -1;
  }
  return runs;
}

function continues(
  list: readonly Token[],
  at: number,
  inside: boolean,
  people: KnownPeople,
  gazetteer: Gazetteer,
): boolean {
  const token = list[at];
  const before = list[at - 1];
  if (token === undefined) return false;
  if (inside && before !== undefined && (token.line > before.line + 1 || token.apart)) return false;
  if (isCode(list, at) || NEVER.has(token.folded) || (MONTHS.has(token.folded) && besideNumber(list, at))) return false;
  if (isCapital(token.text)) return true;
  if (inside && /^[&/]$/.test(token.text)) return startsCapital(list[at + 1]);
  if (!/^\p{L}/u.test(token.text)) return inside && token.text === ',' && isSurnameFirst(list, at, gazetteer);
  if (inside && JOINS.has(token.folded)) return startsCapital(list[at + 1]) || startsCapital(list[at + 2]);
  if (inside && PARTICLES.has(token.folded)) return startsCapital(list[at + 1]);
  if (people.named.has(token.folded)) return true;
  // Written small, a name stands alone or after a greeting.
  if (!gazetteer.given.has(token.folded) || gazetteer.common.has(token.folded)) return false;
  return (
    (token.opens && token.closes) ||
    (before !== undefined && SALUTATION.has(before.folded)) ||
    (token.opens && list[at + 1]?.text === ',')
  );
}

/** `Makefile.PL`, `YAPC::Europe`, `Arthur_Roe`, `(D-CA)`: a part of something else. */
export function isCode(list: readonly Token[], at: number): boolean {
  const [second, before, token, next, after] = [list[at - 2], list[at - 1], list[at], list[at + 1], list[at + 2]];
  if (token === undefined) return false;
  if (before?.end === token.start) {
    if (/^[_\\=$%~^]$/.test(before.text)) return true;
    if (second !== undefined && second.end === before.start) {
      if (before.text === '.' && /^[\p{L}\p{N}]/u.test(second.text) && second.text.length > 2) return true;
      if (before.text === ':' && second.text === ':') return true;
      if (before.text === '-' && /^[DRI]$/.test(second.text) && token.text.length === 2) return true;
    }
  }
  if (next?.start !== token.end) return false;
  return /^[_\\=]$/.test(next.text) || (next.text === ':' && after?.text === ':' && after.start === next.end);
}

function besideNumber(list: readonly Token[], at: number): boolean {
  return /^\d/.test(list[at - 1]?.text ?? '') || /^\d/.test(list[at + 1]?.text ?? '');
}

const LISTS = new Set([';', ':', '<', '(', '[', '"', '@', undefined]);

/** `Lee, Ann` by the lists, or in a list of addressees: `Lee, Ann; Roe, Jo`. */
function isSurnameFirst(list: readonly Token[], at: number, { given, surnames }: Gazetteer): boolean {
  const [before, next] = [list[at - 1], list[at + 1]];
  if (before === undefined || next === undefined || !startsCapital(next) || next.line !== before.line) return false;
  if (surnames.has(before.folded) && given.has(next.folded) && !given.has(before.folded)) return true;
  const [left, right] = [list[at - 2], list[at + 2]];
  const middle = right !== undefined && /^\p{Lu}\.?$/u.test(right.text) ? list[at + 3] : right;
  const ends = next.closes || LISTS.has(middle?.text);
  return ends && LISTS.has(left?.text) && [left?.text, middle?.text].some((mark) => mark === ';' || mark === ':');
}

function startsCapital(token: Token | undefined): boolean {
  return token !== undefined && isCapital(token.text);
}

function isCapital(text: string): boolean {
  const first = text.charAt(0);
  return first !== first.toLowerCase();
}

/** Buckets of the features of one token. */
export function featuresAt(page: Page, at: number, into: number[]): void {
  const { list, lengths } = page.tokens;
  const token = list[at];
  if (token === undefined) return;
  const [before, next] = [list[at - 1], list[at + 1]];
  const add = (name: string) => into.push(bucketOf(name));
  const word = token.folded;
  const lists = listsOf(page, token);
  const sameLine = before !== undefined && before.line === token.line;
  const nextHere = next !== undefined && next.line === token.line;
  const left = sameLine ? before.folded : '^';
  const right = nextHere ? next.folded : '$';
  add(`b`);
  add(`w ${word}`);
  add(`s ${shapeOf(token.text)}`);
  add(`e ${word.slice(-3)}`);
  add(`e2 ${word.slice(-2)}`);
  add(`a ${word.slice(0, 3)}`);
  add(`l ${lists}`);
  add(`<${left}`);
  add(`>${right}`);
  add(`<>${left} ${right}`);
  add(`l< ${lists} ${left}`);
  add(`l> ${lists} ${right}`);
  add(`ll ${before === undefined ? '' : listsOf(page, before)}|${lists}`);
  add(`lr ${lists}|${next === undefined ? '' : listsOf(page, next)}`);
  add(`sh ${shapeOf(before?.text ?? '')}|${shapeOf(token.text)}|${shapeOf(next?.text ?? '')}`);
  add(`<2 ${list[at - 2]?.folded ?? '^'} ${left}`);
  if (page.small.has(word)) add('small');
  const length = Math.min(6, lengths[token.line] ?? 0);
  add(`n ${length} ${token.opens ? 'o' : ''}${token.closes ? 'c' : ''}`);
  add(`nl ${length < 4 ? length : 'x'} ${lists}`);
  if (token.opens) add(`o ${right === ',' || right === ':' ? right : ''} ${lists}`);
  if (length < 5) add(`${followsSignOff(list, at) ? 'off' : 'on'} ${lists}`);
  if (sameLine && SALUTATION.has(before.folded)) add(`hi ${lists}`);
  if (sameLine && isTitle(before.text === '.' ? list[at - 2] : before)) add('title');
  if (before !== undefined && !sameLine) {
    // A line that runs far to the right was broken by a program; a short one was ended by its writer.
    const wrapped = before.column > 50 ? 'far' : before.column > 30 ? 'half' : 'near';
    add(`wrap ${wrapped}`);
    add(`wrap ${wrapped} ${listsOf(page, before)}|${lists}`);
    add(`wrap ${wrapped} ${nextHere ? next.folded : '$'}`);
  }
  addListed(page, at, left, right, add);
  if (sameLine) add(before.end === token.start ? 'tight' : token.apart ? 'apart' : 'spaced');
}

/** What lists and shape say of organizations and places, alone and with the words around. */
function addListed(page: Page, at: number, left: string, right: string, add: (name: string) => void): void {
  const { list } = page.tokens;
  const [token, before, next, second] = [list[at], list[at - 1], list[at + 1], list[at + 2]];
  if (token === undefined) return;
  const known = `${page.listed.marks[at] ?? 0}${endsName(token)}`;
  const beforeKnown = `${page.listed.marks[at - 1] ?? 0}${endsName(before)}`;
  const nextKnown = `${page.listed.marks[at + 1] ?? 0}${endsName(next)}`;
  const shape = shapeOf(token.text);
  const common = page.gazetteer.common.has(token.folded) || page.small.has(token.folded) ? 'c' : '-';
  const own = page.listed.domains.has(token.folded) ? 'd' : '';
  const shouted = page.listed.isShouted(token.line) ? '!' : '';
  add(`k ${known}${common}${own}${shouted}`);
  add(`k< ${known} ${left}`);
  add(`k> ${known} ${right}`);
  add(`kk ${beforeKnown}|${known}`);
  add(`kn ${known}|${nextKnown}`);
  add(`kn2 ${known}|${nextKnown}|${shapeOf(next?.text ?? '')}`);
  add(`ks ${known} ${shape}${Math.min(6, token.text.length)}${shouted}`);
  add(`s< ${shape} ${left}`);
  add(`s> ${shape} ${right}`);
  add(`s>2 ${shape} ${right} ${second?.folded ?? ''}`);
  add(`s<2 ${shape} ${list[at - 2]?.folded ?? ''} ${left}`);
  if (own !== '') add('own');
}

function followsSignOff(list: readonly Token[], at: number): boolean {
  const line = list[at]?.line ?? 0;
  for (let back = at - 1; back >= 0 && back > at - 12; back--) {
    const token = list[back];
    if (token === undefined || token.line < line - 3) return false;
    if (token.line < line && SIGN_OFF.has(token.folded)) return true;
  }
  return false;
}

/** What the lists and the header say of a word, in a few letters. */
function listsOf({ people, gazetteer, small }: Page, { folded, text }: Token): string {
  const given = gazetteer.given.get(folded) ?? '-';
  const surname = gazetteer.surnames.get(folded) ?? '-';
  const known = people.named.has(folded) ? 'h' : people.addressed.has(folded) ? 'a' : '-';
  const common = gazetteer.common.has(folded) || small.has(folded) ? 'c' : '-';
  const capital = isCapital(text) ? 'X' : 'x';
  const other = gazetteer.places.has(folded) ? 'p' : '-';
  return `${capital}${given}${surname}${known}${common}${other}`;
}

export function shapeOf(text: string): string {
  if (text === '') return '0';
  if (/^\p{Lu}\.$/u.test(text)) return 'X.';
  if (/^\p{Lu}$/u.test(text)) return 'X';
  if (/^\p{Lu}+$/u.test(text)) return 'XX';
  if (/^\p{Lu}[\p{Ll}\p{M}]+$/u.test(text)) return 'Xx';
  if (/^[\p{Ll}\p{M}]+$/u.test(text)) return 'x';
  if (/^\p{N}/u.test(text)) return '9';
  if (/^\p{L}/u.test(text)) return /['’-]/.test(text) ? "X'x" : 'xX';
  return text;
}

/** FNV-1a, folded to the number of buckets. */
function bucketOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < name.length; at++) {
    hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  }
  return ((hash >>> 15) ^ hash) & (BUCKETS - 1);
}
