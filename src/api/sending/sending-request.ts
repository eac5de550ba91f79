import { OUTGOING_STEPS_BY_STAGE, type CompositionStep } from '../../domain/outgoing/outgoing-pipeline.js';
import { IDEMPOTENCY_KEY_FORM, readIdempotencyKey } from '../../domain/outgoing/idempotency-key.js';
import { contentProblems, type TemplateContent } from '../../domain/outgoing/message-template.js';
import type { SendOptions } from '../../domain/outgoing/send-options.js';
import type { Problem } from '../../domain/problem.js';
import { readAttachments, type AttachmentRequest, type SendingAttachment } from './attachments.js';
import { headerProblems, type HeaderRequest } from './header-fields.js';
import { readNamedAddress, type NamedAddress } from './mail-address.js';
import type { ChosenTemplate } from './chosen-template.js';

/** What sendMessage and sendBulk have in common. */
export interface SendingInputFields {
  from?: string | null;
  replyTo?: string[] | null;
  subject?: string | null;
  text?: string | null;
  html?: string | null;
  attachments?: AttachmentRequest[] | null;
  headers?: HeaderRequest[] | null;
  sendAt?: string | null;
  idempotencyKey?: string | null;
  undoSeconds?: number | null;
  optimizeSendTime?: boolean | null;
  trackOpens?: boolean | null;
  trackClicks?: boolean | null;
  sign?: SendOptions['sign'] | null;
  encrypt?: SendOptions['encrypt'] | null;
  translateTo?: string | null;
  composition?: string[] | null;
}

export interface SendingSurroundings {
  /** In A-labels. */
  domains: ReadonlySet<string>;
  /** Of the organization. */
  undoSeconds: number;
  template: ChosenTemplate;
  /** The value of the HTTP header. */
  keyInHeader: string | null;
  mostAttachmentBytes: number;
  now: Date;
}

export interface SendingRequest {
  /** Null only where a problem says so. */
  from: NamedAddress | null;
  replyTo: NamedAddress[];
  content: TemplateContent;
  attachments: SendingAttachment[];
  headers: HeaderRequest[];
  options: SendOptions;
  sendAt: Date | null;
  undoSeconds: number;
  idempotencyKey: string | null;
}

const MOST_REPLY_TO = 10;
const MOST_UNDO_SECONDS = 86_400;
const LONGEST_AHEAD_MS = 366 * 86_400_000;
const LANGUAGE = /^[a-z]{2}$/;

/** Reads what every sending has; what is wrong is added to the problems, by field. */
export async function readSendingRequest(
  input: SendingInputFields,
  around: SendingSurroundings,
  problems: Problem[],
): Promise<SendingRequest> {
  const { template } = around;
  problems.push(...template.problems);
  const content = contentOf(input, template, problems);
  const headers = input.headers ?? [];
  problems.push(...headerProblems(headers));
  return {
    from: readFrom(input.from ?? template.content?.defaultFrom ?? null, around.domains, problems),
    replyTo: readReplyTo(input.replyTo ?? [], problems),
    content,
    attachments: await readAttachments(input.attachments ?? [], around.mostAttachmentBytes, problems),
    headers,
    options: readOptions(input, template, problems),
    sendAt: readSendAt(input.sendAt ?? null, around.now, problems),
    undoSeconds: readUndoSeconds(input.undoSeconds ?? around.undoSeconds, problems),
    idempotencyKey: readKey(input.idempotencyKey ?? null, around.keyInHeader, problems),
  };
}

function contentOf(
  { subject, text, html }: SendingInputFields,
  template: ChosenTemplate,
  problems: Problem[],
): TemplateContent {
  if (template.asked) {
    for (const [field, value] of Object.entries({ text, html })) {
      if (value != null) problems.push({ field, problem: 'must be left out: it comes from the template' });
    }
    const content = template.content ?? { subject: '', text: null, html: null };
    const own = { subject: subject ?? content.subject, text: content.text, html: content.html };
    if (template.content !== null) problems.push(...contentProblems(own));
    return own;
  }
  const own = { subject: subject ?? '', text: text ?? null, html: html ?? null };
  problems.push(...contentProblems(own));
  return own;
}

function readFrom(text: string | null, domains: ReadonlySet<string>, problems: Problem[]): NamedAddress | null {
  if (text === null) {
    problems.push({ field: 'from', problem: 'must be given: no template names a sender' });
    return null;
  }
  const from = readNamedAddress(text, 'from', problems);
  if (from !== null && !domains.has(from.destination)) {
    const own = [...domains].slice(0, 10).join(', ');
    const problem = `${from.destination} is no domain of the organization${own === '' ? '' : `, which has ${own}`}`;
    problems.push({ field: 'from', problem });
  }
  return from;
}

function readReplyTo(given: readonly string[], problems: Problem[]): NamedAddress[] {
  if (given.length > MOST_REPLY_TO) problems.push({ field: 'replyTo', problem: `must be at most ${MOST_REPLY_TO}` });
  return given
    .slice(0, MOST_REPLY_TO)
    .flatMap((text, index) => readNamedAddress(text, `replyTo[${index}]`, problems) ?? []);
}

function readOptions(input: SendingInputFields, template: ChosenTemplate, problems: Problem[]): SendOptions {
  const { composition = null, translateTo = null } = input;
  const known: readonly string[] = OUTGOING_STEPS_BY_STAGE.composition;
  const unknown = (composition ?? []).filter((step) => !known.includes(step));
  if (unknown.length > 0) {
    const names = unknown.slice(0, 5).map((step) => JSON.stringify(step.slice(0, 40)));
    problems.push({
      field: 'composition',
      problem: `unknown step ${names.join(', ')}: allowed are ${known.join(', ')}`,
    });
  }
  if (translateTo !== null && !LANGUAGE.test(translateTo)) {
    problems.push({ field: 'translateTo', problem: 'must be a code of ISO 639-1: de' });
  }
  const options: SendOptions = {};
  if (composition !== null && composition.length > 0) {
    options.composition = [...new Set(composition)] as CompositionStep[];
  }
  if (translateTo !== null) options.translateTo = translateTo;
  if (input.optimizeSendTime != null) options.optimizeSendTime = input.optimizeSendTime;
  if (input.trackOpens != null) options.trackOpens = input.trackOpens;
  if (input.trackClicks != null) options.trackClicks = input.trackClicks;
  if (input.sign != null) options.sign = input.sign;
  if (input.encrypt != null) options.encrypt = input.encrypt;
  if (template.content !== null) options.template = `${template.content.id}/${template.content.version}`;
  return options;
}

/** One in the past is now: a client that tries again with its key must get the same answer. */
function readSendAt(text: string | null, now: Date, problems: Problem[]): Date | null {
  if (text === null) return null;
  const at = new Date(text);
  if (at.getTime() - now.getTime() > LONGEST_AHEAD_MS) {
    problems.push({ field: 'sendAt', problem: 'must be within 366 days' });
  }
  return at;
}

function readUndoSeconds(seconds: number, problems: Problem[]): number {
  if (!Number.isInteger(seconds) || seconds < 0 || seconds > MOST_UNDO_SECONDS) {
    problems.push({ field: 'undoSeconds', problem: `must be from 0 to ${MOST_UNDO_SECONDS}` });
  }
  return seconds;
}

function readKey(field: string | null, header: string | null, problems: Problem[]): string | null {
  const given = field ?? header;
  if (given === null) return null;
  const key = readIdempotencyKey(given);
  if (key === null) problems.push({ field: 'idempotencyKey', problem: IDEMPOTENCY_KEY_FORM });
  else if (field !== null && header !== null && readIdempotencyKey(header) !== key) {
    problems.push({
      field: 'idempotencyKey',
      problem: 'is not the one of the header Idempotency-Key: give one of them',
    });
  }
  return key;
}
