import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isUtf8 } from 'node:buffer';
import { DomUtils, parseDocument } from 'htmlparser2';
import iconv from 'iconv-lite';
import { parseMessage } from '../../../src/engines/mime/parse-message.js';
import { compareAttachment, compareText, type Comparison } from './comparison.js';

/** Compares with apache/james-mime4j: the subject as transmitted, and every decoded leaf part (mime-james). */
export async function compareJames(data: string): Promise<Comparison[]> {
  const folder = join(data, 'mime-james');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.msg'));
  const comparisons: Comparison[] = [];
  for (const file of files.sort()) comparisons.push(...(await compareMessage(folder, file)));
  return comparisons;
}

async function compareMessage(folder: string, file: string): Promise<Comparison[]> {
  const parsed = await parseMessage(readFileSync(join(folder, file)));
  const name = basename(file, '.msg');
  const xml = readFileSync(join(folder, dirname(file), `${name}_decoded.xml`), 'utf8');
  const message = elements(parseDocument(xml, { xmlMode: true }).children)[0];
  if (message === undefined) return [];
  const label = `mime-james/${file}`;
  const subject = fieldsOf(message).find((field) => /^subject\s*:/i.test(field)) ?? '';
  const field = parsed.headers.find((candidate) => candidate.name.toLowerCase() === 'subject');
  const transmitted = field === undefined ? '' : (field.raw ?? field.value);
  const comparisons = [
    compareText(label, 'subject', subject.replace(/^subject\s*:/i, ''), readable(Buffer.from(transmitted, 'latin1'))),
  ];
  for (const leaf of leavesOf(message)) {
    const bytes = readFileSync(join(folder, dirname(file), leaf.file));
    const text = leaf.text ? readable(bytes, leaf.charset) : undefined;
    if (text?.trim() === '' || bytes.length === 0) continue;
    const expected = text === undefined ? { bytes, name: leaf.file } : { text, charset: leaf.charset, name: leaf.file };
    const found = compareAttachment(label, expected, parsed);
    // The suite does not say which text is shown and which is listed.
    comparisons.push(
      leaf.text ? { ...found, what: 'text', verdict: found.verdict === 'different' ? 'different' : 'same' } : found,
    );
  }
  return comparisons;
}

type XmlNode = ReturnType<typeof parseDocument>['children'][number];
type Element = Extract<XmlNode, { attribs: unknown }>;

function elements(nodes: readonly XmlNode[]): Element[] {
  return nodes.filter((node): node is Element => 'attribs' in node);
}

function fieldsOf(entity: Element): string[] {
  const header = elements(entity.children).find((child) => child.name === 'header');
  const fields = elements(header?.children ?? []);
  return fields.filter((child) => child.name === 'field').map((child) => DomUtils.textContent(child).trim());
}

interface Leaf {
  file: string;
  text: boolean;
  charset: string;
}

function leavesOf(entity: Element): Leaf[] {
  const leaves: Leaf[] = [];
  const type = fieldsOf(entity).find((field) => /^content-type\s*:/i.test(field)) ?? '';
  const charset = /charset\s*=\s*"?([\w.:-]+)/i.exec(type)?.[1] ?? 'utf-8';
  for (const child of elements(entity.children)) {
    const name = child.attribs['name'];
    if (child.name === 'text-body' && name !== undefined) leaves.push({ file: name, text: true, charset });
    else if (child.name === 'binary-body' && name !== undefined) leaves.push({ file: name, text: false, charset });
    else if (['multipart', 'body-part', 'message'].includes(child.name)) leaves.push(...leavesOf(child));
  }
  return leaves;
}

/** The suite's files are in the charset of the part. */
function readable(bytes: Buffer, charset = 'utf-8'): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  return iconv.encodingExists(charset) && !/^utf-?8$/i.test(charset)
    ? iconv.decode(bytes, charset)
    : iconv.decode(bytes, 'windows-1252');
}
