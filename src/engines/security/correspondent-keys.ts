import { getDomainWithoutSuffix } from 'tldts';
import type { CorrespondentKeys } from '../../domain/correspondent.js';
import type { Address } from '../../domain/parsed-message.js';
import { registrable } from './hosting.js';
import { unicodeHost } from './idn-policy.js';
import { skeleton } from './skeleton.js';
import { hostOfAddress } from './sender-findings.js';

const MAX_TEXT = 300;
/** Below this a letter left out leaves too little: `ab.de` is next to every other. */
const LEAST_WITH_GAPS = 5;

/** By what a sender's correspondents are found; null where the address has no domain. */
export function correspondentKeys({ address, name }: Address): CorrespondentKeys | null {
  const host = hostOfAddress(address);
  if (!address.includes('@') || host === '') return null;
  const domain = registrable(host).slice(0, MAX_TEXT);
  return {
    address: storable(address.toLowerCase()),
    name: storable(name),
    nameKey: nameKey(name),
    domain: storable(domain),
    domainKeys: domainKeys(domain),
  };
}

/** The words of a name in the letters that a reader takes them for, in no order; empty for fewer than two words. */
export function nameKey(name: string): string {
  const words = name
    .slice(0, MAX_TEXT)
    .split(/[^\p{L}\p{M}\p{N}'’]+/u)
    .map((word) => skeleton(word).replace(/[^\p{L}\p{N}]/gu, ''))
    .filter((word) => word.length >= 2);
  return words.length < 2 ? '' : words.toSorted().join(' ');
}

function domainKeys(domain: string): string[] {
  const key = storable(skeleton(unicodeHost(getDomainWithoutSuffix(domain) ?? domain))).slice(0, 63);
  if (key.length < LEAST_WITH_GAPS) return [key];
  const letters = Array.from(key);
  return [...new Set([key, ...letters.map((_, gap) => letters.toSpliced(gap, 1).join(''))])];
}

function storable(text: string): string {
  return text.replaceAll('\0', '').slice(0, MAX_TEXT);
}
