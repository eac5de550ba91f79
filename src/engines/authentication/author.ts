import { domainToASCII } from 'node:url';
import { addressesOf } from '../mime/addresses.js';
import { DefectList } from '../mime/defect-list.js';
import { decodeWords } from '../mime/encoded-words.js';
import type { RawField } from '../mime/header-section.js';

/** Who the message says it is from, for DMARC: one domain (RFC 9989 5.3.1), or why there is none. */
export type Author = { domain: string; addresses: string[] } | { domain: null; missing: boolean; reason: string };

const MAX_ADDRESSES = 50;
/** Twelve thousand addresses took 400 ms to find that they are too many. */
const MAX_CHARACTERS = 16 * 1024;

/**
 * Reads the author's domain as the rest of Everpost reads the From field. What other readers may take for another
 * address is no author: a pass for it would speak for whom they show.
 */
export function authorOf(fields: readonly RawField[]): Author {
  const from = fields.filter((field) => field.key === 'from');
  const [field] = from;
  if (field === undefined) return { domain: null, missing: true, reason: 'the message has no From field' };
  if (from.length > 1) return { domain: null, missing: false, reason: `there are ${from.length} From fields` };
  if (field.bytes.length > MAX_CHARACTERS)
    return { domain: null, missing: false, reason: 'its From field is too long' };
  const unclear = whyAmbiguous(field.bytes);
  if (unclear !== null) return { domain: null, missing: false, reason: `its From field ${unclear}` };
  const addresses = addressesOf([field], 'from', undefined, new DefectList()).map(({ address }) => address);
  if (addresses.length > MAX_ADDRESSES) return { domain: null, missing: false, reason: 'it has too many authors' };
  const domains = new Set(addresses.map(domainOf));
  if (domains.size === 0) return { domain: null, missing: true, reason: 'its From field holds no address' };
  const [domain] = domains;
  if (domains.has(null))
    return { domain: null, missing: false, reason: 'its From field holds an address without domain' };
  if (domains.size > 1) return { domain: null, missing: false, reason: 'its authors have different domains' };
  return { domain: domain!, addresses };
}

/** Lower case, in ASCII, without a dot at its end; null where there is none. */
function domainOf(address: string): string | null {
  const ascii = domainToASCII(address.slice(address.lastIndexOf('@') + 1)).replace(/\.$/, '');
  return address.includes('@') && ascii !== '' && !/[\s"'<>(),;:\\@[\]]/.test(ascii) ? ascii : null;
}

/** How address lists are made that two readers read differently (RFC 5322 3.4, and what it leaves obsolete). */
function whyAmbiguous(text: string): string | null {
  const plain = withoutQuotes(text);
  if (plain === null) return 'has a quotation or a comment that does not end';
  if (plain.includes('\\')) return 'has a backslash outside of quotes';
  if (/<\s*@/.test(plain)) return 'has a source route';
  for (const element of plain.split(/[,;]/)) {
    const angle = element.split('<');
    if (angle.length > 2 || (angle.length === 2) !== (element.split('>').length === 2))
      return 'has stray angle brackets';
    if (/>[^>]*\S/.test(element)) return 'has text behind an address';
    if (
      angle.length === 1 &&
      decodeWords(element).includes('@') &&
      !/^\s*(?:[^\s:]*:)?\s*[^\s@]+@[^\s@]+\s*$/.test(element)
    ) {
      return 'has an address that is none';
    }
  }
  return null;
}

/** Quoted strings and comments taken out; null where one does not end. */
function withoutQuotes(text: string): string | null {
  let kept = '';
  let quoted = false;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!;
    if ((quoted || depth > 0) && character === '\\') i += 1;
    else if (quoted) quoted = character !== '"';
    else if (character === '(') depth += 1;
    else if (depth > 0) depth -= character === ')' ? 1 : 0;
    else if (character === '"') {
      quoted = true;
      kept += 'q';
    } else kept += character;
  }
  return quoted || depth > 0 ? null : kept;
}
