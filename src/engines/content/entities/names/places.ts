import { NOT_NAMES } from '../name-lists.js';
import { gazetteer } from './gazetteer.js';
import { nameIndices } from './listed-words.js';
import type { Token } from './tokens.js';

/** Tokens [from, to) that name something. */
export interface NameSpan {
  from: number;
  to: number;
  probability: number;
}

/** Ends of names of places that seldom end others. */
const BUILT = new Set(
  'street avenue road boulevard lane station airport hotel inn motel county prefecture river lake bridge square plaza lounge bar pub grill restaurant cafe theater theatre stadium arena museum tower towers mall building coast basin peninsula canyon'.split(
    ' ',
  ),
);
export const DIRECTION =
  /^(?:(?:north|south|east|west|central)(?:ern)?|(?:north|south)(?:east|west)(?:ern)?|upper|lower|mid)$/;
const STATES = new Set(
  'AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY DC ON QC BC AB'.split(
    ' ',
  ),
);
const ROOM = new Set('location office room'.split(' '));
const BEFORE_ROOM = new Set('in at to location office room from - ('.split(' '));
const BUILDINGS = new Set('center centre hall building plaza tower house square'.split(' '));
/** States whose abbreviations are few other things. */
const ALONE = new Set('CA NY TX DC NM NJ CT FL WA NC IL GA AZ NV KY TN WI MN KS NH UT NYC LA SF'.split(' '));
const BEFORE_STATE = new Set('in from into around near to across throughout outside'.split(' '));
const AFTER_STATE = new Set(
  'legislature legislators utilities office consumers market markets governor senate assembly colleagues'.split(' '),
);
const GULFS = new Set('gulf bay isthmus strait straits isle republic kingdom sea cape'.split(' '));

/** `Springfield, IL` with its ZIP code. */
export function placesByForm(list: readonly Token[], isTaken: (at: number) => boolean): NameSpan[] {
  const { places, cities } = nameIndices();
  const found: NameSpan[] = [];
  for (let at = 0; at < list.length; at++) {
    const token = list[at];
    if (token === undefined || isTaken(at) || !/^[\p{Lu}\d]/u.test(token.text)) continue;
    if (/^\d/.test(token.text)) {
      const numbered = numberedBuilding(list, at);
      if (numbered === null) continue;
      found.push(numbered);
      at = numbered.to - 1;
      continue;
    }
    const listed = places.longestAt(list, at) ?? cities.longestAt(list, at);
    if (isInName(list, at)) continue;
    const room = roomCode(list, at) ?? numberedBuilding(list, at);
    if (room !== null) {
      found.push(room);
      at = room.to - 1;
      continue;
    }
    const state = stateAlone(list, at);
    if (state !== null) {
      found.push(state);
      continue;
    }
    const named = gulf(list, at);
    if (named !== null) {
      found.push(named);
      at = named.to - 1;
      continue;
    }
    const directed = directedPlace(list, at);
    if (directed !== null) {
      found.push(directed);
      at = directed.to - 1;
      continue;
    }
    const built = endedPlace(list, at);
    if (built !== null && listed === null) {
      found.push(built);
      at = built.to - 1;
      continue;
    }
    const to = stateAfter(list, listed ?? at + 1);
    if (to === null || (listed === null && !isCapitalised(token))) continue;
    found.push({ from: at, to, probability: listed === null ? 0.8 : 0.95 });
    at = to - 1;
  }
  return found;
}

/** `University of North Dakota` is one name. */
function isInName(list: readonly Token[], at: number): boolean {
  return list[at - 1]?.folded === 'of' && /^(?:university|college|bank|institute)$/.test(list[at - 2]?.folded ?? '');
}

/** `in CA`, `the DC office`. */
function stateAlone(list: readonly Token[], at: number): NameSpan | null {
  const [before, token, next] = [list[at - 1], list[at], list[at + 1]];
  if (
    token === undefined ||
    !ALONE.has(token.text) ||
    before?.line !== token.line ||
    (next?.start === token.end && /^[-_/\d]$/.test(next.text))
  )
    return null;
  if (before.end === token.start || !(BEFORE_STATE.has(before.folded) || AFTER_STATE.has(next?.folded ?? '')))
    return null;
  return { from: at, to: at + 1, probability: 0.7 };
}

/** `EB3321`, `Location: EB 4712C`: a building and its room. */
function roomCode(list: readonly Token[], at: number): NameSpan | null {
  const [before, building, room, after] = [list[at - 1], list[at], list[at + 1], list[at + 2]];
  if (building === undefined || room === undefined || !/^\p{Lu}{2}$/u.test(building.text) || !/^\d{4}$/.test(room.text))
    return null;
  const isTight = building.end === room.start;
  const cue = before?.text === ':' ? list[at - 2] : before;
  if (!(isTight ? BEFORE_ROOM : ROOM).has(cue?.folded ?? '') || room.line !== building.line) return null;
  const hasLetter = after?.start === room.end && /^\p{Lu}$/u.test(after.text);
  return { from: at, to: hasLetter ? at + 3 : at + 2, probability: 0.75 };
}

/** `408 Elm Center`, `Three Elm Plaza`, `Room 3312`. */
function numberedBuilding(list: readonly Token[], at: number): NameSpan | null {
  const token = list[at];
  if (token === undefined || !/^(?:\d{1,5}|One|Two|Three|Four|Five|Six)$/.test(token.text)) return null;
  for (let to = at + 1; to < at + 5; to++) {
    const word = list[to];
    if (!isCapitalised(word) || word?.line !== token.line || word.apart) return null;
    const goesOn = isCapitalised(list[to + 1]) && list[to + 1]?.line === token.line;
    if (to > at + 1 && BUILDINGS.has(word.folded) && !goesOn) return { from: at, to: to + 1, probability: 0.8 };
  }
  return null;
}

/** `Gulf of Mexico`, `Isthmus of Panama`. */
function gulf(list: readonly Token[], at: number): NameSpan | null {
  if (!GULFS.has(list[at]?.folded ?? '') || list[at + 1]?.folded !== 'of' || !isCapitalised(list[at + 2])) return null;
  const { places, cities } = nameIndices();
  return {
    from: at,
    to: places.longestAt(list, at + 2) ?? cities.longestAt(list, at + 2) ?? at + 3,
    probability: 0.85,
  };
}

/** `Northern Italy`, `West Texas`; not where more of a name follows. */
function directedPlace(list: readonly Token[], at: number): NameSpan | null {
  const { places, cities } = nameIndices();
  const [token, next] = [list[at], list[at + 1]];
  if (!DIRECTION.test(token?.folded ?? '') || !isCapitalised(next)) return null;
  const to = places.longestAt(list, at + 1) ?? cities.longestAt(list, at + 1);
  if (to === null || (/^\p{Lu}/u.test(list[to]?.text ?? '') && list[to]?.line === token?.line)) return null;
  return { from: at, to: stateAfter(list, to) ?? to, probability: 0.85 };
}

/** `Elm Street`, `Union Station`: up to three words that are no common ones before what ends a place. */
function endedPlace(list: readonly Token[], at: number): NameSpan | null {
  const { common, given, surnames } = gazetteer();
  for (let to = at; to < at + 4; to++) {
    const token = list[to];
    const isEnd = to > at && BUILT.has(token?.folded ?? '');
    // `Elm House Office building`, `DNA Lounge`.
    const isWord =
      isCapitalised(token) ||
      (to === at && /^\p{Lu}{2,5}$/u.test(token?.text ?? '')) ||
      (isEnd && token?.text === 'building');
    const isName = !NOT_NAMES.has(token?.folded ?? '') || (to > at && list[to + 1]?.folded === 'building');
    if (token === undefined || !isWord || !isName || token.line !== list[at]?.line) return null;
    if (isEnd) {
      const isMore = /^\p{Lu}/u.test(list[to + 1]?.text ?? '') && list[to + 1]?.line === token.line;
      if (isMore && !BUILT.has(list[to + 1]?.folded ?? '')) return null;
      const isPerson = to === at + 1 && given.has(list[at]?.folded ?? '') && surnames.has(token.folded);
      if (isPerson) return null;
      // `Stanford Inn Hotel`.
      if (BUILT.has(list[to + 1]?.folded ?? '') && isCapitalised(list[to + 1])) continue;
      return list.slice(at, to).some(({ folded }) => !common.has(folded) && !BUILT.has(folded))
        ? { from: at, to: to + 1, probability: 0.72 }
        : null;
    }
  }
  return null;
}

const isCapitalised = (token: Token | undefined) => /^\p{Lu}\p{Ll}+$/u.test(token?.text ?? '');

/** After `, TX`; null where there is none. */
function stateAfter(list: readonly Token[], at: number): number | null {
  const state = list[at + 1];
  if (list[at]?.text !== ',' || state === undefined || !STATES.has(state.text) || state.line !== list[at]?.line)
    return null;
  return /^\d{5}$/.test(list[at + 2]?.text ?? '') ? zipEnd(list, at + 3) : at + 2;
}

/** After the four more digits of a ZIP code, where it has them. */
function zipEnd(list: readonly Token[], at: number): number {
  return list[at]?.text === '-' && /^\d{4}$/.test(list[at + 1]?.text ?? '') ? at + 2 : at;
}
