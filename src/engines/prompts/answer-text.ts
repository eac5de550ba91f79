import { readable } from '../language/text-bounds.js';
import { keyOf, referencesIn } from './mail-references.js';
import { visibleText } from './visible-text.js';

/** What a person sees of a text that a model wrote. */
export interface CleanText {
  text: string;
  /** Links and addresses that the mail does not hold, as the model wrote them. */
  removed: string[];
}

/** What stands in the place of a link or an address that was taken out. */
export const REMOVED = /\[(?:link|address) removed\]/g;
const MOST_REMOVED = 20;
const HELD_SIGNS = 200;
const MARK = /^[A-Z]{2,8}_\d{1,6}[A-Z]{0,3}$/;
const MARKDOWN_LINK = /(!?)\[([^\][\n]{0,500})\]\s{0,2}\(([^()\n]{0,2048}(?:\([^()\n]{0,200}\)[^()\n]{0,200})?)\)/g;
const REFERENCE_LINK = /^[ \t]{0,3}\[[^\]\n]{1,100}\]:[ \t]{1,3}\S{1,2048}.*$/gm;
const TAG = /<\/?[a-z!?][^<>]{0,4000}>/gi;
const AUTOLINK = /<((?:[a-z][a-z\d+.-]{1,20}:|[^\s<>@]{1,64}@)[^\s<>]{1,2048})>/gi;
const EMPHASIS = /(\*{1,3}|_{2,3}|~~|`{1,3})(?=\S)([^\n]{1,500}?)(?<=\S)\1/g;
const BLOCK_MARKUP = /^[ \t]{0,3}(?:#{1,6}[ \t]{1,3}|>[ \t]?|```[^\n]{0,40}$|={3,}[^\n]{0,80}$|-{3,}$)/gm;

/** The links and addresses of a mail: what an answer about it may name. */
export class MailReferences {
  readonly #keys: ReadonlySet<string>;

  /** @param texts what is sent of the mail @param urls its links' targets, as written */
  constructor(texts: readonly string[], urls: readonly string[]) {
    this.#keys = new Set([
      ...texts.flatMap((text) => referencesIn(text).map(({ key }) => key)),
      ...urls.map((url) => keyOf(url)),
    ]);
  }

  has(key: string): boolean {
    return this.#keys.has(key);
  }
}

/**
 * A model's text without markup, without unseen characters, and without links and addresses that the mail lacks; at
 * most `characters` long, cut at a word.
 */
export function cleanText(
  text: string,
  characters: number,
  mail: MailReferences,
  lines: 'one' | 'many' = 'one',
): CleanText {
  const removed: string[] = [];
  const note = (written: string) => {
    if (removed.length < MOST_REMOVED) removed.push(written.slice(0, HELD_SIGNS));
  };
  const seen = visibleText(readable(text, characters * 4)).text;
  const plain = withoutMarkup(seen, mail, note);
  let clean = '';
  let at = 0;
  for (const { from, to, kind, key } of referencesIn(plain)) {
    if (mail.has(key)) continue;
    note(plain.slice(from, to));
    clean += `${plain.slice(at, from)}[${kind} removed]`;
    at = to;
  }
  clean += plain.slice(at);
  const spaced =
    lines === 'one' ? clean.replace(/\s+/gu, ' ') : clean.replace(/[ \t]+/g, ' ').replace(/\s*\n\s*\n\s*/g, '\n\n');
  return { text: cutAtWord(spaced.trim(), characters), removed };
}

function withoutMarkup(text: string, mail: MailReferences, note: (written: string) => void): string {
  const kept = (target: string) => {
    if (!mail.has(keyOf(target.trim()))) note(target.trim());
  };
  return (
    text
      .replace(MARKDOWN_LINK, (_, image: string, words: string, target: string) => {
        kept(target.replace(/\s{1,3}["'(].*$/, ''));
        if (image !== '') return '';
        return MARK.test(words) ? `[${words}]` : words;
      })
      // What is left of a link that was cut in the middle.
      .replace(/!(?=\[)/g, '')
      .replace(/\](?=\()/g, '] ')
      .replace(REFERENCE_LINK, '')
      .replace(AUTOLINK, '$1')
      .replace(TAG, (tag) => {
        for (const { from, to, key } of referencesIn(tag)) if (!mail.has(key)) note(tag.slice(from, to));
        return ' ';
      })
      .replace(BLOCK_MARKUP, '')
      .replace(EMPHASIS, '$2')
  );
}

function cutAtWord(text: string, characters: number): string {
  if (text.length <= characters) return text;
  if (characters < 2) return '';
  const head = readable(text, characters - 1);
  const space = head.lastIndexOf(' ');
  return `${(space > characters / 2 ? head.slice(0, space) : head).trimEnd()}…`;
}
