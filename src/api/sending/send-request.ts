import type { GivenRecipient } from '../../adapters/outgoing/accept-outgoing.js';
import { missingFields, recipientFields } from '../../domain/outgoing/merge-fields.js';
import { contentFields, fillContent, LONGEST_SUBJECT } from '../../domain/outgoing/message-template.js';
import type { Stream } from '../../domain/outgoing/send-options.js';
import type { Problem } from '../../domain/problem.js';
import { wrongInput } from '../graphql/errors.js';
import { readNamedAddress, type NamedAddress } from './mail-address.js';
import { readMergeFields } from './merge-values.js';
import {
  readSendingRequest,
  type SendingInputFields,
  type SendingRequest,
  type SendingSurroundings,
} from './sending-request.js';

export interface SendMessageFields extends SendingInputFields {
  to?: string[] | null;
  cc?: string[] | null;
  bcc?: string[] | null;
  mergeFields?: unknown;
  inReplyTo?: string | null;
  stream?: Stream | null;
}

/** What a client asked of sendMessage, checked; its fields filled. */
export interface SendRequest extends SendingRequest {
  from: NamedAddress;
  to: NamedAddress[];
  cc: NamedAddress[];
  recipients: GivenRecipient[];
  inReplyTo: string | null;
  stream: Stream;
}

const MOST_RECIPIENTS = 1_000;
const MESSAGE_ID = /^<?([^<>\s@"]{1,500}@[^<>\s@"]{1,400})>?$/;

/**
 * Checks the input as a whole.
 *
 * @throws ApiError BAD_USER_INPUT that names every wrong field and what it should be
 */
export async function readSendRequest(input: SendMessageFields, around: SendingSurroundings): Promise<SendRequest> {
  const problems: Problem[] = [];
  const sending = await readSendingRequest(input, around, problems);
  const { to, cc, bcc } = readPlaces(input, problems);
  const inReplyTo = readInReplyTo(input.inReplyTo ?? null, problems);
  const named = recipientsOf({ to, cc, bcc });
  const stream = input.stream ?? 'TRANSACTIONAL';
  const { content, recipients } =
    stream === 'BULK'
      ? fillLater(input, sending, named, problems)
      : { content: fill(input, sending, named, around.template.asked, problems), recipients: named };
  if (problems.length > 0 || sending.from === null) throw wrongInput(problems);
  return { ...sending, from: sending.from, content, to, cc, recipients, inReplyTo, stream };
}

function readPlaces(input: SendMessageFields, problems: Problem[]) {
  const given = { to: input.to ?? [], cc: input.cc ?? [], bcc: input.bcc ?? [] };
  const total = given.to.length + given.cc.length + given.bcc.length;
  if (total === 0) problems.push({ field: 'to', problem: 'must name a recipient, or cc or bcc must' });
  if (total > MOST_RECIPIENTS) {
    const problem =
      `there are ${total} recipients: sendMessage takes ${MOST_RECIPIENTS}. sendBulk takes up to 100,000 and sends ` +
      'each a copy of its own, in which no other is named';
    problems.push({ field: 'to', problem });
    return { to: [], cc: [], bcc: [] };
  }
  const read = (field: 'to' | 'cc' | 'bcc') =>
    given[field].flatMap((text, index) => readNamedAddress(text, `${field}[${index}]`, problems) ?? []);
  return { to: read('to'), cc: read('cc'), bcc: read('bcc') };
}

/** Each once, where it stands first. */
function recipientsOf(places: Record<GivenRecipient['role'], NamedAddress[]>): GivenRecipient[] {
  const recipients = new Map<string, GivenRecipient>();
  for (const role of ['to', 'cc', 'bcc'] as const) {
    for (const { name, address, destination } of places[role]) {
      if (recipients.has(address)) continue;
      recipients.set(address, { address, name: name === '' ? null : name, role, destination, mergeFields: null });
    }
  }
  return [...recipients.values()];
}

/** With a template or fields the text is filled now, as all get the same; else braces in it are text. */
function fill(
  input: SendMessageFields,
  { content }: SendingRequest,
  recipients: readonly GivenRecipient[],
  fromTemplate: boolean,
  problems: Problem[],
) {
  if (!fromTemplate && input.mergeFields == null) return content;
  const read = readMergeFields(input.mergeFields, null);
  if ('problem' in read) {
    problems.push({ field: 'mergeFields', problem: read.problem });
    return content;
  }
  const [only] = recipients;
  const fields =
    only !== undefined && recipients.length === 1
      ? recipientFields({ ...only, mergeFields: read.fields })
      : read.fields;
  const filled = fillContent(content, fields);
  if (filled.missing.length > 0) {
    const names = filled.missing.slice(0, 20).join(', ');
    const asked = [...contentFields(content).fields].slice(0, 50).join(', ');
    const problem = `no value for ${names}, and the text has no fallback; it asks for ${asked}`;
    problems.push({ field: 'mergeFields', problem });
  }
  if (filled.subject.length > LONGEST_SUBJECT) {
    problems.push({ field: 'subject', problem: `has more than ${LONGEST_SUBJECT} characters with its fields filled` });
  }
  return { subject: filled.subject, text: filled.text, html: filled.html };
}

/**
 * The fields of mail to many are filled for each recipient as it leaves. Filled now they would be filled twice, and
 * braces in a value would mean something.
 */
function fillLater(
  input: SendMessageFields,
  { content }: SendingRequest,
  recipients: readonly GivenRecipient[],
  problems: Problem[],
) {
  const read = readMergeFields(input.mergeFields, null);
  if ('problem' in read) {
    problems.push({ field: 'mergeFields', problem: read.problem });
    return { content, recipients: [] };
  }
  const { fields, needed } = contentFields(content);
  const personal = recipients.map((recipient) => {
    const all = recipientFields({ ...recipient, mergeFields: read.fields });
    return { ...recipient, mergeFields: Object.fromEntries(Object.entries(all).filter(([name]) => fields.has(name))) };
  });
  const missing = new Set(personal.flatMap(({ mergeFields }) => missingFields(needed, mergeFields)));
  if (missing.size > 0) {
    const problem = `no value for ${[...missing].slice(0, 20).join(', ')}, and the text has no fallback`;
    problems.push({ field: 'mergeFields', problem });
  }
  return { content, recipients: personal };
}

function readInReplyTo(text: string | null, problems: Problem[]): string | null {
  if (text === null) return null;
  const id = MESSAGE_ID.exec(text.trim())?.[1];
  if (id === undefined || /[^\x21-\x7e]/.test(id)) {
    problems.push({ field: 'inReplyTo', problem: 'must be the Message-ID of a mail: <id@host.example>' });
    return null;
  }
  return `<${id}>`;
}
