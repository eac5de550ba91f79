import type { CalendarEvent } from '../../domain/calendar.js';
import type { MessageReport } from '../../domain/message-report.js';
import type { AuthorKey } from '../../domain/protection.js';
import type { Attachment, EmbeddedMessage, Link, MimePart, ParseLimits } from '../../domain/parsed-message.js';
import { attachedKey } from './attached-key.js';
import { describeAttachment } from './attachments.js';
import { isCalendarPart, readCalendar } from './calendar.js';
import type { DefectList } from './defect-list.js';
import { embeddedMessages } from './embedded-messages.js';
import { distinctLinks } from './links.js';
import { isHeadersPart, isReportPart, readReport, type DecodedPart } from './message-report.js';
import { mimeTree } from './mime-tree.js';
import { isIdentity, isMessage, isMultipart, type Part } from './part.js';
import { isReadable, ReadableReader, type Readable } from './readable.js';
import { splitEmbedded, type SplitMessage } from './split-parts.js';
import { isTnef, TnefReader } from './tnef.js';
import { coverTnefBodies, readTnefBodies, tnefFilePart, tnefRoot } from './tnef-parts.js';
import { decodedBytes } from './transfer-encoding.js';

export interface Body {
  text: string;
  html: string | null;
  hiddenText: string;
  links: Link[];
  attachments: Attachment[];
  referencedContentIds: string[];
  structure: MimePart;
  embedded: EmbeddedMessage[];
  report: MessageReport | null;
  events: CalendarEvent[];
  authorKeys?: AuthorKey[];
  parts: number;
  depth: number;
}

const MAX_CONTENT_IDS = 1_000;
/** Over all calendars. */
const MAX_EVENTS = 100;
/** Mail programs attach the author's own. */
const MAX_KEYS = 1;
/** Names in archives, over all attachments: they are copied between threads. */
const MAX_ENTRIES = 10_000;

export async function readBody(message: SplitMessage, limits: ParseLimits, defects: DefectList): Promise<Body> {
  return new BodyReader(message, limits, defects).read();
}

class BodyReader {
  readonly #message: SplitMessage;
  readonly #limits: ParseLimits;
  readonly #defects: DefectList;
  readonly #texts: ReadableReader;
  /** Apart, so that what is in a TNEF stream takes no room from the message's own text. */
  readonly #tnefTexts: ReadableReader;
  readonly #tnef: TnefReader;
  readonly #attachments: Attachment[] = [];
  readonly #facts = new Map<Part, { role: MimePart['role']; size: number }>();
  readonly #containers: Part[] = [];
  /** Machine-readable reports, and what they may give back, of the message itself. */
  readonly #reports: DecodedPart[] = [];
  readonly #returned: DecodedPart[] = [];
  readonly #events: CalendarEvent[] = [];
  readonly #authorKeys: AuthorKey[] = [];
  #parts: number;
  #depth: number;
  #decoded = 0;
  #entriesLeft = MAX_ENTRIES;

  constructor(message: SplitMessage, limits: ParseLimits, defects: DefectList) {
    this.#message = message;
    this.#limits = limits;
    this.#defects = defects;
    this.#texts = new ReadableReader(limits, defects);
    this.#tnefTexts = new ReadableReader(limits, defects);
    this.#tnef = new TnefReader(limits.textCharacters, defects);
    this.#parts = message.parts;
    this.#depth = message.depth;
  }

  async read(): Promise<Body> {
    const { root } = this.#message;
    const readables = await this.#readPart(root, null);
    coverTnefBodies(readables);
    const own = readables.filter((readable) => readable.of === null);
    const shown = own.filter((readable) => !readable.covered && readable.shown.trim() !== '');
    const html = own.filter((readable) => readable.kind === 'html');
    const hidden = html.filter((readable) => readable.hidden !== '').map((readable) => readable.hidden);
    return {
      text: this.#cut(shown.map((readable) => readable.shown).join('\n\n')),
      html: html.length === 0 ? null : this.#cut(html.map((readable) => readable.source).join('\n')),
      hiddenText: this.#cut(hidden.join('\n')),
      links: this.#firstLinks(readables.flatMap((readable) => readable.links)),
      attachments: this.#attachments,
      referencedContentIds: [...new Set(html.flatMap((readable) => readable.contentIds))].slice(0, MAX_CONTENT_IDS),
      structure: mimeTree(root, this.#facts),
      embedded: embeddedMessages(this.#containers, readables, this.#defects),
      report: this.#report(),
      events: this.#events.slice(0, MAX_EVENTS),
      ...(this.#authorKeys.length > 0 ? { authorKeys: this.#authorKeys } : {}),
      parts: this.#parts,
      depth: this.#depth,
    };
  }

  #cut(text: string): string {
    if (text.length <= this.#limits.textCharacters) return text;
    this.#texts.markCut();
    return text.slice(0, this.#limits.textCharacters);
  }

  #firstLinks(links: readonly Link[]): Link[] {
    const distinct = distinctLinks(links);
    if (distinct.length <= this.#limits.links) return distinct;
    this.#defects.add('text.links', `There are more than ${this.#limits.links} links; the rest was not read.`);
    return distinct.slice(0, this.#limits.links);
  }

  #report(): MessageReport | null {
    const report = this.#reports[0];
    if (report === undefined) return null;
    if (this.#reports.length > 1) {
      this.#defects.add('report.count', `The message has ${this.#reports.length} reports; the first was read.`);
    }
    const beside = this.#returned.find(({ part }) => part.parent === report.part.parent);
    return readReport(report, beside ?? this.#returned[0] ?? null, this.#defects);
  }

  /** @param of the embedded message that the part belongs to; null for the message itself */
  async #readPart(part: Part, of: Part | null): Promise<Readable[]> {
    if (isMultipart(part)) return this.#readMultipart(part, of);
    if (isMessage(part)) return this.#readMessage(part, of);
    const bytes = this.#decode(part);
    if (bytes === null) return [];
    if (isReadable(part)) {
      this.#facts.set(part, { role: part.contentType === 'text/html' ? 'html' : 'text', size: bytes.length });
      return [this.#texts.read(part, bytes, of)];
    }
    this.#facts.set(part, { role: 'attachment', size: bytes.length });
    return this.#readFile(part, bytes, of);
  }

  /** @param embedded where the file is a message of its own, as TNEF */
  async #readFile(part: Part, bytes: Buffer, of: Part | null, embedded = false): Promise<Readable[]> {
    if (isCalendarPart(part.contentType, part.filename)) {
      this.#events.push(...readCalendar(part.path, bytes, this.#defects));
    }
    if (of === null && isReportPart(part)) this.#reports.push({ part, bytes });
    if (of === null && isHeadersPart(part)) this.#returned.push({ part, bytes });
    await this.#attach(part, bytes);
    return isTnef(part.contentType, bytes) ? this.#readTnef(part, bytes, embedded ? part : of) : [];
  }

  /** @param of the part itself where it is a message of its own */
  async #readTnef(part: Part, bytes: Buffer, of: Part | null): Promise<Readable[]> {
    const where = `in part ${part.path || '1'}`;
    if (part.depth >= this.#limits.depth) {
      this.#defects.add('tnef.depth', `The TNEF ${where} is nested too deep; it was not read.`);
      return [];
    }
    this.#depth = Math.max(this.#depth, part.depth + 1);
    const message = this.#tnef.read(bytes, where);
    if (of === part) {
      part.children.push(tnefRoot(part, message.header, this.#limits, this.#defects));
      this.#containers.push(part);
    }
    const readables = readTnefBodies(part, message.bodies, this.#tnefTexts, of);
    for (const [index, file] of message.files.entries()) {
      if (this.#parts >= this.#limits.parts || this.#decoded + file.bytes.length > this.#limits.decodedBytes) {
        const left = message.files.length - index;
        this.#defects.add('tnef.parts', `${left} files in the TNEF ${where} lie beyond a limit; they were not read.`);
        break;
      }
      this.#parts += 1;
      this.#decoded += file.bytes.length;
      const inner = tnefFilePart(part, file, index + 1);
      if (isMessage(inner)) readables.push(...(await this.#openMessage(inner, file.bytes, of)));
      else readables.push(...(await this.#readFile(inner, file.bytes, of, file.embedded)));
    }
    return readables;
  }

  async #readMultipart(part: Part, of: Part | null): Promise<Readable[]> {
    const readables: Readable[] = [];
    for (const child of part.children) readables.push(...(await this.#readPart(child, of)));
    if (part.contentType === 'multipart/alternative') {
      const plain = readables.some((readable) => readable.kind === 'plain' && readable.shown.trim() !== '');
      if (plain) for (const readable of readables) if (readable.kind === 'html') readable.covered = true;
    }
    return readables;
  }

  async #readMessage(part: Part, of: Part | null): Promise<Readable[]> {
    const bytes = this.#decode(part);
    if (bytes === null) return [];
    this.#facts.set(part, { role: 'message', size: bytes.length });
    return this.#openMessage(part, bytes, of);
  }

  async #openMessage(part: Part, bytes: Buffer, of: Part | null): Promise<Readable[]> {
    await this.#attach(part, bytes);
    if (!isIdentity(part) && part.depth < this.#limits.depth && this.#parts < this.#limits.parts) {
      const inner = splitEmbedded(bytes, part, { parts: this.#parts, depth: this.#depth }, this.#limits, this.#defects);
      this.#parts = inner.parts;
      this.#depth = inner.depth;
    }
    this.#containers.push(part);
    if (of === null) this.#returned.push({ part, bytes });
    const readables: Readable[] = [];
    for (const child of part.children) readables.push(...(await this.#readPart(child, part)));
    return readables;
  }

  async #attach(part: Part, bytes: Buffer): Promise<void> {
    const attachment = await describeAttachment(part, bytes, this.#limits, this.#defects);
    if (attachment.entries !== null && attachment.entries.length > this.#entriesLeft) {
      this.#defects.add(
        'archive.entries',
        `The archives have more than ${MAX_ENTRIES} entries; the rest was not listed.`,
      );
      attachment.entries = attachment.entries.slice(0, this.#entriesLeft);
    }
    this.#entriesLeft -= attachment.entries?.length ?? 0;
    this.#attachments.push(attachment);
    const key = attachedKey(part, bytes);
    if (key !== null && this.#authorKeys.length < MAX_KEYS) this.#authorKeys.push(key);
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
}
