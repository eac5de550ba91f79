import { isDomainName } from './mailbox.js';
import type { Problem } from './problem.js';

export const LISTS = ['allow', 'deny'] as const;
export type List = (typeof LISTS)[number];

export const LIST_SUBJECTS = ['sender', 'recipient', 'client'] as const;
export type ListSubject = (typeof LIST_SUBJECTS)[number];

export interface ListEntry {
  id: string;
  list: List;
  subject: ListSubject;
  /** In lower case: `ada@example.com`, `example.com`, `*.example.com`, `192.0.2.0/24`. */
  pattern: string;
  /** Null: for mail to every mailbox. */
  mailboxId: string | null;
}

const ADDRESS = /^[^\s@"(),:;<>[\]\\]{1,64}@([^\s@]+)$/;

/** How a pattern is kept: trimmed, in lower case, `@example.com` as `example.com`. */
export function patternSpelling(pattern: string): string {
  return pattern.trim().toLowerCase().replace(/^@/, '').replace(/\.$/, '');
}

/**
 * What is wrong with a pattern; null where nothing is.
 *
 * @param isNetwork whether a text is an address or a network of IPv4 or IPv6
 */
export function patternProblem(
  subject: ListSubject,
  pattern: string,
  isNetwork: (text: string) => boolean,
): Problem | null {
  if (subject === 'client') {
    const problem = 'must be an address or a network: 192.0.2.1, 192.0.2.0/24, 2001:db8::/32';
    return isNetwork(pattern) ? null : { field: 'pattern', problem };
  }
  const domain = ADDRESS.exec(pattern)?.[1] ?? pattern.replace(/^\*\./, '');
  const problem = 'must be an address or a domain: ada@example.com, example.com, *.example.com (with its subdomains)';
  return isDomainName(domain) && !pattern.includes('*@') ? null : { field: 'pattern', problem };
}

/** Whether an address is meant by the pattern of an entry for senders or recipients. */
export function namesAddress(pattern: string, address: string): boolean {
  const written = address.toLowerCase();
  if (pattern.includes('@')) return written === pattern;
  const domain = written.slice(written.lastIndexOf('@') + 1);
  if (!pattern.startsWith('*.')) return domain === pattern;
  return domain === pattern.slice(2) || domain.endsWith(pattern.slice(1));
}

export interface ListFacts {
  senders: readonly string[];
  recipient: string;
  mailboxId: string | null;
}

/**
 * The entry that decides over a message to one recipient: the closest pattern (address; domain or network; subdomains),
 * of networks or subdomains within each other the smaller, of two alike the one for the mailbox, and between allow and
 * deny the denial. Null where none applies.
 *
 * @param isClient whether the client's address lies in the network of an entry
 */
export function decidingEntry(
  entries: readonly ListEntry[],
  facts: ListFacts,
  isClient: (network: string) => boolean,
): ListEntry | null {
  const applying = entries.filter((entry) => {
    if (entry.mailboxId !== null && entry.mailboxId !== facts.mailboxId) return false;
    if (entry.subject === 'client') return isClient(entry.pattern);
    const addresses = entry.subject === 'sender' ? facts.senders : [facts.recipient];
    return addresses.some((address) => namesAddress(entry.pattern, address));
  });
  return applying.toSorted(byCloseness)[0] ?? null;
}

function byCloseness(one: ListEntry, other: ListEntry): number {
  const mailbox = Number(other.mailboxId !== null) - Number(one.mailboxId !== null);
  const kind = kindOf(other) - kindOf(one);
  const within = one.subject === other.subject ? widthOf(one) - widthOf(other) : 0;
  return kind || within || mailbox || (one.list === 'deny' ? -1 : 1) * Number(one.list !== other.list);
}

/** 2: one address; 1: a domain or network; 0: a domain with its subdomains. */
function kindOf({ subject, pattern }: ListEntry): 0 | 1 | 2 {
  if (subject === 'client') return pattern.includes('/') ? 1 : 2;
  return pattern.includes('@') ? 2 : pattern.startsWith('*.') ? 0 : 1;
}

/** Of two patterns that name the same address, the smaller one is the closer. */
function widthOf({ subject, pattern }: ListEntry): number {
  return subject === 'client' ? -Number(pattern.split('/')[1] ?? 128) : -pattern.split('.').length;
}
