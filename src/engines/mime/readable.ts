import type { Link, ParseLimits } from '../../domain/parsed-message.js';
import { decodeText } from './charset.js';
import type { DefectList } from './defect-list.js';
import { flowedText } from './flowed-text.js';
import { readHtml } from './html-content.js';
import { anchorLinks, bareLinks } from './links.js';
import { isMultipart, type Part } from './part.js';

/** One readable part, in the order of the mail. */
export interface Readable {
  kind: 'plain' | 'html';
  /** The part that it was read from, and the embedded message that this belongs to; null for the message itself. */
  part: Part;
  of: Part | null;
  /** As written: plain text, or HTML. */
  source: string;
  /** What a reader sees, as text. */
  shown: string;
  hidden: string;
  links: Link[];
  contentIds: string[];
  /** Its multipart/alternative has the same as plain text. */
  covered: boolean;
  /** Read from a TNEF stream: it stands in where its message has no text of its own. */
  fallback: boolean;
}

/**
 * Text that a mail program shows in place, by the rule of RFC 8621 4.1.4: a named text that is not the first part of its
 * multipart is an attachment, and so is a text with a Content-ID that the root of a multipart/related may refer to.
 */
export function isReadable(part: Part): boolean {
  if (part.contentType !== 'text/plain' && part.contentType !== 'text/html') return false;
  if (part.disposition === 'attachment') return false;
  const { parent } = part;
  if (parent === null || !isMultipart(parent) || parent.children[0] === part) return true;
  return part.filename === null && !(parent.contentType === 'multipart/related' && part.contentId !== null);
}

/** Reads text parts as far as the limit on characters goes, counted over all of them and apart for plain and HTML. */
export class ReadableReader {
  readonly #limits: ParseLimits;
  readonly #defects: DefectList;
  #characters = { plain: 0, html: 0 };

  constructor(limits: ParseLimits, defects: DefectList) {
    this.#limits = limits;
    this.#defects = defects;
  }

  read(part: Part, bytes: Buffer, of: Part | null): Readable {
    const kind = part.contentType === 'text/html' ? 'html' : 'plain';
    const source = this.#decode(part, bytes, kind);
    const readable = { kind, part, of, source, covered: false, fallback: false } as const;
    if (kind === 'html') return { ...readable, ...this.#render(source) };
    const links = bareLinks(source, this.#limits.links);
    return { ...readable, shown: source, hidden: '', links, contentIds: [] };
  }

  #decode(part: Part, bytes: Buffer, kind: Readable['kind']): string {
    const left = Math.max(0, this.#limits.textCharacters - this.#characters[kind]);
    // No charset takes more than four bytes a character; what is not decoded costs nothing.
    const used = bytes.length > left * 4 ? bytes.subarray(0, left * 4) : bytes;
    const decoded = decodeText(used, part.charset);
    if (decoded.repairedAs !== null && used.length === bytes.length) {
      const claimed = part.charset === undefined ? 'no charset' : `the charset ${part.charset.slice(0, 40)}`;
      this.#defects.add(
        'body.charset',
        `The text in part ${part.path || '1'} states ${claimed}; it was read as ${decoded.repairedAs}.`,
      );
    }
    let text = decoded.text;
    if (text.length > left || used.length < bytes.length) {
      this.markCut();
      text = text.slice(0, left);
    }
    this.#characters[kind] += text.length;
    return kind === 'plain' ? flowedText(text, part.flowed, part.delSp) : text;
  }

  #render(html: string): Pick<Readable, 'shown' | 'hidden' | 'links' | 'contentIds'> {
    const content = readHtml(html, this.#limits.links);
    if (content.cut) this.#defects.add('html.depth', 'The HTML is nested too deep; its end was not read.');
    if (content.cutLinks) this.#defects.add('text.links', 'The target of a link is too long to be kept whole.');
    const links = [...anchorLinks(content.links), ...bareLinks(content.text, this.#limits.links)];
    return { shown: content.text, hidden: content.hiddenText, links, contentIds: content.contentIds };
  }

  markCut(): void {
    const limit = Math.round(this.#limits.textCharacters / 1024);
    this.#defects.add('text.size', `The text is longer than ${limit} K characters; the rest was not read.`);
  }
}
