import type { Address } from '../../../../domain/parsed-message.js';
import { fold } from '../../../language/phrases.js';
import type { NamedSpan } from './named.js';
import type { Token } from './tokens.js';

/** How the writer signs at the end: by a part of his own name, its initials or his own mark (`al`, `j.`, `kre`). */
export function signedIn(
  list: readonly Token[],
  sender: Pick<Address, 'name' | 'address'> | undefined,
  isBusy: (at: number) => boolean,
): NamedSpan[] {
  const last = list.at(-1);
  if (sender === undefined || last === undefined) return [];
  const letters = list.filter(({ line, text }) => line === last.line && /^\p{L}/u.test(text));
  const [word] = letters;
  if (letters.length !== 1 || word === undefined) return [];
  const at = list.indexOf(word, Math.max(0, list.length - 12));
  if (at === -1 || isBusy(at) || !isSignature(word.folded.replace('.', ''), sender)) return [];
  const withDot = list[at + 1]?.text === '.' && word.text.length === 1 && list[at + 1]?.start === word.end;
  return [{ kind: 'person', from: at, to: withDot ? at + 2 : at + 1, probability: 0.75 }];
}

const INITIALS = /^\p{Lu}{2,3}$/u;
const CLOSINGS = new Set('thanks thank thx regards cheers best sincerely later'.split(' '));
const NO_INITIALS = new Set('PS FYI USA UK EOF EOM OK THE END AND NOT'.split(' '));

/** Initials as the last word: of their line alone, or behind the thanks. */
export function initialsAtEnd(list: readonly Token[], isBusy: (at: number) => boolean): NamedSpan[] {
  const last = list.length - 1;
  const token = list[last];
  if (token === undefined || !INITIALS.test(token.text) || NO_INITIALS.has(token.text) || isBusy(last)) return [];
  const [second, before] = [list[last - 2], list[last - 1]];
  const closes = [second, before].some((word) => CLOSINGS.has(word?.folded ?? ''));
  return token.opens || closes ? [{ kind: 'person', from: last, to: last + 1, probability: 0.7 }] : [];
}

function isSignature(word: string, { name, address }: Pick<Address, 'name' | 'address'>): boolean {
  const local = fold(address.slice(0, Math.max(0, address.lastIndexOf('@'))).slice(0, 64));
  const words = fold(name.slice(0, 80))
    .split(/[^\p{L}]+/u)
    .filter((part) => part !== '');
  const initials = words.map((part) => part.charAt(0)).join('');
  return (
    word === local ||
    (word.length > 1 && word === initials) ||
    words.some((part) => part.startsWith(word)) ||
    local.split(/[^\p{L}]+/u).some((part) => part.startsWith(word))
  );
}
