import { parse } from 'tldts';

/** What a mail program would make a link of, wherever a text comes from. */
const WITH_SCHEME = /(?<![\p{L}\d])[a-z][a-z\d+.-]{1,20}:(?:\/\/|\\\\)[^\s<>"'“”«»]{0,2048}/giu;
const OTHER_SCHEME =
  /(?<![\p{L}\d])(?:mailto|tel|sms|data|javascript|vbscript|file|cid|magnet|skype|callto|xmpp|sip|bitcoin|intent|about|blob|view-source):[^\s<>"'“”«»]{1,2048}/giu;
const UNC = /(?<![\p{L}\d\\])\\\\[\p{L}\d._$-]{1,255}\\[^\s<>"']{0,500}/giu;
const ADDRESS =
  /(?<![\p{L}\p{N}.!#$%&*+/=?^_{|}~-])[\p{L}\p{N}.!#$%&*+/=?^_{|}~-]{1,64}@(?:[\p{L}\p{N}-]{1,63}\.){1,8}[\p{L}\p{N}-]{2,63}/giu;
/** A host without a scheme, with path where it has one: mail programs link those too. */
const BARE =
  /(?<![\p{L}\p{N}.@/:-])(?:[\p{L}\p{N}_-]{1,63}\.){1,8}[\p{L}\p{N}-]{1,63}(?::\d{1,5})?(?:[/?#][^\s<>"'“”«»]{0,2048})?/giu;
const END = /[.,;:!?)\]}'"’”»*_~…]+$/u;

/** Where a text refers to something outside of it. */
export interface Reference {
  from: number;
  to: number;
  kind: 'link' | 'address';
  /** By which two references are the same. */
  key: string;
}

/** Links and addresses in a text, in its order, also such as only some programs take for links. */
export function referencesIn(text: string): Reference[] {
  const plain = text
    .replace(/[\u3002\uff0e\uff61]/g, '.')
    .replace(/[＠]/g, '@')
    .replace(/：/g, ':')
    .replace(/／/g, '/');
  const found: Reference[] = [];
  const note = (pattern: RegExp, kind: Reference['kind']) => {
    for (const match of plain.matchAll(pattern)) {
      const written = match[0].replace(END, '');
      const to = match.index + written.length;
      if (written === '' || found.some((other) => match.index < other.to && to > other.from)) continue;
      if (pattern === BARE && !isHost(written)) continue;
      found.push({ from: match.index, to, kind, key: keyOf(written) });
    }
  };
  note(WITH_SCHEME, 'link');
  note(OTHER_SCHEME, 'link');
  note(UNC, 'link');
  note(ADDRESS, 'address');
  note(BARE, 'link');
  return found.sort((one, other) => one.from - other.from);
}

function isHost(written: string): boolean {
  const { isIcann, isIp, domain } = parse(written);
  return isIp === true || (isIcann === true && domain !== null);
}

/** Case counts behind the host alone. */
export function keyOf(written: string): string {
  const trimmed = written.replace(END, '').replace(/^(?:https?:\/\/|mailto:)/i, '');
  const edge = trimmed.search(/[/?#]/);
  if (edge === -1) return trimmed.toLowerCase();
  return (trimmed.slice(0, edge).toLowerCase() + trimmed.slice(edge)).replace(/\/$/, '');
}
