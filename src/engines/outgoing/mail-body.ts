import { DEFAULT_PARSE_LIMITS, type ParseLimits } from '../../domain/parsed-message.js';
import { decodeText } from '../mime/charset.js';
import { DefectList } from '../mime/defect-list.js';
import { isMessage, isMultipart, type Part } from '../mime/part.js';
import { isReadable } from '../mime/readable.js';
import { splitParts } from '../mime/split-parts.js';
import { decodedBytes } from '../mime/transfer-encoding.js';
import { base64Lines } from '../sealing/base64-lines.js';
import { field, fieldsToBytes, splitHeader, type FieldText } from '../sealing/header-fields.js';
import { quotedPrintable } from '../sealing/quoted-printable.js';
import { isTransportSafe } from '../sealing/transport-safe.js';

const LIMITS: ParseLimits = { ...DEFAULT_PARSE_LIMITS, parts: 5_000, depth: 100 };
/** What cannot be changed without a guess at what was meant. */
const DAMAGED = /^(?:mime\.(?:parts|depth|boundary|ambiguous)|header\.size)$/;
const SEALED = /^(?:multipart\/(?:signed|encrypted)|application\/(?:x-)?pkcs7-mime)$/;
const INLINE_PGP = /^-----BEGIN PGP (?:SIGNED )?MESSAGE-----\r?$/m;
const INLINE_WITHIN = 64 * 1024;
const CRLF = '\r\n';

/** A message by its parts, for changes of its text. */
export interface MailBody {
  root: Part;
  /** Why its parts cannot be changed; null where they can. */
  damage: string | null;
}

export function readBody(message: Buffer): MailBody {
  const defects = new DefectList();
  const { root } = splitParts(message, LIMITS, defects);
  return { root, damage: defects.toArray().find(({ code }) => DAMAGED.test(code))?.explanation ?? null };
}

/** Whether its client signed or encrypted it, or a part of it: S/MIME, PGP/MIME, PGP in its text. */
export function isProtectedMail(root: Part): boolean {
  const own = ownParts(root);
  if (own.some(({ contentType }) => SEALED.test(contentType))) return true;
  return own.some(
    (part) =>
      part.contentType === 'text/plain' &&
      isReadable(part) &&
      INLINE_PGP.test(decodedBytes(part, new DefectList()).toString('latin1', 0, INLINE_WITHIN)),
  );
}

/** The texts that a reader sees first: of alternatives all, else the first part. Where a footer belongs. */
export function mainTexts(part: Part): Part[] {
  if (SEALED.test(part.contentType) || isMessage(part)) return [];
  if (!isMultipart(part)) return isReadable(part) ? [part] : [];
  const [first] = part.children;
  if (part.contentType === 'multipart/alternative') return part.children.flatMap(mainTexts);
  return first === undefined ? [] : mainTexts(first);
}

/** Every text that is shown, but for those of messages inside it. */
export function shownTexts(root: Part): Part[] {
  return ownParts(root).filter((part) => !isMultipart(part) && isReadable(part));
}

function ownParts(root: Part): Part[] {
  const found: Part[] = [];
  const open = [root];
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    found.push(part);
    if (!isMessage(part)) open.push(...part.children);
  }
  return found.sort((one, other) => one.start - other.start);
}

export function textOf(part: Part): string {
  return decodeText(decodedBytes(part, new DefectList()), part.charset).text;
}

/** A text part written anew in UTF-8, its other fields as they were. */
export function textEntity(part: Part, text: string): Buffer {
  const { head, encode } = textForm(part, text);
  return Buffer.concat([head, encode(text)]);
}

/** How a text part is written anew: chosen once, where many texts are to be written in it. */
export function textForm(part: Part, sample: string): { head: Buffer; encode: (text: string) => Buffer } {
  const { fields } = splitHeader(part.source.subarray(part.start, part.bodyStart));
  const kept = fields.filter(
    ({ name }) => !['content-type', 'content-transfer-encoding', 'content-md5'].includes(name),
  );
  const flowed = part.flowed ? `; format=flowed${part.delSp ? '; delsp=yes' : ''}` : '';
  const encoding = isMostlyForeign(Buffer.from(sample)) ? 'base64' : 'quoted-printable';
  const mime = [
    field('Content-Type', `${part.contentType}; charset=utf-8${flowed}`),
    field('Content-Transfer-Encoding', encoding),
  ];
  const version = part.parent === null && !kept.some(({ name }) => name === 'mime-version');
  return {
    head: Buffer.concat([
      fieldsToBytes([...kept, ...(version ? [field('MIME-Version', '1.0')] : []), ...mime]),
      Buffer.from(CRLF),
    ]),
    encode: (text) => encodeAs(encoding, withCrlfEnds(text)),
  };
}

/** A text as a part of its own. */
export function newTextEntity(type: 'text/plain' | 'text/html', text: string): Buffer {
  const bytes = Buffer.from(withCrlfEnds(text));
  const encoding = isTransportSafe(bytes) ? '7bit' : isMostlyForeign(bytes) ? 'base64' : 'quoted-printable';
  const fields: FieldText[] = [
    field('Content-Type', `${type}; charset=utf-8`),
    field('Content-Transfer-Encoding', encoding),
  ];
  return Buffer.concat([fieldsToBytes(fields), Buffer.from(CRLF), encodeAs(encoding, bytes.toString())]);
}

function encodeAs(encoding: string, text: string): Buffer {
  const bytes = Buffer.from(text);
  if (encoding === 'base64') return base64Lines(bytes);
  return encoding === '7bit' ? bytes : quotedPrintable(bytes);
}

const withCrlfEnds = (text: string) => text.replace(/\r\n|\r|\n/g, CRLF);

/** Quoted-printable makes three bytes of one: text that is mostly beyond ASCII is shorter in base64. */
function isMostlyForeign(text: Buffer): boolean {
  let foreign = 0;
  for (const byte of text) if (byte >= 0x80) foreign += 1;
  return foreign * 3 > text.length;
}

/** Bytes in the place of others. */
export interface Splice {
  start: number;
  end: number;
  bytes: Buffer;
}

/** @param splices that do not overlap */
export function spliced(source: Buffer, splices: readonly Splice[]): Buffer {
  const pieces: Buffer[] = [];
  let at = 0;
  for (const { start, end, bytes } of splices.toSorted((one, other) => one.start - other.start)) {
    pieces.push(source.subarray(at, start), bytes);
    at = end;
  }
  return Buffer.concat([...pieces, source.subarray(at)]);
}

/** A boundary that is the same whenever the message is prepared, and stands nowhere in it. */
export function boundaryFor(messageId: string, source: Buffer): string {
  for (let n = 0; ; n += 1) {
    const boundary = `=_everpost_${messageId}_${n}`;
    if (!source.includes(boundary)) return boundary;
  }
}
