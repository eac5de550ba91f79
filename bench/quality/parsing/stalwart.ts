import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readHtml } from '../../../src/engines/mime/html-content.js';
import { parseMessage } from '../../../src/engines/mime/parse-message.js';
import { compareAttachment, compareText, type Comparison, type ExpectedAttachment } from './comparison.js';

interface ExpectedMessage {
  text_body: number[];
  html_body: number[];
  attachments: number[];
  parts: ExpectedPart[];
}

type ExpectedBody =
  | { Text: string }
  | { Html: string }
  | { Binary: number[] }
  | { InlineBinary: number[] }
  | { Message: ExpectedMessage }
  | { Multipart: number[] };

interface ExpectedPart {
  headers: { name: string | { other: string }; value: unknown }[];
  body: ExpectedBody;
  offset_body: number;
  offset_end: number;
}

/** Compares with stalwartlabs/mail-parser: subject, text and every attachment of each mail (mime-stalwart). */
export async function compareStalwart(data: string): Promise<Comparison[]> {
  const folder = join(data, 'mime-stalwart');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.eml'));
  const comparisons: Comparison[] = [];
  for (const file of files.sort()) {
    const raw = readFileSync(join(folder, file));
    const expected = JSON.parse(readFileSync(join(folder, file.replace(/\.eml$/, '.json')), 'utf8')) as ExpectedMessage;
    comparisons.push(...(await compareMessage(`mime-stalwart/${file}`, raw, expected)));
  }
  return comparisons;
}

async function compareMessage(file: string, raw: Buffer, expected: ExpectedMessage): Promise<Comparison[]> {
  const parsed = await parseMessage(raw);
  const part = (index: number): ExpectedPart | undefined => expected.parts[index];
  const indices = [...new Set([...expected.text_body, ...expected.attachments])].sort((one, other) => one - other);
  const comparisons = [
    compareText(file, 'subject', fieldText(part(0), 'subject'), parsed.subject),
    compareText(file, 'text', textOf(expected.text_body.map(part)), parsed.text, textOf(indices.map(part))),
  ];
  for (const index of expected.attachments) {
    const attachment = expectedAttachment(part(index), raw, String(index));
    if (attachment !== null) comparisons.push(compareAttachment(file, attachment, parsed));
  }
  return comparisons;
}

/** The suite gives the HTML of a body that has no plain text: as text it is what this parser makes of HTML. */
function textOf(parts: readonly (ExpectedPart | undefined)[]): string {
  const texts = parts.map((part) => {
    if (part === undefined) return '';
    if ('Text' in part.body) return part.body.Text;
    return 'Html' in part.body ? readHtml(part.body.Html, 0).text : '';
  });
  return texts.join('\n');
}

function expectedAttachment(part: ExpectedPart | undefined, raw: Buffer, name: string): ExpectedAttachment | null {
  if (part === undefined || 'Multipart' in part.body) return null;
  const { body } = part;
  const encoding = fieldText(part, 'content_transfer_encoding');
  const binary = 'Binary' in body ? body.Binary : 'InlineBinary' in body ? body.InlineBinary : null;
  if (/uu/i.test(encoding) && !('Message' in body)) {
    const encoded = binary === null ? ('Text' in body ? body.Text : '') : Buffer.from(binary).toString('latin1');
    return { bytes: uudecoded(encoded), name: `${name} (uuencoded, which the suite leaves as it is)` };
  }
  if (binary !== null) return { bytes: Buffer.from(binary), name };
  if ('Message' in body) {
    if (/base64|quoted-printable/i.test(encoding)) return null;
    return { bytes: raw.subarray(part.offset_body, part.offset_end), name: `${name} (message)` };
  }
  const text = 'Text' in body ? body.Text : 'Html' in body ? body.Html : '';
  return { text, charset: charsetOf(part), name };
}

function fieldText(part: ExpectedPart | undefined, name: string): string {
  const value = part?.headers.find((field) => field.name === name)?.value;
  if (typeof value !== 'object' || value === null) return '';
  if ('Text' in value) return String(value.Text);
  return 'TextList' in value && Array.isArray(value.TextList) ? value.TextList.join(', ') : '';
}

function charsetOf(part: ExpectedPart): string {
  return /"name":"charset","value":"([^"]{1,40})"/.exec(JSON.stringify(part.headers))?.[1] ?? 'utf-8';
}

/** A decoder of its own: that of the parser is what is compared. */
function uudecoded(text: string): Buffer {
  const bits = (line: string): string =>
    Array.from(line.slice(1), (character) =>
      (((character.codePointAt(0) ?? 32) - 32) & 63).toString(2).padStart(6, '0'),
    ).join('');
  const lines = text.split(/\r?\n/);
  const from = lines.findIndex((line) => line.startsWith('begin '));
  const content = lines.slice(from + 1, lines.indexOf('end'));
  const bytes = content.flatMap((line) => {
    const length = ((line.codePointAt(0) ?? 32) - 32) & 63;
    return Array.from({ length }, (_, index) =>
      Number.parseInt(
        bits(line)
          .slice(index * 8, index * 8 + 8)
          .padEnd(8, '0'),
        2,
      ),
    );
  });
  return Buffer.from(bytes);
}
