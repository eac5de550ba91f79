import { readdirSync, readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Attachment, ParsedMessage } from '../../../src/domain/parsed-message.js';
import { decodeText } from '../../../src/engines/mime/charset.js';
import { DefectList } from '../../../src/engines/mime/defect-list.js';
import { readHtml } from '../../../src/engines/mime/html-content.js';
import { parseMessage } from '../../../src/engines/mime/parse-message.js';
import { readRtf } from '../../../src/engines/mime/rtf-text.js';
import { TnefReader } from '../../../src/engines/mime/tnef.js';
import type { TnefFile } from '../../../src/engines/mime/tnef-attachment.js';

export interface TnefComparison {
  file: string;
  name: string;
  found: boolean;
  /** Whether the bytes are those expected; null where only the name is known. */
  equal: boolean | null;
}

/** What the suite calls a body; here it is the message's text, and where it is RTF as such, an attachment too. */
const BODY = /^(?:message|body)\.(html|rtf|txt)$/;
const LIMIT = 1024 * 1024;

/** The streams of the tnef project as MimeKit's tests have them, each as the one part of a mail. */
export async function compareTnef(data: string): Promise<TnefComparison[]> {
  const folder = join(data, 'mime-mimekit/TestData/tnef');
  const entries = readdirSync(folder);
  const comparisons: TnefComparison[] = [];
  for (const file of entries.filter((entry) => entry.endsWith('.tnef')).sort()) {
    const name = file.replace(/\.tnef$/, '');
    const stream = readFileSync(join(folder, file));
    const parsed = await parseMessage(mailOf(stream));
    const held = new TnefReader(LIMIT, new DefectList()).read(stream, file).files;
    const expected = new Map<string, Buffer | null>();
    if (entries.includes(`${name}.list`)) {
      for (const line of readFileSync(join(folder, `${name}.list`), 'utf8').split(/\r?\n/)) {
        if (line !== '') expected.set(line.replace(/^body\./, 'message.'), null);
      }
    }
    if (entries.includes(name)) {
      const files = readdirSync(join(folder, name));
      for (const inner of files) {
        // Two of the same name are numbered on the disk.
        if (files.some((other) => other !== inner && sameName(other, inner))) expected.delete(unnumbered(inner));
        expected.set(inner, readFileSync(join(folder, name, inner)));
      }
    }
    for (const [inner, bytes] of expected)
      comparisons.push({ file, name: inner, ...compared(parsed, held, inner, bytes) });
  }
  return comparisons;
}

function mailOf(stream: Buffer): Buffer {
  const head = 'From: a@example.com\r\nContent-Type: application/ms-tnef\r\nContent-Transfer-Encoding: base64\r\n\r\n';
  return Buffer.from(`${head}${stream.toString('base64').replace(/.{76}/g, '$&\r\n')}\r\n`);
}

function compared(
  parsed: ParsedMessage,
  held: readonly TnefFile[],
  name: string,
  bytes: Buffer | null,
): Pick<TnefComparison, 'found' | 'equal'> {
  const kind = BODY.exec(name)?.[1];
  const listed = kind === undefined ? [name, unnumbered(name)] : kind === 'rtf' ? ['body.rtf'] : [];
  const files = parsed.attachments.filter(({ part, filename }) => part !== '1' && listed.includes(filename ?? ''));
  if (files.length > 0 || kind === undefined) {
    return { found: files.length > 0, equal: bytes === null ? null : files.some((file) => isFile(file, held, bytes)) };
  }
  const text = kind === 'html' ? (parsed.html ?? '') : parsed.text;
  return { found: text.trim() !== '', equal: bytes === null ? null : isBody(parsed, kind, bytes) };
}

/** The attachment is what the reader of TNEF gives, and that is what is expected; text files of the suite lost their CRs. */
function isFile(file: Attachment, held: readonly TnefFile[], expected: Buffer): boolean {
  const bytes = held.find((candidate) => sha256(candidate.bytes) === file.sha256)?.bytes;
  if (bytes === undefined) return false;
  if (expected.includes(0)) return bytes.equals(expected);
  return withoutReturns(bytes) === withoutReturns(expected);
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function withoutReturns(bytes: Buffer): string {
  return bytes.toString('latin1').replaceAll('\r', '');
}

function isBody({ text, html }: ParsedMessage, kind: string, bytes: Buffer): boolean {
  switch (kind) {
    case 'html':
      return words(readHtml(html ?? '', 0).text) === words(readHtml(decodeText(bytes, undefined).text, 0).text);
    case 'rtf': {
      const body = readRtf(bytes, LIMIT);
      return words(text) === words(body.kind === 'html' ? readHtml(body.text, 0).text : body.text);
    }
    default:
      return words(text) === words(bytes.toString('utf8'));
  }
}

function words(text: string): string {
  return text.replace(/[\s\u200b]+/g, ' ').trim();
}

function unnumbered(name: string): string {
  return name.replace(/\.\d$/, '');
}

function sameName(one: string, other: string): boolean {
  return one !== unnumbered(one) && other !== unnumbered(other) && unnumbered(one) === unnumbered(other);
}
