import {
  DEFAULT_PARSE_LIMITS,
  type HeaderField,
  type ParsedMessage,
  type ParseLimits,
} from '../../domain/parsed-message.js';
import { addressesOf } from './addresses.js';
import { readBody } from './body.js';
import { charsetLabel } from './charset.js';
import { DefectList } from './defect-list.js';
import { decodeWords, fieldText, headerFields, type RawField } from './header-section.js';
import { parseMessageDate } from './message-date.js';
import type { Part } from './part.js';
import { splitReply } from './reply-text.js';
import { splitParts } from './split-parts.js';

const MAX_REFERENCES = 200;
const MAX_SUBJECT = 2_000;
/** Fields that RFC 5322 3.6 allows once. Two of them, and readers disagree on what the mail says. */
const SINGLE = ['from', 'sender', 'reply-to', 'to', 'cc', 'subject', 'date', 'message-id', 'in-reply-to', 'references'];
const NUL_SEARCH = 1024 * 1024;

/**
 * Reads a message (RFC 5322, 2045-2049). Never throws on what a mail holds: gives what can be read, and a defect for
 * everything that is absent, doubled, unreadable, repaired or cut.
 */
export async function parseMessage(raw: Buffer, limits: ParseLimits = DEFAULT_PARSE_LIMITS): Promise<ParsedMessage> {
  const defects = new DefectList();
  markRawBytes(raw, defects);
  const split = splitParts(raw, limits, defects);
  const { fields } = split.root;
  markFields(fields, raw.length > 0, defects);
  const fallback = fallbackCharset(split.root);
  const text = (key: string): string => firstText(fields, key, fallback, defects);
  const addresses = (key: string) => addressesOf(fields, key, fallback, defects);
  const body = await readBody(split, limits, defects);
  const date = readDate(fields, defects);
  const reply = splitReply(body.text);
  if (body.text.trim() === '' && body.attachments.length === 0 && raw.length > 0) {
    defects.add('body.empty', 'The message has no text and no attachment.');
  }
  return {
    subject: text('subject').slice(0, MAX_SUBJECT),
    from: addresses('from'),
    sender: addresses('sender'),
    replyTo: addresses('reply-to'),
    to: addresses('to'),
    cc: addresses('cc'),
    bcc: addresses('bcc'),
    date: date?.iso ?? null,
    dateOffset: date?.offset ?? null,
    messageId: messageIds(text('message-id'), 1)[0] ?? null,
    inReplyTo: messageIds(text('in-reply-to'), 10),
    references: messageIds(text('references'), MAX_REFERENCES),
    headers: boundedHeaders(headerFields(fields, fallback, defects)),
    text: body.text,
    html: body.html,
    newText: reply.newText,
    signature: reply.signature,
    attachments: body.attachments,
    links: body.links,
    hiddenText: body.hiddenText,
    parts: body.parts,
    depth: body.depth,
    defects: defects.toArray(),
    listId: listIdOf(text('list-id')),
    autoSubmitted: nullWhenEmpty(text('auto-submitted').toLowerCase()),
  };
}

function markRawBytes(raw: Buffer, defects: DefectList): void {
  if (raw.length === 0) {
    defects.add('message.empty', 'The message is empty.');
    return;
  }
  const searched = raw.subarray(0, NUL_SEARCH);
  if (searched.includes(0)) defects.add('message.nul', 'The message holds NUL bytes, which RFC 5322 forbids.');
  if (hasBareCarriageReturn(searched)) {
    defects.add(
      'message.bareCr',
      'The message holds carriage returns without a line feed; readers disagree on its lines.',
    );
  }
}

/** The first hundred thousand carriage returns decide. */
function hasBareCarriageReturn(bytes: Buffer): boolean {
  let pos = bytes.indexOf(0x0d);
  for (let count = 0; pos !== -1 && count < 100_000; count += 1) {
    if (pos + 1 < bytes.length && bytes[pos + 1] !== 0x0a) return true;
    pos = bytes.indexOf(0x0d, pos + 1);
  }
  return false;
}

function markFields(fields: readonly RawField[], notEmpty: boolean, defects: DefectList): void {
  for (const key of SINGLE) {
    const found = fields.filter((field) => field.key === key);
    if (found.length > 1) {
      defects.add(
        'header.duplicated',
        `The field ${found[0]?.name ?? key} is there ${found.length} times; the first was taken.`,
      );
    }
  }
  if (!notEmpty) return;
  if (!fields.some((field) => field.key === 'from'))
    defects.add('header.from.missing', 'The message has no From field.');
  if (!fields.some((field) => field.key === 'date'))
    defects.add('header.date.missing', 'The message has no Date field.');
  if (!fields.some((field) => field.key === 'message-id')) {
    defects.add('header.messageId.missing', 'The message has no Message-ID field.');
  }
}

/** Raw 8-bit text in header fields is most often in the charset of the body. */
function fallbackCharset(root: Part): string | undefined {
  let part: Part | undefined = root;
  for (let level = 0; part !== undefined && level < 5; level += 1) {
    const label = charsetLabel(part.charset);
    if (label !== null) return label === 'utf-8' ? undefined : label;
    part = part.children[0];
  }
  return undefined;
}

function firstText(
  fields: readonly RawField[],
  key: string,
  fallback: string | undefined,
  defects: DefectList,
): string {
  const field = fields.find((candidate) => candidate.key === key);
  return field === undefined ? '' : decodeWords(fieldText(field, fallback, defects)).trim();
}

function readDate(fields: readonly RawField[], defects: DefectList): ReturnType<typeof parseMessageDate> {
  const field = fields.find((candidate) => candidate.key === 'date');
  if (field === undefined) return null;
  const date = parseMessageDate(field.bytes);
  if (date === null)
    defects.add('header.date.unreadable', `The Date field cannot be read: "${field.bytes.slice(0, 60)}".`);
  return date;
}

/** Message identifiers without their brackets; an unbracketed single word is taken as it is. */
function messageIds(value: string, limit: number): string[] {
  const bounded = value.slice(0, 64 * 1024);
  const ids: string[] = [];
  for (const match of bounded.matchAll(/<([^<>]{1,998})>/g)) {
    const id = (match[1] ?? '').replace(/\s+/g, '');
    if (id !== '' && !ids.includes(id)) ids.push(id);
    if (ids.length >= 10 * limit) break;
  }
  if (ids.length === 0 && /^\S{3,998}$/.test(bounded) && bounded.includes('@')) ids.push(bounded.replace(/[<>]/g, ''));
  return ids.length <= limit ? ids : [...ids.slice(0, 1), ...ids.slice(1 - limit || ids.length)];
}

function listIdOf(value: string): string | null {
  const id = /<([^<>]{1,255})>/.exec(value.slice(0, 2_000))?.[1] ?? value.slice(0, 255);
  return nullWhenEmpty(id.trim());
}

function nullWhenEmpty(value: string): string | null {
  return value === '' ? null : value;
}

const MAX_HEADER_CHARACTERS = 256 * 1024;
const MAX_VALUE = 16 * 1024;

/** Keeps the copies between threads small: all fields stay, long values are cut. */
function boundedHeaders(headers: HeaderField[]): HeaderField[] {
  let left = MAX_HEADER_CHARACTERS;
  return headers.map(({ name, value }) => {
    const kept = value.slice(0, Math.min(MAX_VALUE, Math.max(0, left)));
    left -= kept.length;
    return { name, value: kept };
  });
}
