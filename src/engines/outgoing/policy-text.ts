import { isMultipart, type Part } from '../mime/part.js';
import { splitHeader, field, fieldsToBytes } from '../sealing/header-fields.js';
import type { PolicyChanges } from '../../domain/outgoing/outcomes.js';
import {
  boundaryFor,
  mainTexts,
  newTextEntity,
  readBody,
  spliced,
  textEntity,
  textOf,
  type Splice,
} from './mail-body.js';

/**
 * Puts notices above and footers below the text of a message, in each of its alternatives. Attachments and messages
 * inside it stay as they are; mail without any text gets one.
 *
 * @returns null where its parts cannot be told apart without doubt
 */
export function withPolicyText(message: Buffer, changes: PolicyChanges, messageId: string): Buffer | null {
  const { footers, notices } = changes;
  if (footers.length + notices.length === 0) return message;
  const { root, damage } = readBody(message);
  if (damage !== null) return null;
  const texts = mainTexts(root);
  if (texts.length === 0) return withNewText(message, root, plainText('', changes).trimStart(), messageId);
  const splices = texts.map((part): Splice => {
    const changed =
      part.contentType === 'text/html' ? htmlText(textOf(part), changes) : plainText(textOf(part), changes);
    return { start: part.start, end: part.bodyEnd, bytes: textEntity(part, changed) };
  });
  return spliced(message, splices);
}

function plainText(text: string, { footers, notices }: PolicyChanges): string {
  const above = notices.map((notice) => `${notice.trim()}\n\n`).join('');
  const below = footers.map((footer) => `\n\n${footer.text.trim()}`).join('');
  return `${above}${text.trimEnd()}${below}\n`;
}

/** An end tag or a comment's beginning; what stands behind the last `</body>` is shown by no program. */
function htmlText(html: string, { footers, notices }: PolicyChanges): string {
  const above = notices.map((notice) => `<div style="${NOTICE}">${asHtml(notice)}</div>`).join('');
  const below = footers.map(({ text, html: own }) => `<div>${own ?? asHtml(text)}</div>`).join('');
  const opened = /<body\b[^>]{0,4000}>/i.exec(html);
  const from = opened === null ? 0 : opened.index + opened[0].length;
  const lower = html.toLowerCase();
  const closing = [lower.lastIndexOf('</body'), lower.lastIndexOf('</html')].find((at) => at >= from);
  const to = closing ?? html.length;
  return html.slice(0, from) + above + html.slice(from, to) + below + html.slice(to);
}

const NOTICE = 'border:1px solid #b58900;padding:8px;margin:0 0 12px 0';

function asHtml(text: string): string {
  return escapeHtml(text.trim()).replace(/\r\n|\r|\n/g, '<br>\r\n');
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

function withNewText(message: Buffer, root: Part, text: string, messageId: string): Buffer {
  const entity = newTextEntity('text/plain', text);
  const [first] = root.children;
  if (isMultipart(root) && root.contentType === 'multipart/mixed' && first !== undefined) {
    const bytes = Buffer.concat([entity, Buffer.from(`\r\n--${root.boundary ?? ''}\r\n`)]);
    return spliced(message, [{ start: first.start, end: first.start, bytes }]);
  }
  const boundary = boundaryFor(messageId, message);
  const { fields, body } = splitHeader(message);
  const isInner = (name: string) => name.startsWith('content-');
  return Buffer.concat([
    fieldsToBytes([
      ...fields.filter(({ name }) => !isInner(name) && name !== 'mime-version'),
      field('MIME-Version', '1.0'),
      field('Content-Type', `multipart/mixed; boundary="${boundary}"`),
    ]),
    Buffer.from(`\r\n--${boundary}\r\n`),
    entity,
    Buffer.from(`\r\n--${boundary}\r\n`),
    fieldsToBytes(fields.filter(({ name }) => isInner(name))),
    Buffer.from('\r\n'),
    body,
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
}
