import type { ParseLimits } from '../../domain/parsed-message.js';
import type { DefectList } from './defect-list.js';
import { readHeaderSection } from './header-section.js';
import { describePart, isIdentity, isMessage, isMultipart, type Part } from './part.js';

const DASH = 0x2d;
const LF = 0x0a;
const CR = 0x0d;
/** RFC 2046 allows 70 characters; longer ones occur, endless ones are an attack. */
const MAX_BOUNDARY = 500;
/** A delimiter at the beginning of a body: a line of two hyphens and something, then a MIME field. */
const GUESSED = /(?:^|\n)--([^\s-][^\r\n]{0,200}|-[^\r\n]{1,200})\r?\nContent-[A-Za-z-]{2,30}:/;
const GUESS_WITHIN = 4_096;
const USUAL_PREAMBLE = 400;
const STATED_WITHIN = 1024 * 1024;

export interface SplitMessage {
  root: Part;
  parts: number;
  depth: number;
}

/**
 * The MIME tree of a message (RFC 2046), read in one pass over the lines that begin with two hyphens.
 *
 * Why not a library: mailsplit ends with an error at 1,000 parts or a long header and then gives nothing of it, knows
 * neither the delimiters of outer multiparts nor white space after a delimiter (RFC 2046 5.1.1 demands both, and an
 * attachment hidden behind either is seen by the reader's mail program); postal-mime takes 23-60 µs a line.
 */
export function splitParts(raw: Buffer, limits: ParseLimits, defects: DefectList): SplitMessage {
  return new Splitter(raw, limits, defects, 0, 0).split(null);
}

/** The same for a message that came transfer-encoded inside `container`. */
export function splitEmbedded(
  raw: Buffer,
  container: Part,
  soFar: { parts: number; depth: number },
  limits: ParseLimits,
  defects: DefectList,
): SplitMessage {
  return new Splitter(raw, limits, defects, soFar.parts, soFar.depth).split(container);
}

class Splitter {
  readonly #raw: Buffer;
  readonly #limits: ParseLimits;
  readonly #defects: DefectList;
  /** Open multiparts, outermost first. */
  readonly #open: Part[] = [];
  /** Where what comes behind a closed multipart begins; null inside one. */
  #epilogue: number | null = null;
  #parts: number;
  #depth: number;

  constructor(raw: Buffer, limits: ParseLimits, defects: DefectList, parts: number, depth: number) {
    this.#raw = raw;
    this.#limits = limits;
    this.#defects = defects;
    this.#parts = parts;
    this.#depth = depth;
  }

  split(container: Part | null): SplitMessage {
    const root = this.#readEntity(0, container, 'text/plain');
    let current = this.#innermost(root);
    let pos = this.#nextDashes(current.bodyStart);
    while (pos !== -1 && this.#open.length > 0) {
      const delimiter = this.#delimiterAt(pos);
      if (delimiter === null) {
        pos = this.#nextDashes(pos + 2);
        continue;
      }
      this.#endEpilogue(delimiter.lineStart);
      const multipart = this.#close(current, delimiter);
      if (multipart.children.length === 0) this.#markPreamble(multipart, delimiter.lineStart);
      current = multipart;
      if (delimiter.closing) {
        pos = this.#nextDashes(delimiter.lineEnd);
        continue;
      }
      if (this.#parts >= this.#limits.parts) {
        this.#defects.add('mime.parts', `There are more than ${this.#limits.parts} parts; the rest was not read.`);
        this.#open.length = 0;
        break;
      }
      const child = multipart.contentType === 'multipart/digest' ? 'message/rfc822' : 'text/plain';
      current = this.#innermost(this.#readEntity(delimiter.lineEnd, multipart, child));
      pos = this.#nextDashes(current.bodyStart);
    }
    for (const part of this.#open) this.#endWithoutDelimiter(part);
    this.#endEpilogue(this.#raw.length);
    return { root, parts: this.#parts, depth: this.#depth };
  }

  /** Reads the header section of an entity, and of the messages that it directly holds. */
  #readEntity(start: number, parent: Part | null, defaultType: string): Part {
    let entity = this.#readOne(start, parent, defaultType);
    const first = entity;
    while (isMessage(entity) && isIdentity(entity) && this.#mayNest(entity)) {
      entity = this.#readOne(entity.bodyStart, entity, 'text/plain');
    }
    if (isMultipart(entity)) this.#openMultipart(entity);
    return first;
  }

  #readOne(start: number, parent: Part | null, defaultType: string): Part {
    const isDelimiter = (lineStart: number, lineEnd: number): boolean =>
      lineEnd - lineStart > 2 && this.#raw[lineStart] === DASH && this.#delimiterAt(lineStart) !== null;
    const section = readHeaderSection(this.#raw, start, this.#limits, isDelimiter, this.#defects);
    const described = describePart(section.fields, defaultType, this.#defects);
    const part: Part = {
      ...described,
      path: '',
      depth: parent === null ? 0 : parent.depth + 1,
      parent,
      children: [],
      fields: section.fields,
      source: this.#raw,
      start,
      bodyStart: section.bodyStart,
      bodyEnd: this.#raw.length,
    };
    parent?.children.push(part);
    part.path = numberOf(part);
    this.#parts += 1;
    this.#depth = Math.max(this.#depth, part.depth);
    return part;
  }

  #mayNest(part: Part): boolean {
    if (part.depth < this.#limits.depth && this.#parts < this.#limits.parts) return true;
    this.#defects.add(
      'mime.depth',
      `Parts are nested deeper than ${this.#limits.depth} levels; the innermost were not read.`,
    );
    part.contentType = 'application/octet-stream';
    return false;
  }

  #openMultipart(part: Part): void {
    if (!isIdentity(part)) {
      this.#defects.add(
        'mime.ambiguous',
        `A multipart claims the transfer encoding ${part.encoding}, which RFC 2045 forbids.`,
      );
    }
    if (!this.#mayNest(part)) return;
    this.#repairBoundary(part);
    if (part.boundary === null || part.boundary.length > MAX_BOUNDARY) {
      this.#defects.add('mime.boundary', 'A multipart names no usable boundary; it was read as text.');
      part.contentType = 'text/plain';
      return;
    }
    if (this.#open.some((outer) => outer.boundary === part.boundary)) {
      this.#defects.add('mime.ambiguous', 'Two multiparts, one inside the other, have the same boundary.');
    }
    this.#open.push(part);
  }

  /**
   * A multipart whose stated boundary is absent or appears nowhere near, and whose body begins with a line of hyphens
   * and a header field: mail programs that guess show its parts, an attacker hides behind those that do not.
   */
  #repairBoundary(part: Part): void {
    const near = this.#raw.toString('latin1', part.bodyStart, part.bodyStart + GUESS_WITHIN);
    const found = GUESSED.exec(near);
    const guess = found?.[1]?.trimEnd();
    if (guess === undefined || guess === part.boundary) return;
    const known = this.#open.some((outer) => guess === outer.boundary || guess === `${outer.boundary}--`);
    if (known) return;
    if (part.boundary !== null) {
      const stated = this.#raw.subarray(part.bodyStart, part.bodyStart + STATED_WITHIN);
      if (stated.includes(`--${part.boundary}\n`) || stated.includes(`--${part.boundary}\r`)) return;
      if (stated.includes(`--${part.boundary}--`) || stated.includes(`--${part.boundary} `)) return;
    }
    this.#defects.add(
      'mime.boundary',
      `A ${part.contentType} states another boundary than it has; it was read by the one it has.`,
    );
    part.boundary = Buffer.from(guess, 'latin1').toString('utf8');
  }

  #innermost(part: Part): Part {
    let innermost = part;
    for (let child = part.children[0]; child !== undefined; child = child.children[0]) innermost = child;
    return innermost;
  }

  /** Offset of the next line that begins with `--`, from `from` on (which is the start of a line). */
  #nextDashes(from: number): number {
    const raw = this.#raw;
    const atLineStart = from === 0 || raw[from - 1] === LF;
    if (atLineStart && raw[from] === DASH && raw[from + 1] === DASH) return from;
    const found = raw.indexOf('\n--', Math.max(0, from - 1), 'latin1');
    return found === -1 ? -1 : found + 1;
  }

  #delimiterAt(lineStart: number): Delimiter | null {
    const raw = this.#raw;
    const limit = Math.min(raw.length, lineStart + MAX_BOUNDARY + 100);
    const lineFeed = raw.subarray(lineStart, limit).indexOf(LF);
    if (lineFeed === -1 && limit < raw.length) return null;
    const lineEnd = lineFeed === -1 ? raw.length : lineStart + lineFeed + 1;
    const text = raw.toString('utf8', lineStart + 2, lineEnd).replace(/[ \t\r\n]+$/, '');
    // The innermost match wins: two nested multiparts may share a boundary.
    for (let index = this.#open.length - 1; index >= 0; index -= 1) {
      const boundary = this.#open[index]?.boundary?.replace(/[ \t]+$/, '') ?? '';
      if (!text.startsWith(boundary)) continue;
      const rest = text.slice(boundary.length);
      if (rest === '' || rest === '--') return { index, closing: rest !== '', lineStart, lineEnd };
      // RFC 2046 5.1.1: "An exact match of the entire candidate line is not required". Most readers do require it.
      if (/^(?:--)?[ \t]/.test(rest)) {
        this.#defects.add('mime.ambiguous', 'A delimiter has text behind it; readers disagree on whether it is one.');
        return { index, closing: rest.startsWith('--'), lineStart, lineEnd };
      }
    }
    return null;
  }

  /** Ends all parts inside the multipart that the delimiter belongs to; gives that multipart. */
  #close(current: Part, delimiter: Delimiter): Part {
    const multipart = this.#open[delimiter.index];
    if (multipart === undefined) throw new Error('a delimiter belongs to an open multipart');
    let end = delimiter.lineStart;
    if (end > 0 && this.#raw[end - 1] === LF) end -= 1;
    if (end > 0 && this.#raw[end - 1] === CR) end -= 1;
    for (let part: Part | null = current; part !== null && part !== multipart; part = part.parent) {
      part.bodyEnd = Math.max(part.bodyStart, Math.min(part.bodyEnd, end));
    }
    for (const inner of this.#open.splice(delimiter.index + 1)) this.#endWithoutDelimiter(inner);
    if (delimiter.closing) {
      this.#open.pop();
      multipart.bodyEnd = end;
      this.#epilogue = delimiter.lineEnd;
    }
    return multipart;
  }

  /** Readers leave out what comes before the first part (RFC 2046 5.1.1); a sentence for old programs is usual there. */
  #markPreamble(multipart: Part, end: number): void {
    const text = this.#raw.toString('latin1', multipart.bodyStart, Math.min(end, multipart.bodyStart + 4_096)).trim();
    if (text.length > USUAL_PREAMBLE || /https?:|<[a-z!/]|^content-/im.test(text)) {
      this.#defects.add(
        'mime.preamble',
        'Text before the first part of a multipart was not read: readers do not show it.',
      );
    }
  }

  #endEpilogue(end: number): void {
    if (this.#epilogue === null) return;
    let pos = this.#epilogue;
    this.#epilogue = null;
    while (pos < end && isWhite(this.#raw[pos])) pos += 1;
    if (pos < end) {
      this.#defects.add(
        'mime.epilogue',
        'Text behind the last part of a multipart was not read: readers do not show it.',
      );
    }
  }

  #endWithoutDelimiter(part: Part): void {
    if (part.children.length > 0) {
      this.#defects.add('mime.unterminated', `A ${part.contentType} has no closing delimiter.`);
      return;
    }
    this.#defects.add('mime.boundary', `The boundary of a ${part.contentType} never appears; it was read as text.`);
    part.contentType = 'text/plain';
  }
}

function isWhite(byte: number | undefined): boolean {
  return byte === LF || byte === CR || byte === 0x20 || byte === 0x09;
}

interface Delimiter {
  /** Of the multipart that it belongs to, among the open ones. */
  index: number;
  closing: boolean;
  lineStart: number;
  /** Behind the line feed. */
  lineEnd: number;
}

function numberOf(part: Part): string {
  const parent = part.parent;
  if (parent === null) return isMultipart(part) ? '' : '1';
  const prefix = parent.path === '' ? '' : `${parent.path}.`;
  if (isMessage(parent)) return isMultipart(part) ? parent.path : `${prefix}1`;
  return `${prefix}${parent.children.length}`;
}
