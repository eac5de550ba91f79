import type { ParsedMessage } from '../../../src/domain/parsed-message.js';
import { DEFAULT_PARSE_LIMITS } from '../../../src/domain/parsed-message.js';
import { DefectList } from '../../../src/engines/mime/defect-list.js';
import { decodeText } from '../../../src/engines/mime/charset.js';
import { isIdentity, isMessage, isMultipart, type Part } from '../../../src/engines/mime/part.js';
import { splitParts } from '../../../src/engines/mime/split-parts.js';
import { sha256, words } from './comparison.js';

/** What a mail may lose is what a defect names. */
const CUTS = /^(?:text\.size|mime\.(?:size|parts|depth)|header\.size)$/;

/**
 * What of a mail is in no part that was read and named by no defect; empty where nothing is. The decoders here are others than
 * the parser's, and deliberately simple.
 */
export function lostBytes(raw: Buffer, parsed: ParsedMessage): string[] {
  const codes = new Set(parsed.defects.map(({ code }) => code));
  const { root } = splitParts(raw, DEFAULT_PARSE_LIMITS, new DefectList());
  const cut = [...codes].some((code) => CUTS.test(code));
  return [...lostBetween(raw, root, codes), ...(cut ? [] : lostInLeaves(root, parsed, codes))];
}

/** Bytes that belong to no header section, leaf or delimiter line. */
function lostBetween(raw: Buffer, root: Part, codes: ReadonlySet<string>): string[] {
  const named = ['mime.preamble', 'mime.epilogue', 'mime.parts', 'mime.size', 'header.size'].some((code) =>
    codes.has(code),
  );
  if (named) return [];
  const known = new Uint8Array(raw.length);
  const boundaries = new Set<string>();
  const visit = (part: Part): void => {
    known.fill(1, part.start, part.bodyStart);
    if (part.boundary !== null) boundaries.add(part.boundary.trimEnd());
    if (isMultipart(part) || (isMessage(part) && part.children.length > 0)) part.children.forEach(visit);
    else known.fill(1, part.bodyStart, part.bodyEnd);
  };
  visit(root);
  const lost: string[] = [];
  let pos = 0;
  while (pos < raw.length) {
    const lineFeed = raw.indexOf(0x0a, pos);
    const end = lineFeed === -1 ? raw.length : lineFeed + 1;
    const line = raw.toString('utf8', pos, end).trim();
    const unread = raw.subarray(pos, end).some((byte, index) => byte > 0x20 && known[pos + index] === 0);
    if (unread && !isDelimiter(line, boundaries) && !isPreamble(pos, root))
      lost.push(`offset ${pos}: ${line.slice(0, 60)}`);
    pos = end;
  }
  return lost;
}

function isDelimiter(line: string, boundaries: ReadonlySet<string>): boolean {
  return [...boundaries].some((boundary) => line.startsWith(`--${boundary}`));
}

/** The usual sentence before the first part, which the parser leaves unmarked. */
function isPreamble(pos: number, part: Part): boolean {
  if (isMultipart(part) && pos >= part.bodyStart && pos < (part.children[0]?.start ?? part.bodyEnd)) return true;
  return part.children.some((child) => isPreamble(pos, child));
}

/** Leaves whose bytes are neither in the text nor among the attachments. */
function lostInLeaves(root: Part, parsed: ParsedMessage, codes: ReadonlySet<string>): string[] {
  const hashes = new Set(parsed.attachments.map((attachment) => attachment.sha256));
  const plain = words(parsed.text);
  const html = words(parsed.html ?? '');
  const lost: string[] = [];
  const visit = (part: Part, embedded: boolean): void => {
    if (isMultipart(part)) part.children.forEach((child) => visit(child, embedded));
    // The bytes of a message inside are those of its attachment: its parts are within them.
    else if (isMessage(part) && isIdentity(part)) check(part);
    else if (!embedded) check(part);
  };
  const check = (part: Part): void => {
    const body = part.source.subarray(part.bodyStart, part.bodyEnd);
    const bytes = decoded(part, body);
    if (bytes === null || hashes.has(sha256(bytes)) || hashes.has(sha256(body))) return;
    // Soft line breaks of format=flowed change where white space is, not the words.
    const text = words(decodeText(bytes, part.charset).text).replace(/[\s>]+/g, '');
    const inText = plain.replace(/[\s>]+/g, '').includes(text) || html.replace(/[\s>]+/g, '').includes(text);
    const marked = codes.has('mime.base64') || codes.has('mime.uuencode') || codes.has('mime.encoding');
    if (!inText && !marked) lost.push(`part ${part.path} (${part.contentType}, ${body.length} bytes)`);
  };
  visit(root, false);
  return lost;
}

function decoded(part: Part, body: Buffer): Buffer | null {
  const text = body.toString('latin1');
  if (isIdentity(part)) return body;
  if (part.encoding === 'base64') return Buffer.from(text.replace(/[^A-Za-z0-9+/=]/g, ''), 'base64');
  if (part.encoding === 'quoted-printable') {
    // One pass: a soft line break must not join what then looks like another escape.
    const escape = /=(?:[ \t]*(?:\r?\n|\r|$)|([0-9a-f]{2}))/gi;
    const byteOf = (_: string, hex?: string): string =>
      hex === undefined ? '' : String.fromCharCode(Number.parseInt(hex, 16));
    return Buffer.from(text.replace(escape, byteOf), 'latin1');
  }
  return null;
}
