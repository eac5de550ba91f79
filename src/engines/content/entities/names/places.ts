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
  'street avenue road boulevard lane station airport hotel county prefecture river lake bridge square plaza lounge'.split(
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
/** `Springfield, IL` with its ZIP code. */
export function placesByForm(list: readonly Token[], isTaken: (at: number) => boolean): NameSpan[] {
  const { places, cities } = nameIndices();
  const found: NameSpan[] = [];
  for (let at = 0; at < list.length; at++) {
    const token = list[at];
    if (token === undefined || isTaken(at) || !/^\p{Lu}/u.test(token.text)) continue;
    const listed = places.longestAt(list, at) ?? cities.longestAt(list, at);
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
    if (token === undefined || !isCapitalised(token) || token.line !== list[at]?.line || NOT_NAMES.has(token.folded))
      return null;
    if (to > at && BUILT.has(token.folded)) {
      if (/^\p{Lu}/u.test(list[to + 1]?.text ?? '') && list[to + 1]?.line === token.line) return null;
      const isPerson = to === at + 1 && given.has(list[at]?.folded ?? '') && surnames.has(token.folded);
      if (isPerson) return null;
      return list.slice(at, to).some(({ folded }) => !common.has(folded))
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
