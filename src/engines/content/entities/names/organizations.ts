import { NOT_NAMES, ORGANIZATION_BEGINNINGS, ORGANIZATION_ENDINGS } from '../name-lists.js';
import { gazetteer } from './gazetteer.js';
import { DEPARTMENTS } from './listed-words.js';
import type { NameSpan } from './places.js';
import type { Token } from './tokens.js';

const LONGEST = 7;
const JOINS = new Set(['of', '&', 'and', 'for', 'de', 'der', 'des', 'du', 'und', 'fur', 'et', 'y', 'the']);
/** Ends that are of the law; others are words that only sometimes end a name. */
const LEGAL = new Set(
  'inc incorporated ltd limited llc llp plc corp corporation company co gmbh ag kg sa sarl srl bv nv oy ab spa'.split(
    ' ',
  ),
);
/** Endings that as often end no name. */
const WEAK_ENDINGS = new Set(
  'group team bank energy network desk board office society systems division partners times press solutions'.split(' '),
);
/** Words in a line of capitals that the name begins after. */
const CUTS = new Set('from by at with to in'.split(' '));
const JOINED_WORDS = new Set(
  'P&L R&D Q&A M&A O&M T&D B&B D&D R&B A&E G&A E&P W&D H&S S&H F&B B&W C&P C&I C&D P&S S&D L&H'.split(' '),
);
const COMMITTEES = new Set('committee subcommittee commission'.split(' '));
const FORCES = new Set(
  'army,navy,marines,senate,congress,treasury,air force,marine corps,coast guard,supreme court,postal service,secret service,justice department,state department,national guard'.split(
    ',',
  ),
);
const CHAMBERS = new Set(['house', 'senate', 'congress']);
const BEFORE_CHAMBER = new Set('the in both of two among us and or only other individual state many'.split(' '));
const AFTER_CHAMBER = new Set(
  'republicans democrats committee committees members leadership staff bill hearing hearings vote floor'.split(' '),
);
const MAIL_HOSTS = new Set(
  'gmail yahoo hotmail aol outlook msn gmx web mail icloud live googlemail protonmail earthlink excite netscape mindspring localhost example'.split(
    ' ',
  ),
);

/** Labels of the domains that the message is from and to: `acme` of `ann@mail.acme.co.uk`. */
export function organizationsOfDomains(addresses: readonly { address: string }[]): Set<string> {
  const names = new Set<string>();
  for (const { address } of addresses.slice(0, 100)) {
    const labels = address
      .slice(address.lastIndexOf('@') + 1)
      .toLowerCase()
      .split('.');
    const name = labels.findLast(
      (label, at) => label.length > 3 && at < labels.length - 1 && !/^(?:com|org|net|gov|edu)$/.test(label),
    );
    if (name !== undefined && !MAIL_HOSTS.has(name)) names.add(name);
  }
  return names;
}

/** Organizations by how they end or begin. */
export function organizationsByForm(list: readonly Token[], isTaken: (at: number) => boolean): NameSpan[] {
  const found: NameSpan[] = [];
  for (let at = 0; at < list.length; at++) {
    const token = list[at];
    if (token === undefined || isTaken(at) || !isName(token) || token.folded === 'the') continue;
    const run = runFrom(list, at, isTaken);
    const span =
      initialsJoined(list, at) ??
      committeeOn(list, at, isTaken) ??
      ended(list, at, run) ??
      started(list, at, run) ??
      force(list, at) ??
      chamber(list, at);
    if (span === null) continue;
    found.push(span);
    at = span.to - 1;
  }
  return found;
}

const isName = ({ text }: Token) => /^\p{Lu}/u.test(text);

/** The token after the stretch of capitalised words that starts here. */
function runFrom(list: readonly Token[], at: number, isTaken: (at: number) => boolean): number {
  let to = at + 1;
  while (to < list.length && to - at < LONGEST) {
    const [before, token, next] = [list[to - 1], list[to], list[to + 1]];
    if (token === undefined || before === undefined || token.apart || token.line > before.line + 1 || isTaken(to))
      break;
    if (token.line > before.line && before.column < 35) break;
    const joins =
      (JOINS.has(token.folded) || (token.text === ',' && LEGAL.has(next?.folded ?? ''))) &&
      next !== undefined &&
      isName(next);
    if (!isName(token) && !joins) break;
    to += joins && !isName(token) ? 2 : 1;
  }
  return Math.min(to, list.length);
}

function ended(list: readonly Token[], at: number, run: number): NameSpan | null {
  for (let to = run; to > at + 1; to--) {
    const last = (list[to - 1]?.folded ?? '').replaceAll('.', '');
    if (!LEGAL.has(last) && !ORGANIZATION_ENDINGS.has(last) && !DEPARTMENTS.has(last)) continue;
    const from = firstOf(list, at, to);
    if (from >= to - 1 || isPlain(list, from, to)) return null;
    const withDot = LEGAL.has(last) && list[to]?.text === '.' && list[to]?.start === list[to - 1]?.end ? to + 1 : to;
    return { from, to: withDot, probability: LEGAL.has(last) ? 0.95 : 0.71 };
  }
  return null;
}

/** `Name of Bank`, `Peer Group`: words of which nothing is a name. */
function isPlain(list: readonly Token[], from: number, to: number): boolean {
  const last = list[to - 1]?.folded ?? '';
  const before = list[to - 2]?.folded ?? '';
  if (LEGAL.has(last)) return false;
  if (JOINS.has(before)) return !ORGANIZATION_BEGINNINGS.has(list[from]?.folded ?? '');
  if (!WEAK_ENDINGS.has(last)) return false;
  const { common } = gazetteer();
  return list.slice(from, to - 1).every(({ folded }) => common.has(folded) || JOINS.has(folded));
}

/** Words that only begin the sentence are no part of the name. */
function firstOf(list: readonly Token[], at: number, to: number): number {
  let from = at;
  for (let inside = at; inside < to - 2; inside++) {
    const word = list[inside]?.folded ?? '';
    const isSecond = word === 'and' && inside > at && /^\p{Lu}{2,}$/u.test(list[inside - 1]?.text ?? '');
    if (CUTS.has(word) || isSecond) from = inside + 1;
  }
  while (from < to && (NOT_NAMES.has(list[from]?.folded ?? '') || JOINS.has(list[from]?.folded ?? ''))) from++;
  return from;
}

/** `V&E`; not `P&L` or `Q&A`. */
function initialsJoined(list: readonly Token[], at: number): NameSpan | null {
  const [one, sign, two] = [list[at], list[at + 1], list[at + 2]];
  if (one === undefined || two === undefined || sign?.text !== '&' || sign.start !== one.end || two.start !== sign.end)
    return null;
  const [left, right] = [one.text, two.text.replace('.', '')];
  if (!/^\p{Lu}{1,3}$/u.test(left) || !/^\p{Lu}{1,3}$/u.test(right) || JOINED_WORDS.has(`${left}&${right}`))
    return null;
  return { from: at, to: at + 3, probability: 0.75 };
}

/** `House Committee on Energy and Commerce`: all capitals after `on`, with what joins them. */
function committeeOn(list: readonly Token[], at: number, isTaken: (at: number) => boolean): NameSpan | null {
  const head = CHAMBERS.has(list[at]?.folded ?? '') || list[at]?.folded === 'select' ? at + 1 : at;
  if (!COMMITTEES.has(list[head]?.folded ?? '') || !/^(?:on|for|of)$/.test(list[head + 1]?.folded ?? '')) return null;
  let to = head + 2;
  if (list[to]?.folded === 'the') to++;
  const first = to;
  while (to < list.length && to - at < 14 && !isTaken(to)) {
    const [token, next, second] = [list[to], list[to + 1], list[to + 2]];
    if (token === undefined) break;
    const isJoint = /^(?:and|&|,|of|the|for)$/.test(token.folded);
    // A comma joins only where `and` and a last capital follow: `Science, Space and Technology`.
    const closes =
      token.text === ',' && !(next !== undefined && isName(next) && /^(?:and|&|,)$/.test(second?.folded ?? ''));
    if (!isName(token) && (!isJoint || closes || next === undefined || !(isName(next) || next.folded === 'and'))) break;
    to++;
  }
  return to === first ? null : { from: at, to, probability: 0.9 };
}

/** `US Army`, `U.S. Supreme Court`, `the Air Force`. */
function force(list: readonly Token[], at: number): NameSpan | null {
  const isDotted = list[at]?.text === 'U.' && list[at + 1]?.text === 'S.';
  const isNation =
    isDotted || /^(?:US|UK|British|American|Israeli|French|Russian|Indian|Canadian)$/.test(list[at]?.text ?? '');
  const from = isDotted ? at + 2 : isNation ? at + 1 : at;
  const [one, two] = [list[from], list[from + 1]];
  if (one === undefined || !/^\p{Lu}\p{Ll}/u.test(one.text)) return null;
  const isTwo = two !== undefined && /^\p{Lu}/u.test(two.text) && FORCES.has(`${one.folded} ${two.folded}`);
  if (!isTwo && !(isNation && FORCES.has(one.folded))) return null;
  // `American Army` is told by an adjective, which is none of the name.
  const start = isDotted || /^(?:US|UK)$/.test(list[at]?.text ?? '') ? at : isNation ? from : at;
  return { from: start, to: from + (isTwo ? 2 : 1), probability: 0.85 };
}

/** `the House`, `Senate Republicans`. */
function chamber(list: readonly Token[], at: number): NameSpan | null {
  const [before, token, next] = [list[at - 1], list[at], list[at + 1]];
  if (token === undefined || !CHAMBERS.has(token.folded) || !/^\p{Lu}\p{Ll}/u.test(token.text)) return null;
  const told =
    token.folded === 'congress' ||
    AFTER_CHAMBER.has(next?.folded ?? '') ||
    (BEFORE_CHAMBER.has(before?.folded ?? '') && !(next !== undefined && isName(next) && next.line === token.line));
  return told ? { from: at, to: at + 1, probability: 0.9 } : null;
}

function started(list: readonly Token[], at: number, run: number): NameSpan | null {
  if (run - at < 3 || !ORGANIZATION_BEGINNINGS.has(list[at]?.folded ?? '') || !JOINS.has(list[at + 1]?.folded ?? ''))
    return null;
  return { from: at, to: run, probability: 0.8 };
}
