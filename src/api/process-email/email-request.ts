import addressparser from 'nodemailer/lib/addressparser';
import { mailboxFor, type MailboxPattern } from '../../domain/routing.js';
import { OPERATIONS, WORKFLOW_TYPES, type Operation } from '../../domain/pipeline.js';
import type { Problem } from '../../domain/problem.js';
import { wrongInput } from '../graphql/errors.js';
import type { AttachmentInput, ProcessEmailInput } from './process-email.types.js';

/** Flows that processEmail runs in this version, of WORKFLOW_TYPES. */
const WORKFLOWS_HERE = ['incoming'] as const satisfies readonly (typeof WORKFLOW_TYPES)[number][];

/** RFC 5321 4.5.3.1: octets of a path. */
const MAX_ADDRESS = 254;
const MAX_SUBJECT = 2_000;
const MAX_CONTENT_BYTES = 5 * 1024 * 1024;
const MAX_ATTACHMENTS = 50;
const MAX_ATTACHMENT_BYTES = 15 * 1024 * 1024;
const BASE64 = /^[A-Za-z\d+/_-]*={0,2}$/;
const CONTENT_TYPE = /^[\w.+-]+\/[\w.+-]+$/;
const SPACE = /\s/g;
const CONTROL = /[\u0000-\u001f\u007f]/;
const ADDRESS = /^[^\s@<>,;:"]+@[^\s@<>,;:"]+$/;

export interface MailAddress {
  name: string;
  address: string;
}

export interface RequestedAttachment {
  filename: string;
  contentType: string | undefined;
  content: Buffer;
}

/** What a client asked of processEmail, checked. */
export interface EmailRequest<Mailbox extends MailboxPattern> {
  sender: MailAddress;
  recipient: MailAddress;
  mailbox: Mailbox;
  subject: string;
  content: string;
  attachments: RequestedAttachment[];
  operations: Operation[];
}

/**
 * Checks the input as a whole.
 *
 * @throws ApiError BAD_USER_INPUT that names every wrong field and what it should be, in `extensions.problems` too
 */
export function readEmailRequest<Mailbox extends MailboxPattern>(
  input: ProcessEmailInput,
  mailboxes: readonly Mailbox[],
): EmailRequest<Mailbox> {
  const problems: Problem[] = [];
  const sender = readAddress(input.sender, 'sender', problems);
  const recipient = readAddress(input.recipient, 'recipient', problems);
  const mailbox = recipient && mailboxFor(recipient.address, mailboxes);
  if (recipient && mailbox === null) {
    problems.push({ field: 'recipient', problem: `the organization does not receive for ${recipient.address}` });
  }
  if (input.subject.length > MAX_SUBJECT) {
    problems.push({ field: 'subject', problem: `must have at most ${MAX_SUBJECT} characters` });
  }
  if (Buffer.byteLength(input.content) > MAX_CONTENT_BYTES) {
    problems.push({ field: 'content', problem: `must have at most ${MAX_CONTENT_BYTES} bytes` });
  }
  const attachments = readAttachments(input.attachments ?? [], problems);
  const operations = readOperations(input.operations ?? [], problems);
  readWorkflowType(input.workflowType ?? 'incoming', problems);
  if (problems.length > 0 || sender === null || recipient === null || mailbox === null) {
    throw wrongInput(problems);
  }
  return { sender, recipient, mailbox, subject: input.subject, content: input.content, attachments, operations };
}

function readAddress(text: string, field: string, problems: Problem[]): MailAddress | null {
  const parsed = text.length > 1_000 || CONTROL.test(text) ? [] : addressparser(text, { flatten: true });
  const [only] = parsed;
  if (
    parsed.length !== 1 ||
    only?.address === undefined ||
    only.address.length > MAX_ADDRESS ||
    !ADDRESS.test(only.address)
  ) {
    problems.push({ field, problem: 'must be one address, for example ada@example.org or Ada <ada@example.org>' });
    return null;
  }
  return { name: only.name, address: only.address };
}

function readAttachments(given: AttachmentInput[], problems: Problem[]): RequestedAttachment[] {
  if (given.length > MAX_ATTACHMENTS) {
    problems.push({ field: 'attachments', problem: `must be at most ${MAX_ATTACHMENTS}` });
    return [];
  }
  const encoded = given.reduce((sum, attachment) => sum + attachment.content.length, 0);
  if ((encoded * 3) / 4 > MAX_ATTACHMENT_BYTES) {
    problems.push({ field: 'attachments', problem: `must have at most ${MAX_ATTACHMENT_BYTES} bytes together` });
    return [];
  }
  return given.map((attachment, index) => {
    const field = `attachments[${index}]`;
    const content = attachment.content.replace(SPACE, '');
    if (!BASE64.test(content)) problems.push({ field: `${field}.content`, problem: 'must be base64' });
    const { filename, contentType } = attachment;
    if (filename === '' || filename.length > 255 || CONTROL.test(filename)) {
      problems.push({ field: `${field}.filename`, problem: 'must have 1 to 255 characters, no control characters' });
    }
    if (contentType && !CONTENT_TYPE.test(contentType)) {
      problems.push({ field: `${field}.contentType`, problem: 'must be a media type, for example application/pdf' });
    }
    return { filename, contentType: contentType ?? undefined, content: Buffer.from(content, 'base64') };
  });
}

function readOperations(given: string[], problems: Problem[]): Operation[] {
  const unknown = given.filter((name) => !isOperation(name));
  if (unknown.length > 0) {
    problems.push({
      field: 'operations',
      problem: `unknown operation ${unknown.map((name) => JSON.stringify(name)).join(', ')}: allowed are ${OPERATIONS.join(', ')}`,
    });
  }
  return given.length === 0 ? ['ai', 'autonomous'] : given.filter(isOperation);
}

const isOperation = (name: string): name is Operation => (OPERATIONS as readonly string[]).includes(name);

function readWorkflowType(given: string, problems: Problem[]): void {
  if ((WORKFLOWS_HERE as readonly string[]).includes(given)) return;
  const known = (WORKFLOW_TYPES as readonly string[]).includes(given);
  problems.push({
    field: 'workflowType',
    problem: `${known ? 'this version does not run' : 'unknown workflow type'} ${JSON.stringify(given)}: allowed are ${WORKFLOWS_HERE.join(', ')}`,
  });
}
