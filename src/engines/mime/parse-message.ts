import { DEFAULT_PARSE_LIMITS, type ParsedMessage, type ParseLimits } from '../../domain/parsed-message.js';
import { readBody } from './body.js';
import { DefectList } from './defect-list.js';
import type { RawField } from './header-section.js';
import { MessageFields } from './message-fields.js';
import { splitReply } from './reply-text.js';
import { splitParts } from './split-parts.js';

const MAX_REFERENCES = 200;
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
  markFields(split.root.fields, raw.length > 0, defects);
  const fields = new MessageFields(split.root, defects);
  const body = await readBody(split, limits, defects);
  const date = fields.date();
  const reply = splitReply(body.text);
  if (body.text.trim() === '' && body.attachments.length === 0 && raw.length > 0) {
    defects.add('body.empty', 'The message has no text and no attachment.');
  }
  return {
    subject: fields.subject(),
    from: fields.addresses('from'),
    sender: fields.addresses('sender'),
    replyTo: fields.addresses('reply-to'),
    to: fields.addresses('to'),
    cc: fields.addresses('cc'),
    bcc: fields.addresses('bcc'),
    date: date?.iso ?? null,
    dateOffset: date?.offset ?? null,
    messageId: fields.ids('message-id', 1)[0] ?? null,
    inReplyTo: fields.ids('in-reply-to', 10),
    references: fields.ids('references', MAX_REFERENCES),
    headers: fields.headers(),
    ...body,
    structure: raw.length === 0 ? null : body.structure,
    newText: reply.newText,
    signature: reply.signature,
    defects: defects.toArray(),
    listId: listIdOf(fields.text('list-id')),
    autoSubmitted: nullWhenEmpty(fields.text('auto-submitted').toLowerCase()),
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

function listIdOf(value: string): string | null {
  const id = /<([^<>]{1,255})>/.exec(value.slice(0, 2_000))?.[1] ?? value.slice(0, 255);
  return nullWhenEmpty(id.trim());
}

function nullWhenEmpty(value: string): string | null {
  return value === '' ? null : value;
}
