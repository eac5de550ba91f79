import { isUtf8 } from 'node:buffer';
import { DEFAULT_PARSE_LIMITS } from '../../domain/parsed-message.js';
import { charsetLabel } from '../mime/charset.js';
import { DefectList } from '../mime/defect-list.js';
import type { Part } from '../mime/part.js';
import { splitParts } from '../mime/split-parts.js';
import { decodedBytes } from '../mime/transfer-encoding.js';
import { base64Lines } from '../sealing/base64-lines.js';
import { quotedPrintable } from '../sealing/quoted-printable.js';
import { headerEnd } from '../signing/dkim.js';
import { trackedHtml, type HtmlTracking } from './tracked-html.js';

/** RFC 2369 and RFC 8058. */
export interface Unsubscription {
  url: string;
}

/** HTML that is larger stays as it is. */
const MOST_HTML = 4 * 1024 * 1024;
/** A signature over the parts, or what encrypts them, leaves nothing that could be changed. */
const SEALED = /^(?:multipart\/(?:signed|encrypted)|application\/(?:x-)?pkcs7-mime|application\/pgp-encrypted)$/;

/** Whether its parts are signed or encrypted as they stand. */
export function isSealed(bytes: Buffer): boolean {
  const { root } = splitParts(bytes, DEFAULT_PARSE_LIMITS, new DefectList());
  return SEALED.test(root.contentType);
}

/** Puts tracking into the HTML of a message; sealed messages, attachments and messages inside it stay as they are. */
export function trackedMessage(bytes: Buffer, tracking: HtmlTracking): Buffer {
  const { root } = splitParts(bytes, DEFAULT_PARSE_LIMITS, new DefectList());
  const pieces: Buffer[] = [];
  let at = 0;
  for (const part of htmlParts(root)) {
    const body = trackedBody(part, tracking);
    if (body === null) continue;
    pieces.push(bytes.subarray(at, part.bodyStart), body);
    at = part.bodyEnd;
  }
  return at === 0 ? bytes : Buffer.concat([...pieces, bytes.subarray(at)]);
}

/** In the order in which they stand. Only what lies in the bytes themselves can be changed in place. */
function htmlParts(root: Part): Part[] {
  if (SEALED.test(root.contentType) || root.disposition === 'attachment') return [];
  if (root.contentType === 'text/html') return root.filename === null ? [root] : [];
  if (!root.contentType.startsWith('multipart/')) return [];
  return root.children.flatMap(htmlParts);
}

function trackedBody(part: Part, tracking: HtmlTracking): Buffer | null {
  const defects = new DefectList();
  const decoded = decodedBytes(part, defects);
  if (decoded.length > MOST_HTML || defects.toArray().length > 0) return null;
  const label = charsetLabel(part.charset) ?? 'utf-8';
  // All that is put in is ASCII: where every byte of it means itself, the charset need not be known.
  if (/^(?:utf-16|utf-32|utf-7|iso-2022|hz)/.test(label)) return null;
  const isUnicode = label === 'utf-8' && isUtf8(decoded);
  const html = decoded.toString(isUnicode ? 'utf8' : 'latin1');
  const tracked = trackedHtml(html, tracking);
  return tracked === html ? null : encoded(Buffer.from(tracked, isUnicode ? 'utf8' : 'latin1'), part.encoding);
}

/** As the part's own field says; lines that a longer address makes too long are broken where the encoding can. */
function encoded(html: Buffer, encoding: string): Buffer | null {
  if (encoding === 'base64') return base64Lines(html);
  if (encoding === 'quoted-printable') return quotedPrintable(html);
  return broken(html);
}

/** RFC 5321 4.5.3.1.6: lines of at most 998 octets. HTML may be broken between tags' attributes; null where it cannot. */
function broken(html: Buffer): Buffer | null {
  const lines = html
    .toString('latin1')
    .split('\r\n')
    .map((line) =>
      line.length <= LONGEST_LINE ? line : line.replaceAll(/(<(?:a|area|img)) (?=[^<>]{0,8000}>)/gi, '$1\r\n'),
    );
  const text = lines.join('\r\n');
  return text.split('\r\n').some((line) => line.length > LONGEST_LINE) ? null : Buffer.from(text, 'latin1');
}

const LONGEST_LINE = 998;

/** Adds the fields by which a reader's program unsubscribes; those that a client gave stand. */
export function withUnsubscription(bytes: Buffer, { url }: Unsubscription): Buffer {
  const header = bytes.toString('latin1', 0, headerEnd(bytes));
  if (/^list-unsubscribe:/im.test(header)) return bytes;
  const fields = `List-Unsubscribe: <${url}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n`;
  return Buffer.concat([Buffer.from(fields, 'latin1'), bytes]);
}
