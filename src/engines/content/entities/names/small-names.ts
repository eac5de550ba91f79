import { gazetteer } from './gazetteer.js';
import { type ListedWords, nameIndices } from './listed-words.js';
import type { NamedSpan } from './named.js';
import { PRODUCT_NAMES } from './organization-names.js';
import type { Token } from './tokens.js';

const BEFORE_PLACE = new Set('in from to near'.split(' '));
const SHORTEST = 5;
/** Organizations that are no words. */
const SMALL = new Set(
  'yahoo google microsoft amazon netscape paypal nvidia cisco nokia verizon facebook twitter linkedin netflix ericsson motorola siemens toshiba samsung volkswagen reuters lufthansa enron worldcom slashdot sourceforge compaq earthlink comcast instagram youtube github gitlab'.split(
    ' ',
  ),
);

/**
 * Organizations that the message is from or to by their domain, and names in small letters, as quick mail writes them:
 * `in paris`, `my yahoo account`.
 */
export function smallNames(
  list: readonly Token[],
  { domains }: ListedWords,
  isBusy: (at: number) => boolean,
): NamedSpan[] {
  const { places, cities } = nameIndices();
  const { common, given, surnames } = gazetteer();
  return list.flatMap((token, at): NamedSpan[] => {
    const { text, folded } = token;
    const isOwn = domains.has(folded);
    if (isBusy(at) || (!isOwn && (text.length < SHORTEST || !/^\p{Ll}+$/u.test(text)))) return [];
    if (
      PRODUCT_NAMES.has(folded) ||
      common.has(folded) ||
      given.has(folded) ||
      (surnames.get(folded) ?? 9) < 3 ||
      isInCode(list, at)
    )
      return [];
    const isPlace = BEFORE_PLACE.has(list[at - 1]?.folded ?? '');
    if (isPlace && (places.longestAt(list, at) ?? cities.longestAt(list, at)) === at + 1)
      return [{ kind: 'place', from: at, to: at + 1, probability: 0.7 }];
    if (isOwn || SMALL.has(folded)) return [{ kind: 'organization', from: at, to: at + 1, probability: 0.55 }];
    return [];
  });
}

/** Written against another mark, as parts of names of files and programs are. */
function isInCode(list: readonly Token[], at: number): boolean {
  const [before, token, next] = [list[at - 1], list[at], list[at + 1]];
  const isMark = (mark: Token | undefined) => mark !== undefined && /^[-_./\\@:=~]$/.test(mark.text);
  if (isMark(before) && before?.end === token?.start) return true;
  const after = list[at + 2];
  return isMark(next) && next?.start === token?.end && after?.start === next?.end;
}
