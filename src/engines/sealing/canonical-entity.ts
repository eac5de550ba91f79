import { DEFAULT_PARSE_LIMITS, type ParseLimits } from '../../domain/parsed-message.js';
import { DefectList } from '../mime/defect-list.js';
import { isIdentity, isMessage, isMultipart, type Part } from '../mime/part.js';
import { splitParts } from '../mime/split-parts.js';
import { decodedBytes } from '../mime/transfer-encoding.js';
import { base64Lines } from './base64-lines.js';
import { CannotSeal } from './cannot-seal.js';
import { field, fieldsToBytes, splitHeader } from './header-fields.js';
import { quotedPrintable } from './quoted-printable.js';
import { isTransportSafe, withCrlf } from './transport-safe.js';

/** Our own mail has a handful of parts; a forwarded thread some dozens. */
const LIMITS: ParseLimits = { ...DEFAULT_PARSE_LIMITS, parts: 5_000, depth: 100 };
/** What cannot be rebuilt without a guess at what was meant. */
const DAMAGED = /^(?:mime\.(?:parts|depth|boundary|ambiguous)|header\.size)$/;

const LF = 0x0a;
const CR = 0x0d;
const CRLF = Buffer.from('\r\n');

/**
 * An entity in the form that is signed (RFC 8551 3.1, RFC 3156 3): lines end in CRLF, and parts that a transport could
 * change are quoted-printable or base64. What stands before and behind the parts of a multipart goes. What somebody
 * else signed keeps its bytes.
 *
 * @param entity MIME fields, an empty line and the content
 * @throws CannotSeal where its structure cannot be read without doubt
 */
export function canonicalEntity(entity: Buffer): Buffer {
  const defects = new DefectList();
  const { root } = splitParts(entity, LIMITS, defects);
  const damage = defects.toArray().find(({ code }) => DAMAGED.test(code));
  if (damage !== undefined) throw new CannotSeal(`its MIME structure is damaged: ${damage.explanation}`);
  return Buffer.concat(piecesOf(root));
}

function piecesOf(part: Part): Buffer[] {
  if (part.contentType === 'multipart/signed') return [withCrlf(part.source.subarray(part.start, endOf(part)))];
  if (isMultipart(part)) return multipart(part);
  const [message] = part.children;
  if (isMessage(part) && isIdentity(part) && message !== undefined) {
    return [head(part, part.encoding === '7bit' ? null : '7bit'), CRLF, ...piecesOf(message)];
  }
  return leaf(part);
}

/** With its closing delimiter and what stands behind it, up to the line end before the next delimiter around it. */
export function endOf({ parent, source, start }: Part): number {
  if (parent === null) return source.length;
  if (!isMultipart(parent)) return endOf(parent);
  const next = parent.children.find((sibling) => sibling.start > start);
  if (next === undefined) return parent.bodyEnd;
  let end = source.lastIndexOf(LF, next.start - 2);
  if (end > start && source[end - 1] === CR) end -= 1;
  return Math.max(start, end);
}

function multipart(part: Part): Buffer[] {
  const delimiter = `--${part.boundary ?? ''}`;
  return [
    head(part, isIdentity(part) && part.encoding === '7bit' ? null : '7bit'),
    CRLF,
    ...part.children.flatMap((child) => [Buffer.from(`${delimiter}\r\n`), ...piecesOf(child), CRLF]),
    Buffer.from(`${delimiter}--\r\n`),
  ];
}

function leaf(part: Part): Buffer[] {
  const isText = part.contentType.startsWith('text/');
  const written = part.source.subarray(part.bodyStart, part.bodyEnd);
  // Line ends of what is neither text nor encoded are content.
  const body = isText || !isIdentity(part) ? withCrlf(written) : written;
  if (isTransportSafe(body))
    return [head(part, part.encoding === '8bit' || part.encoding === 'binary' ? '7bit' : null), CRLF, body];
  if (isMessage(part)) throw new CannotSeal('a message inside it cannot be read');
  const decoded = decodedBytes(part, new DefectList());
  const content = isText ? withCrlf(decoded) : decoded;
  if (!isText || isMostlyForeign(content)) return [head(part, 'base64'), CRLF, base64Lines(content)];
  return [head(part, 'quoted-printable'), CRLF, quotedPrintable(content)];
}

/** Quoted-printable makes three bytes of one: text that is mostly beyond ASCII is shorter in base64. */
function isMostlyForeign(text: Buffer): boolean {
  let foreign = 0;
  for (const byte of text) if (byte >= 0x80) foreign += 1;
  return foreign * 3 > text.length;
}

/** The part's own fields, its transfer encoding replaced where another one is given. */
function head(part: Part, encoding: string | null): Buffer {
  const { fields } = splitHeader(part.source.subarray(part.start, part.bodyStart));
  if (encoding === null) return fieldsToBytes(fields);
  const others = fields.filter(({ name }) => name !== 'content-transfer-encoding');
  return fieldsToBytes([...others, field('Content-Transfer-Encoding', encoding)]);
}
