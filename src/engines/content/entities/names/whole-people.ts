import { NOT_NAMES } from '../name-lists.js';
import { type Gazetteer, gazetteer } from './gazetteer.js';
import type { KnownPeople } from './known-people.js';
import { endsName, LISTED_ORGANIZATION, LISTED_PLACE, type ListedWords } from './listed-words.js';
import { isCode, isTitle } from './name-features.js';
import type { NamedSpan } from './named.js';
import type { Token } from './tokens.js';

const PARTICLES = new Set('von van de der den del della di da dos du la le ten ter bin al el st'.split(' '));
const SUFFIX = /^(?:jr|sr|ii|iii|iv)$/;
/** Peoples and beliefs end so, names of people do not. */
const NO_PERSON = /(?:ians|ists|ism|ization|isation|ations?)$/;
/** Words of headings, posts and products that no name of a person has. */
const NO_PEOPLE = new Set(
  'mailer headline newsletter conference tournament golf counsel associate associates institute western eastern assessment dispatch beneficiary topic capitol conservative colleague colleagues conference summit workshop seminar meeting agenda minutes memo schedule forecast survey questionnaire invoice payment shipment contract agreement amendment settlement tariff pipeline storage nomination capacity market markets marketing trading trader analyst assistant secretary coordinator specialist consultant engineer engineering accounting finance legal regulatory government affairs public relations resources technology technologies database keyboard monitor printer driver kernel library module package release beta plugin browser toolbar homepage website weblog blog forum archive digest subscription subscriber moderator administrator webmaster postmaster firmware hardware spyware adware malware freeware shareware opensource university college academy library museum carpet linux'.split(
    ' ',
  ),
);
const MOST_WORDS = 6;

/** Completes names of people: `Ann J. [Lee]`, `W. "Bo" [Lee] Jr.`, `[Ann] van der Lee`, `Sheriff [Ann Lee]`. */
export function wholePeople(
  list: readonly Token[],
  names: readonly NamedSpan[],
  listed: ListedWords,
  isTaken: (at: number) => boolean,
): NamedSpan[] {
  const lists = gazetteer();
  const others = new Set(names.filter(({ kind }) => kind !== 'person').flatMap(({ from, to }) => range(from, to)));
  const isFree = (at: number) => !isTaken(at) && !others.has(at);
  const whole: NamedSpan[] = [];
  for (const name of [...names].sort((a, b) => a.from - b.from)) {
    if (name.kind !== 'person') {
      whole.push(name);
      continue;
    }
    const before = whole.at(-1);
    if (before?.kind === 'person' && name.from < before.to) continue;
    if (list.slice(name.from, name.to).some(({ folded }) => NO_PEOPLE.has(folded))) continue;
    if (name.to === name.from + 1 && NO_PERSON.test(list[name.from]?.folded ?? '')) continue;
    let { from, to } = afterTitle(list, name);
    while (to - from > 1 && isPostscript(list, from)) from++;
    const isSingle = to === from + 1;
    const single = list[from]?.folded ?? '';
    const isGiven = lists.given.has(single) && !lists.common.has(single);
    to = endOfName(list, to, from, isSingle && !isGiven, listed, lists, isFree);
    from = startOfName(list, from, before?.to ?? 0, listed, lists, isFree);
    whole.push({ ...name, from, to });
  }
  return whole;
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_none, at) => from + at);

/** `Iowa Commissioner Ann Lee`: the name begins after the title. */
function afterTitle(list: readonly Token[], { from, to }: NamedSpan): { from: number; to: number } {
  for (let at = to - 2; at > from; at--) if (isTitle(list[at])) return { from: at + 1, to };
  return { from, to };
}

const isInitial = (token: Token | undefined) => /^\p{Lu}\.?$/u.test(token?.text ?? '');
const isBeside = (token: Token | undefined, other: Token | undefined) =>
  token !== undefined && other !== undefined && token.line === other.line && !other.apart;

/** A capitalised word that nothing knows as anything but a name. */
function isNameWord(list: readonly Token[], at: number, { marks }: ListedWords, { common }: Gazetteer): boolean {
  const token = list[at];
  if (token === undefined || !/^\p{Lu}[\p{L}\p{M}'’-]*\p{Ll}/u.test(token.text)) return false;
  const { folded } = token;
  return (
    !common.has(folded) &&
    !NOT_NAMES.has(folded) &&
    endsName(token) === '' &&
    ((marks[at] ?? 0) & (LISTED_ORGANIZATION | LISTED_PLACE)) === 0 &&
    !isTitle(token)
  );
}

/** `P.S. Ann called`. */
const isPostscript = (list: readonly Token[], at: number) =>
  /^[PS]\.?$/.test(list[at]?.text ?? '') &&
  (list[at]?.text.startsWith('P') ? list[at + 1] : list[at - 1])?.text.charAt(0) ===
    (list[at]?.text.startsWith('P') ? 'S' : 'P');

/** `by Guy Lee`: a given name that is a word as well, within a sentence. */
function isGivenWord(list: readonly Token[], at: number, { given }: Gazetteer): boolean {
  const token = list[at];
  if (token === undefined || token.opens || /^[.!?:"]$/.test(list[at - 1]?.text ?? '')) return false;
  return given.has(token.folded) && /^\p{Lu}\p{Ll}+$/u.test(token.text) && !NOT_NAMES.has(token.folded);
}

function endOfName(
  list: readonly Token[],
  end: number,
  from: number,
  needsMiddle: boolean,
  listed: ListedWords,
  lists: Gazetteer,
  isFree: (at: number) => boolean,
): number {
  let to = end;
  let hasMiddle = false;
  while (to - from < MOST_WORDS && isBeside(list[to - 1], list[to]) && isFree(to)) {
    const token = list[to];
    if (isInitial(token) && isBeside(token, list[to + 1])) {
      const dotted = list[to + 1]?.text === '.' && list[to + 1]?.start === token?.end;
      to += dotted ? 2 : 1;
    } else if (isNickname(list, to)) to += 3;
    else if (PARTICLES.has(token?.folded ?? '') && /^\p{Lu}|^\p{Ll}{2,3}$/u.test(list[to + 1]?.text ?? '')) to++;
    else break;
    hasMiddle = true;
  }
  const isOne = end === from + 1;
  const isMore = hasMiddle ? !(isOne && needsMiddle && !isInitial(list[from]) && to - end < 2) : isOne && !needsMiddle;
  const next = list[to];
  const isName = isBeside(list[to - 1], next) && isFree(to) && isNameWord(list, to, listed, lists);
  if (!isName || !isMore) return withSuffix(list, end);
  // More capitals after it make it a heading or the name of something else.
  const after = list[to + 1];
  const goesOn = !hasMiddle && isBeside(next, after) && /^\p{Lu}\p{Ll}/u.test(after?.text ?? '');
  return goesOn ? end : withSuffix(list, to + 1);
}

function isNickname(list: readonly Token[], at: number): boolean {
  const [open, word, close] = [list[at]?.text ?? '', list[at + 1], list[at + 2]?.text ?? ''];
  return /^["“(']$/.test(open) && /^["”)']$/.test(close) && (open === '(') === (close === ')')
    ? /^\p{Lu}\p{Ll}+$/u.test(word?.text ?? '') && open !== '('
    : false;
}

function withSuffix(list: readonly Token[], end: number): number {
  const at = list[end]?.text === ',' ? end + 1 : end;
  const suffix = list[at];
  if (suffix === undefined || !SUFFIX.test(suffix.folded.replace('.', '')) || suffix.line !== list[end - 1]?.line)
    return end;
  const dot = list[at + 1];
  return dot?.text === '.' && dot.start === suffix.end && /^[js]r$/.test(suffix.folded) ? at + 2 : at + 1;
}

function startOfName(
  list: readonly Token[],
  start: number,
  least: number,
  listed: ListedWords,
  lists: Gazetteer,
  isFree: (at: number) => boolean,
): number {
  let from = start;
  while (from > least && isBeside(list[from - 1], list[from]) && isFree(from - 1)) {
    if (isInitial(list[from - 1]) && !isPostscript(list, from - 1)) from--;
    else if (from - 3 >= least && isNickname(list, from - 3)) from -= 3;
    else break;
  }
  const given = list[from - 1];
  const isGiven =
    given !== undefined &&
    from > least &&
    isBeside(given, list[from]) &&
    isFree(from - 1) &&
    !isTitle(given) &&
    (isNameWord(list, from - 1, listed, lists)
      ? lists.given.has(given.folded) ||
        (!given.opens && start === from && lists.surnames.has(list[from]?.folded ?? ''))
      : isGivenWord(list, from - 1, lists));
  if (isGiven) return from - 1;
  // `A [Lee]` is an article; an initial with its dot is none.
  return from < start && /^\p{Lu}$/u.test(list[from]?.text ?? '') && list[from + 1]?.text !== '.' ? start : from;
}

/** Names where a form of its own tells: `Ann> quoted`, `[Ann Lee]` alone on its line, initials as the last word. */
export function peopleByForm(
  list: readonly Token[],
  people: KnownPeople,
  isBusy: (at: number) => boolean,
): NamedSpan[] {
  const { common, given, surnames, places } = gazetteer();
  const found: NamedSpan[] = [];
  const note = (from: number, to: number, probability: number) => found.push({ kind: 'person', from, to, probability });
  for (let at = 0; at < list.length; at++) {
    const token = list[at];
    if (token === undefined || isBusy(at) || isCode(list, at)) continue;
    const next = list[at + 1];
    if (token.opens && next?.text === '>' && next.start === token.end && /^\p{Lu}\p{Ll}+$/u.test(token.text))
      note(at, at + 1, 0.8);
    else if (token.text === '[' && token.opens) {
      const close =
        [at + 2, at + 3].find((index) => list[index]?.text === ']' && list[index]?.line === token.line) ?? at + 1;
      const inside = list.slice(at + 1, close);
      const isName =
        list[close]?.text === ']' &&
        list[close].closes &&
        (inside.length === 2 || (inside.length === 1 && given.has(inside[0]?.folded ?? ''))) &&
        inside.every(({ text, folded }) => /^\p{Lu}\p{Ll}+$/u.test(text) && !common.has(folded));
      if (isName) note(at + 1, close, 0.7);
    } else if (
      (given.get(token.folded) ?? 9) < 3 &&
      /^\p{Lu}\p{Ll}+$/u.test(token.text) &&
      !common.has(token.folded) &&
      !places.has(token.folded) &&
      surnames.has(next?.folded ?? '') &&
      /^\p{Lu}\p{Ll}+$/u.test(next?.text ?? '') &&
      next?.line === token.line &&
      !isBusy(at + 1) &&
      !(list[at + 2]?.line === token.line && /^\p{Lu}/u.test(list[at + 2]?.text ?? ''))
    )
      note(at, at + 2, 0.6);
    else if (
      /^\p{Lu}\p{Ll}+$/u.test(token.text) &&
      !common.has(token.folded) &&
      (!/^\p{Lu}/u.test(next?.text ?? '') || isInitial(next)) &&
      (people.named.has(token.folded) ||
        (people.addressed.has(token.folded) && given.has(token.folded)) ||
        (given.get(token.folded) === 1 && !places.has(token.folded) && !NOT_NAMES.has(token.folded))) &&
      !/^\p{Lu}/u.test((list[at - 1]?.line === token.line ? list[at - 1]?.text : '') ?? '')
    )
      note(at, at + 1, 0.6);
  }
  return found;
}
