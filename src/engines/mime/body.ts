import type { Attachment, Link, ParseLimits } from '../../domain/parsed-message.js';
import { describeAttachment } from './attachments.js';
import { decodeText } from './charset.js';
import type { DefectList } from './defect-list.js';
import { flowedText } from './flowed-text.js';
import { readHtml } from './html-content.js';
import { anchorLinks, bareLinks, distinctLinks } from './links.js';
import { isIdentity, isMessage, isMultipart, type Part } from './part.js';
import { splitEmbedded, type SplitMessage } from './split-parts.js';
import { decodedBytes } from './transfer-encoding.js';

export interface Body {
  text: string;
  html: string | null;
  hiddenText: string;
  links: Link[];
  attachments: Attachment[];
  parts: number;
  depth: number;
}

/** One readable part, in the order of the mail. `covered`: its multipart/alternative has the same as plain text. */
interface Readable {
  kind: 'plain' | 'html';
  text: string;
  covered: boolean;
  /** Of an embedded message: its links count, its text is not this message's. */
  embedded: boolean;
}

export async function readBody(message: SplitMessage, limits: ParseLimits, defects: DefectList): Promise<Body> {
  return new BodyReader(message, limits, defects).read();
}

class BodyReader {
  readonly #message: SplitMessage;
  readonly #limits: ParseLimits;
  readonly #defects: DefectList;
  readonly #attachments: Attachment[] = [];
  #parts: number;
  #depth: number;
  #decoded = 0;
  #characters = { plain: 0, html: 0 };

  constructor(message: SplitMessage, limits: ParseLimits, defects: DefectList) {
    this.#message = message;
    this.#limits = limits;
    this.#defects = defects;
    this.#parts = message.parts;
    this.#depth = message.depth;
  }

  async read(): Promise<Body> {
    const readables = await this.#readPart(this.#message.root, false);
    const texts: string[] = [];
    const hidden: string[] = [];
    const links: Link[] = [];
    for (const readable of readables) {
      let shown = readable.text;
      if (readable.kind === 'html') {
        const content = readHtml(readable.text, this.#limits.links);
        shown = content.text;
        if (content.cut) this.#defects.add('html.depth', 'The HTML is nested too deep; its end was not read.');
        if (content.hiddenText !== '' && !readable.embedded) hidden.push(content.hiddenText);
        links.push(...anchorLinks(content.links));
      }
      links.push(...bareLinks(shown, this.#limits.links));
      if (!readable.covered && !readable.embedded && shown.trim() !== '') texts.push(shown);
    }
    const html = readables.filter((readable) => readable.kind === 'html' && !readable.embedded);
    return {
      text: this.#cut(texts.join('\n\n')),
      html: html.length === 0 ? null : this.#cut(html.map((readable) => readable.text).join('\n')),
      hiddenText: this.#cut(hidden.join('\n')),
      links: this.#firstLinks(links),
      attachments: this.#attachments,
      parts: this.#parts,
      depth: this.#depth,
    };
  }

  #cut(text: string): string {
    return text.length > this.#limits.textCharacters ? text.slice(0, this.#limits.textCharacters) : text;
  }

  #firstLinks(links: readonly Link[]): Link[] {
    const distinct = distinctLinks(links);
    if (distinct.length <= this.#limits.links) return distinct;
    this.#defects.add('text.links', `There are more than ${this.#limits.links} links; the rest was not read.`);
    return distinct.slice(0, this.#limits.links);
  }

  async #readPart(part: Part, embedded: boolean): Promise<Readable[]> {
    if (isMultipart(part)) return this.#readMultipart(part, embedded);
    if (isMessage(part)) return this.#readMessage(part);
    const bytes = this.#decode(part);
    if (bytes === null) return [];
    if (isReadable(part)) return [this.#readText(part, bytes, embedded)];
    this.#attachments.push(await describeAttachment(part, bytes, this.#defects));
    return [];
  }

  async #readMultipart(part: Part, embedded: boolean): Promise<Readable[]> {
    const readables: Readable[] = [];
    for (const child of part.children) readables.push(...(await this.#readPart(child, embedded)));
    if (part.contentType === 'multipart/alternative') {
      const plain = readables.some((readable) => readable.kind === 'plain' && readable.text.trim() !== '');
      if (plain) for (const readable of readables) if (readable.kind === 'html') readable.covered = true;
    }
    return readables;
  }

  async #readMessage(part: Part): Promise<Readable[]> {
    const bytes = this.#decode(part);
    if (bytes === null) return [];
    this.#attachments.push(await describeAttachment(part, bytes, this.#defects));
    if (!isIdentity(part) && part.depth < this.#limits.depth && this.#parts < this.#limits.parts) {
      const inner = splitEmbedded(bytes, part, { parts: this.#parts, depth: this.#depth }, this.#limits, this.#defects);
      this.#parts = inner.parts;
      this.#depth = inner.depth;
    }
    const readables: Readable[] = [];
    for (const child of part.children) readables.push(...(await this.#readPart(child, true)));
    return readables;
  }

  #decode(part: Part): Buffer | null {
    const size = part.bodyEnd - part.bodyStart;
    if (this.#decoded + size > this.#limits.decodedBytes) {
      const megabytes = Math.round(this.#limits.decodedBytes / (1024 * 1024));
      this.#defects.add('mime.size', `The parts hold more than ${megabytes} MB; the rest was not read.`);
      return null;
    }
    // An embedded message is counted once, though its parts lie inside it.
    if (!isMessage(part)) this.#decoded += size;
    return decodedBytes(part, this.#defects);
  }

  #readText(part: Part, bytes: Buffer, embedded: boolean): Readable {
    const kind = part.contentType === 'text/html' ? 'html' : 'plain';
    const left = Math.max(0, this.#limits.textCharacters - this.#characters[kind]);
    let used = bytes;
    // No charset takes more than four bytes a character; what is not decoded costs nothing.
    if (bytes.length > left * 4) used = bytes.subarray(0, left * 4);
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
      const limit = Math.round(this.#limits.textCharacters / 1024);
      this.#defects.add('text.size', `The text is longer than ${limit} K characters; the rest was not read.`);
      text = text.slice(0, left);
    }
    this.#characters[kind] += text.length;
    if (kind === 'plain') text = flowedText(text, part.flowed, part.delSp);
    return { kind, text, covered: false, embedded };
  }
}

/** Text that a mail program shows in place; everything else is an attachment. */
function isReadable(part: Part): boolean {
  if (part.contentType !== 'text/plain' && part.contentType !== 'text/html') return false;
  if (part.disposition === 'attachment') return false;
  return part.disposition === 'inline' || part.filename === null || part.parent === null;
}
