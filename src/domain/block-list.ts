/** A DNS block list of client addresses (RFC 5782). */
export interface BlockList {
  /** `zen.example.net`; the reversed address is put before it. */
  zone: string;
  /** Return codes that count, as patterns of the last octets: `127.0.0.2`, `127.0.0.4-7`, `127.0.0.*`. */
  codes: string[];
  /** `reject` refuses at RCPT; `mark` adds a finding. */
  action: 'reject' | 'mark';
}

export type BlockListAnswer =
  | { result: 'listed'; codes: string[] }
  | { result: 'clear' }
  /** The list does not answer this resolver: it is public, over its quota, or the query was malformed. */
  | { result: 'unusable'; reason: string };

/** Return codes by which list operators say that they did not answer (Spamhaus, SURBL, URIBL and others). */
const REFUSALS: Readonly<Record<string, string>> = {
  '127.0.0.1': 'the list does not answer this resolver',
  '127.255.255.252': 'the zone is misspelt',
  '127.255.255.254': 'the list does not answer public resolvers',
  '127.255.255.255': 'too many queries',
};

const CODE = /^127\.(?:\d{1,3}|\*)\.(?:\d{1,3}|\*)\.(?:\d{1,3}(?:-\d{1,3})?|\*)$/;

/** Whether a text is a pattern of return codes that an answer can match. */
export function isCodePattern(text: string): boolean {
  if (!CODE.test(text)) return false;
  return text.split('.').every((octet) => {
    const [least, most = least] = octet.split('-');
    return least === '*' || (Number(least) <= Number(most) && Number(most) <= 255);
  });
}

/**
 * What a list's addresses mean. Only 127.0.0.0/8 is an answer of a list (RFC 5782 2.1): a resolver that answers every
 * name with the address of a search page lists nobody.
 */
export function interpretAnswer(addresses: readonly string[], patterns: readonly string[]): BlockListAnswer {
  const refused = addresses.find((address) => REFUSALS[address] !== undefined);
  if (refused !== undefined) return { result: 'unusable', reason: REFUSALS[refused]! };
  if (addresses.some((address) => !address.startsWith('127.'))) {
    return { result: 'unusable', reason: 'the resolver answers with addresses that are none of the list' };
  }
  const codes = addresses.filter((address) => patterns.some((pattern) => matches(address, pattern)));
  return codes.length > 0 ? { result: 'listed', codes } : { result: 'clear' };
}

function matches(address: string, pattern: string): boolean {
  const wanted = pattern.split('.');
  return address.split('.').every((octet, index) => {
    const [least, most] = (wanted[index] ?? '').split('-');
    if (least === '*') return true;
    return Number(octet) >= Number(least) && Number(octet) <= Number(most ?? least);
  });
}

/** The name to look up for an address (RFC 5782 2.1, 2.4). `groups` of IPv6: 32 nibbles. */
export function queryName(octetsOrNibbles: readonly string[], zone: string): string {
  return `${octetsOrNibbles.toReversed().join('.')}.${zone}`;
}
