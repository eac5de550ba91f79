import { MOST_HEADERS, type RuleVariable } from '../rule-variables.js';

const ADDRESS = 320;
const WORD = 100;
const LINE = 1_000;
const TEXT = 64 * 1024;
/** RECIPIENTS_READ of the flow: of a message to more, rules see the first so many. */
const MOST_RECIPIENTS = 1_000;

const known = 'run';

/** What the expressions of an organization's rules for outgoing mail may look at (docs/outgoing-policy.md). */
export const OUTGOING_RULE_VARIABLES: readonly RuleVariable[] = [
  {
    name: 'submittedBy',
    type: 'string',
    known,
    longest: ADDRESS,
    description: 'who handed it in: "token NAME", "mailbox ADDRESS", "system"',
    example: 'submittedBy == "token shop"',
  },
  {
    name: 'stream',
    type: 'string',
    known,
    longest: WORD,
    description: 'TRANSACTIONAL or BULK',
    example: 'stream == "BULK"',
  },
  {
    name: 'envelope.from',
    type: 'string',
    known,
    longest: ADDRESS,
    description: 'the reverse-path in lower case, "" for the null sender',
    example: 'envelope.from.endsWith("@example.org")',
  },
  {
    name: 'recipients',
    type: 'list<Recipient>',
    known,
    most: MOST_RECIPIENTS,
    description: 'whom it goes to, those in Bcc too; the first 1,000',
    example: 'recipients.exists(r, r.domain == "rival.example")',
  },
  {
    name: 'recipientCount',
    type: 'int',
    known,
    description: 'all recipients, however many',
    example: 'recipientCount > 100',
  },
  {
    name: 'externalCount',
    type: 'int',
    known,
    description: 'of all recipients those whose domain is none of the organization',
    example: 'externalCount > 0',
  },
  {
    name: 'headers',
    type: 'Headers',
    known,
    description: `the first ${MOST_HEADERS} header fields, decoded: .value(name), .values(name), .has(name)`,
    example: 'headers.value("X-Department") == "legal"',
  },
  {
    name: 'from',
    type: 'list<Address>',
    known,
    most: 20,
    description: 'addresses of the From field',
    example: 'from.exists(a, a.address == "press@example.org")',
  },
  {
    name: 'replyTo',
    type: 'list<Address>',
    known,
    most: 20,
    description: 'addresses of the Reply-To field',
    example: 'replyTo.exists(a, a.domain != "example.org")',
  },
  {
    name: 'to',
    type: 'list<Address>',
    known,
    most: 100,
    description: 'addresses of the To field',
    example: 'to.size() > 20',
  },
  {
    name: 'cc',
    type: 'list<Address>',
    known,
    most: 100,
    description: 'addresses of the Cc field',
    example: 'cc.exists(a, a.address == "board@example.org")',
  },
  {
    name: 'message.subject',
    type: 'string',
    known,
    longest: LINE,
    description: 'decoded',
    example: 'message.subject.matches("(?i)confidential")',
  },
  {
    name: 'message.text',
    type: 'string',
    known,
    longest: TEXT,
    description: 'the readable text, its first 65,536 characters',
    example: 'message.text.contains("Project Falcon")',
  },
  {
    name: 'message.newText',
    type: 'string',
    known,
    longest: TEXT,
    description: 'the text without quotes and signature, its first 65,536 characters',
    example: 'message.newText.matches("(?i)not for distribution")',
  },
  { name: 'message.html', type: 'bool', known, description: 'it has an HTML body', example: 'message.html' },
  { name: 'message.size', type: 'int', known, description: 'bytes', example: 'message.size > 10 * 1024 * 1024' },
  {
    name: 'message.reply',
    type: 'bool',
    known,
    description: 'it answers a message (In-Reply-To, References)',
    example: '!message.reply',
  },
  {
    name: 'message.protected',
    type: 'bool',
    known,
    description: 'its client signed or encrypted it: nothing is changed in it',
    example: '!message.protected',
  },
  {
    name: 'attachments',
    type: 'list<Attachment>',
    known,
    most: 100,
    description: 'files of the message',
    example: 'attachments.exists(a, a.extension in ["xlsx", "csv"])',
  },
  {
    name: 'attachmentSize',
    type: 'int',
    known,
    description: 'decoded bytes of all files',
    example: 'attachmentSize > 5000000',
  },
  {
    name: 'findings',
    type: 'list<Finding>',
    known,
    most: 200,
    description: 'what securityValidation found',
    example: 'findings.exists(f, f.code == "secret.card")',
  },
];
