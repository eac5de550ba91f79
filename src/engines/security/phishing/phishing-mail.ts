import { DEFAULT_PARSE_LIMITS, type ParsedMessage } from '../../../domain/parsed-message.js';
import { readHtml } from '../../mime/html-content.js';
import { registrable } from '../hosting.js';
import { plainText } from '../plain-text.js';
import { unfold, type Unfolded } from '../redirects.js';
import { hostOfAddress } from '../sender-findings.js';

/** All that the parser keeps: what is not read here a page could be hidden behind. */
const MAX_HTML = DEFAULT_PARSE_LIMITS.textCharacters;
const MAX_BODY = 3_000;
const MAX_END = 1_000;
const MAX_LINKS = 200;
const LINKS_OF_HOST = 10;

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
  /** The first part of what a reader sees, and the last of what is long. */
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
  const { seen, read } = seenText(parsed);
  return {
    parsed,
    authorHost,
    authorDomain: authorHost === '' ? '' : registrable(authorHost),
    name: plainText(author?.name ?? ''),
    subject: plainText(parsed.subject),
    body: plainText(read),
    seen: seen.replace(/[\s_=-]+/g, '').length,
    page: parsed.html !== null,
    links: followed(parsed),
  };
}

/**
 * New text of a mail, or of the mail that it forwards; of a page what it shows, whatever its plain part claims: readers
 * are shown the page alone. So that nothing long hides what it stands beside, each gives its first and its last part.
 */
function seenText(parsed: ParsedMessage): { seen: string; read: string } {
  const plain = parsed.newText.trim().length >= 40 ? parsed.newText : parsed.text;
  const shown = parsed.html === null ? '' : readHtml(parsed.html.slice(0, MAX_HTML), 1).text;
  const isOther = shown.length > 2 * plain.length + 80 || (shown !== '' && !startsAlike(plain, shown));
  const texts = isOther ? [plain, shown] : [plain];
  return { seen: texts.join('\n'), read: texts.map(ends).join('\n') };
}

function ends(text: string): string {
  return text.length <= MAX_BODY + MAX_END ? text : `${text.slice(0, MAX_BODY)}\n${text.slice(-MAX_END)}`;
}

/** Whether two forms of a mail begin with much the same words. */
function startsAlike(one: string, other: string): boolean {
  const [wordsOfOne, wordsOfOther] = [one, other].map(
    (text) =>
      new Set(
        text
          .slice(0, MAX_BODY)
          .toLowerCase()
          .match(/[\p{L}\p{N}]{3,30}/gu) ?? [],
      ),
  ) as [Set<string>, Set<string>];
  return [...wordsOfOther].filter((word) => wordsOfOne.has(word)).length >= wordsOfOther.size / 2;
}

function followed(parsed: ParsedMessage): FollowedLink[] {
  const links: FollowedLink[] = [];
  const counted = new Map<string, number>();
  for (const link of parsed.links) {
    // Of one host the first few: sixty links to a page that is known must not hide the one that matters.
    const count = link.host === null ? LINKS_OF_HOST : (counted.get(link.host) ?? 0);
    if (link.host === null || count >= LINKS_OF_HOST) continue;
    counted.set(link.host, count + 1);
    if (links.length === MAX_LINKS) break;
    const unfolded = unfold(link.url);
    const host = unfolded.through.length === 0 ? link.host : (URL.parse(unfolded.url)?.hostname ?? link.host);
    links.push({ ...unfolded, text: link.text, host });
  }
  return links;
}
