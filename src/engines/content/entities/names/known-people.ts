import type { Address } from '../../../../domain/parsed-message.js';
import { fold } from '../../../language/phrases.js';

/** What the header fields of a message tell of names: who is named there is named in the text. */
export interface KnownPeople {
  /** Folded words of display names. */
  named: ReadonlySet<string>;
  /** Folded parts of local parts of addresses: `ann.lee@`. */
  addressed: ReadonlySet<string>;
}

const MOST_ADDRESSES = 100;
const WORD = /^\p{L}[\p{L}\p{M}'’.-]+$/u;
const NOT_PEOPLE =
  /(?:team|list|support|service|info|news|admin|sales|office|department|group|inc|gmbh|ltd|llc|corp)$/i;

/** Names of the people a message is from and to. */
export function knownPeople(addresses: readonly Pick<Address, 'name' | 'address'>[]): KnownPeople {
  const named = new Set<string>();
  const addressed = new Set<string>();
  for (const { name, address } of addresses.slice(0, MOST_ADDRESSES)) {
    const words = name
      .slice(0, 80)
      .split(/[\s,]+/)
      .filter((word) => WORD.test(word));
    if (words.length > 0 && words.length < 5 && !words.some((word) => NOT_PEOPLE.test(word))) {
      for (const word of words) named.add(fold(word));
    }
    const local = address.slice(0, Math.max(0, address.lastIndexOf('@'))).slice(0, 64);
    for (const part of local.split(/[^\p{L}]+/u)) if (part.length > 2) addressed.add(fold(part));
  }
  return { named, addressed };
}
