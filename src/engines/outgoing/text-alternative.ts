import { convert } from 'html-to-text';
import { isMultipart, type Part } from '../mime/part.js';
import { isReadable } from '../mime/readable.js';
import { endOf } from '../sealing/canonical-entity.js';
import { fieldsToBytes, field, splitHeader } from '../sealing/header-fields.js';
import { boundaryFor, mainTexts, newTextEntity, readBody, spliced, textOf } from './mail-body.js';

/** Characters of HTML that its text is made of. */
const MOST_HTML = 512 * 1024;

/**
 * Gives mail that has HTML alone a text part besides (RFC 2046 5.1.4): some read it so, and filters count its absence
 * against the sender. Null where it has one, or no HTML.
 */
export function withTextAlternative(message: Buffer, messageId: string): Buffer | null {
  const { root, damage } = readBody(message);
  const texts = mainTexts(root);
  const html = texts.find(({ contentType }) => contentType === 'text/html');
  if (damage !== null || html === undefined || texts.some(({ contentType }) => contentType === 'text/plain'))
    return null;
  const wrapped = wrappedWith(html);
  const boundary = boundaryFor(messageId, message);
  const type = field('Content-Type', `multipart/alternative; boundary="${boundary}"`);
  const text = newTextEntity('text/plain', textOfHtml(textOf(html)));
  const alternative = (entity: Buffer) =>
    Buffer.concat([
      Buffer.from(`\r\n--${boundary}\r\n`),
      text,
      Buffer.from(`\r\n--${boundary}\r\n`),
      entity,
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ]);
  if (wrapped.parent !== null) {
    const end = isMultipart(wrapped) ? endOf(wrapped) : wrapped.bodyEnd;
    const entity = message.subarray(wrapped.start, end);
    return spliced(message, [
      { start: wrapped.start, end, bytes: Buffer.concat([fieldsToBytes([type]), alternative(entity)]) },
    ]);
  }
  const { fields, body } = splitHeader(message);
  const isInner = (name: string) => name.startsWith('content-');
  const outer = fields.filter(({ name }) => !isInner(name) && name !== 'mime-version');
  const inner = Buffer.concat([fieldsToBytes(fields.filter(({ name }) => isInner(name))), Buffer.from('\r\n'), body]);
  return Buffer.concat([fieldsToBytes([...outer, field('MIME-Version', '1.0'), type]), alternative(inner)]);
}

/** HTML with what it shows in place stays together. */
function wrappedWith(html: Part): Part {
  const { parent } = html;
  return parent?.contentType === 'multipart/related' && parent.children[0] === html && isReadable(html) ? parent : html;
}

/** What a reader of the HTML sees, links with their targets. */
export function textOfHtml(html: string): string {
  const text = convert(html.slice(0, MOST_HTML), {
    wordwrap: 76,
    limits: { maxDepth: 100, maxChildNodes: 20_000, maxInputLength: MOST_HTML },
    selectors: [
      { selector: 'a', options: { hideLinkHrefIfSameAsText: true } },
      { selector: 'img', format: 'skip' },
      ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
    ],
  });
  return `${text.trim()}\r\n`;
}
