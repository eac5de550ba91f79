import type { ParsedMessage } from '../../domain/parsed-message.js';

/** What of a message a prompt can be about: seen text alone, and no other message. */
export interface PromptMail {
  subject: string;
  /** Who wrote it, as the header says. */
  from: string;
  /** Its new text. */
  text: string;
  /** Targets of its links, as written. */
  urls: string[];
}

const MOST_URLS = 500;

/** A message for a prompt; of quotes, signature and text that readers do not see nothing is in it. */
export function promptMail(parsed: Pick<ParsedMessage, 'subject' | 'from' | 'newText' | 'links'>): PromptMail {
  const [author] = parsed.from;
  return {
    subject: parsed.subject,
    from: author?.name ?? '',
    text: parsed.newText,
    urls: parsed.links.slice(0, MOST_URLS).map(({ url }) => url),
  };
}

/** The names that a message's header fields give its people, for redaction. */
export function namesOf(parsed: Pick<ParsedMessage, 'from' | 'to' | 'cc' | 'replyTo'>): string[] {
  const people = [...parsed.from, ...parsed.replyTo, ...parsed.to, ...parsed.cc];
  return [...new Set(people.map(({ name }) => name).filter((name) => name !== ''))];
}
