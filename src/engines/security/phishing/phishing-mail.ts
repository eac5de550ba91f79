import type { ParsedMessage } from '../../../domain/parsed-message.js';
import { readHtml } from '../../mime/html-content.js';
import { registrable } from '../hosting.js';
import { plainText } from '../plain-text.js';
import { unfold, type Unfolded } from '../redirects.js';
import { hostOfAddress } from '../sender-findings.js';

const MAX_HTML = 96 * 1024;
const MAX_BODY = 3_000;
const MAX_LINKS = 60;

export interface FollowedLink extends Unfolded {
  text: string;
  /** Host of the last target that can be read. */
  host: string;
}

/** A message as the signals look at it: words in plain letters, links followed as far as they can be read. */
export interface PhishingMail {
  parsed: ParsedMessage;
  /** Host of the author's address, empty where there is none. */
  authorHost: string;
  /** The author's registrable domain; empty where there is none. */
  authorDomain: string;
  name: string;
  subject: string;
  /** The first part of what a reader sees. */
  body: string;
  /** Characters that a reader sees, white space aside. */
  seen: number;
  /** Whether the mail is shown as a page (HTML). */
  page: boolean;
  links: FollowedLink[];
}

export function phishingMail(parsed: ParsedMessage): PhishingMail {
  const author = parsed.from[0];
  const authorHost = author === undefined ? '' : hostOfAddress(author.address);
  const seen = seenText(parsed);
  return {
    parsed,
    authorHost,
    authorDomain: authorHost === '' ? '' : registrable(authorHost),
    name: plainText(author?.name ?? ''),
    subject: plainText(parsed.subject),
    body: plainText(seen.slice(0, MAX_BODY)),
    seen: seen.replace(/[\s_=-]+/g, '').length,
    page: parsed.html !== null,
    links: followed(parsed),
  };
}

/** New text of a mail, or of the mail that it forwards; of a page what it shows, whatever its plain part claims. */
function seenText(parsed: ParsedMessage): string {
  const plain = parsed.newText.trim().length >= 40 ? parsed.newText : parsed.text;
  if (parsed.html === null || plain.length > MAX_BODY) return plain;
  const shown = readHtml(parsed.html.slice(0, MAX_HTML), 1).text;
  return shown.length > 2 * plain.length + 80 ? `${plain}\n${shown}` : plain;
}

function followed(parsed: ParsedMessage): FollowedLink[] {
  const links: FollowedLink[] = [];
  for (const link of parsed.links.slice(0, MAX_LINKS)) {
    if (link.host === null) continue;
    const unfolded = unfold(link.url);
    const host = unfolded.through.length === 0 ? link.host : (URL.parse(unfolded.url)?.hostname ?? link.host);
    links.push({ ...unfolded, text: link.text, host });
  }
  return links;
}
