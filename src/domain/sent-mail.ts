import type { Authentication } from './outcomes.js';

/** A mail of the organization's own that may be learned from. */
export interface SentMail {
  /** The message's id, or what the caller calls it. */
  source: string;
  mailboxId: string | null;
  /** New text as lessonText leaves it. */
  text: string;
  recipients: string[];
}

/** Lessons that are kept of an organization, the newest. */
export const MOST_LESSONS = 5_000;
/** Characters of one. */
export const LONGEST_LESSON = 8_000;
/** Of all that a model is built of: 16 s of CPU and 600 MB on two busy cores; four times as many end the thread. */
export const MOST_LESSON_CHARACTERS = 5_000_000;
/** A mailbox with fewer has no model of its own. */
export const LEAST_MAILBOX_LESSONS = 20;

export interface AuthorFacts {
  /** Lower case. */
  domain: string;
  ownDomains: readonly string[];
  /** The name of the authenticated SMTP session, where there was one. */
  authenticatedAs: string | null;
  authentication: Authentication | null;
}

/**
 * Whether a mail that came in was written by the organization itself: its author's domain is the organization's, and
 * the author proved it by a session of his own or by a result that is aligned with the domain (RFC 7489). What only claims
 * to be ours teaches nothing.
 */
export function isOwnMail({ domain, ownDomains, authenticatedAs, authentication }: AuthorFacts): boolean {
  if (!ownDomains.includes(domain)) return false;
  if (authenticatedAs !== null && authenticatedAs.toLowerCase().endsWith(`@${domain}`)) return true;
  return authentication !== null && authentication.dmarc.result === 'pass';
}

/** Addresses as lessons keep them: lower case, each once, ascending. */
export function lessonRecipients(addresses: readonly string[]): string[] {
  return [...new Set(addresses.map((address) => address.toLowerCase()))].toSorted().slice(0, 100);
}
