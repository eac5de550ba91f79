import type { DraftWarning } from './composition.js';

export interface RecipientFacts {
  /** Of the draft: To, Cc and Bcc, as given. */
  recipients: readonly string[];
  ownDomains: readonly string[];
  /** Who is in the thread that is answered; empty for a new mail. */
  thread: readonly string[];
  /** Whom the organization writes to together with these recipients. */
  company: readonly { address: string; mails: number; together: number }[];
  /** Whom the organization knows at these domains: mails from each, and whether it ever wrote there. */
  known: readonly { address: string; mails: number; written: boolean }[];
}

/** Mails from which on company says something. */
const LEAST_COMPANY = 3;
const FREE_MAIL = new Set(['gmail.com', 'outlook.com', 'hotmail.com', 'yahoo.com', 'gmx.de', 'web.de', 'icloud.com']);

/** Recipients that were perhaps not meant. Nothing is ever held back by it: a person decides. */
export function recipientWarnings(facts: RecipientFacts): DraftWarning[] {
  const recipients = [...new Set(facts.recipients.map((address) => address.toLowerCase()))];
  return [...likeOneOfThread(recipients, facts), ...slips(recipients, facts), ...outsiders(recipients, facts)];
}

/** Someone with the name of a participant, at another address. */
function likeOneOfThread(recipients: readonly string[], { thread }: RecipientFacts): DraftWarning[] {
  const inThread = new Set(thread.map((address) => address.toLowerCase()));
  return recipients.flatMap((address) => {
    if (inThread.has(address)) return [];
    const meant = [...inThread].find((other) => !recipients.includes(other) && isLike(address, other));
    if (meant === undefined) return [];
    return [warning('recipient.likeThread', address, `the thread has ${meant}, not ${address}`, [meant])];
  });
}

/** Never written to together with the others, where an address like it is: the completion of an address went wrong. */
function slips(recipients: readonly string[], { company, known }: RecipientFacts): DraftWarning[] {
  if (recipients.length < 2) return slipsAlone(recipients, known);
  const with_ = new Map(company.map((entry) => [entry.address, entry]));
  return recipients.flatMap((address) => {
    if ((with_.get(address)?.together ?? 0) > 0) return [];
    const meant = company.find(
      (other) =>
        other.together >= LEAST_COMPANY && !recipients.includes(other.address) && isLike(address, other.address),
    );
    if (meant === undefined) return [];
    const explanation = `${address} never got a mail together with the others; ${meant.address} did ${meant.together} times`;
    return [warning('recipient.slip', address, explanation, [meant.address])];
  });
}

/**
 * An address that the organization never wrote to, one letter from one that it did. Who merely wrote to us proves nothing: a
 * look-alike that sends three mails must neither be proposed nor pass for known.
 */
function slipsAlone(recipients: readonly string[], known: RecipientFacts['known']): DraftWarning[] {
  return recipients.flatMap((address) => {
    if (known.some((other) => other.address === address && other.written)) return [];
    const meant = known.find(
      (other) => other.written && other.mails >= LEAST_COMPANY && isOneLetterFrom(address, other.address),
    );
    if (meant === undefined) return [];
    return [
      warning('recipient.misspelt', address, `it is nearly ${meant.address}, which is known here`, [meant.address]),
    ];
  });
}

/** One from outside among colleagues, who was not in the thread. */
function outsiders(recipients: readonly string[], { ownDomains, thread }: RecipientFacts): DraftWarning[] {
  const isOwn = (address: string) => ownDomains.includes(domainOf(address));
  const outside = recipients.filter((address) => !isOwn(address));
  const [only] = outside;
  if (only === undefined || outside.length !== 1 || recipients.length < 3) return [];
  if (thread.some((address) => address.toLowerCase() === only)) return [];
  const explanation = `${only} is the only recipient outside the organization, among ${recipients.length - 1} inside`;
  return [warning('recipient.outsider', only, explanation, [])];
}

/** The same person by its looks: the same local part, the same but for one letter, or the same name in another order. */
function isLike(a: string, b: string): boolean {
  if (a === b) return false;
  const [localA, localB] = [localOf(a), localOf(b)];
  if (localA === localB) return localA.length >= 3 && !GENERIC.has(localA);
  if (isOneLetterFrom(a, b)) return true;
  const [namesA, namesB] = [namesOf(localA), namesOf(localB)];
  if (namesA.length < 2 || namesB.length < 2) {
    const [short, long] = namesA.length < namesB.length ? [namesA, namesB] : [namesB, namesA];
    const [first = ''] = short;
    return short.length === 1 && long.length >= 2 && first.length >= 4 && long[0] === first;
  }
  return namesA.toSorted().join(' ') === namesB.toSorted().join(' ') || sharedName(namesA, namesB);
}

const GENERIC = new Set(['info', 'office', 'sales', 'support', 'contact', 'mail', 'admin', 'billing', 'team', 'hello']);
const sharedName = ([a = '']: readonly string[], [b = '']: readonly string[]) => a === b && a.length >= 3;
const localOf = (address: string) => address.slice(0, address.lastIndexOf('@')).replace(/\+.*$/, '');
const domainOf = (address: string) => address.slice(address.lastIndexOf('@') + 1);
const namesOf = (local: string) => local.split(/[._-]+/).filter((part) => part.length > 1);

/** One letter more, less, other, or two exchanged; in a local part of four letters and more, or in a domain. */
function isOneLetterFrom(a: string, b: string): boolean {
  if (localOf(a) === localOf(b)) {
    return !FREE_MAIL.has(domainOf(a)) && domainOf(a).length >= 6 && distanceIsOne(domainOf(a), domainOf(b));
  }
  return domainOf(a) === domainOf(b) && localOf(a).length >= 4 && distanceIsOne(localOf(a), localOf(b));
}

function distanceIsOne(a: string, b: string): boolean {
  if (a === b || Math.abs(a.length - b.length) > 1) return false;
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  if (a.length > b.length) return a.slice(at + 1) === b.slice(at);
  if (b.length > a.length) return a.slice(at) === b.slice(at + 1);
  if (a.slice(at + 1) === b.slice(at + 1)) return true;
  return a[at] === b[at + 1] && a[at + 1] === b[at] && a.slice(at + 2) === b.slice(at + 2);
}

function warning(code: string, address: string, explanation: string, suggestions: string[]): DraftWarning {
  return { check: 'RECIPIENTS', code, start: null, end: null, address, explanation, suggestions };
}
