/**
 * What the expressions of disposition rules may look at: every name with its type, from when on it is known and how
 * long it is at most. The environment of expressions, their cost, and the table of docs/rules.md come from here.
 */

/** `rcpt`: at RCPT TO. `data`: at the end of DATA, from the header section. `run`: when reception and autonomy are over. */
export const RULE_PHASES = ['rcpt', 'data', 'run'] as const;
export type RulePhase = (typeof RULE_PHASES)[number];

export const RULE_RECORDS = ['Address', 'Attachment', 'Link', 'Finding', 'Recipient'] as const;
export type RuleRecord = (typeof RULE_RECORDS)[number];

/** Types of CEL; `Headers` has the methods of HEADER_METHODS. */
export type RuleType = 'string' | 'int' | 'double' | 'bool' | 'Headers' | 'list<string>' | `list<${RuleRecord}>`;

export interface RuleField {
  name: string;
  type: RuleType;
  /** Characters of a string, or of each string of a list: what is longer is cut. */
  longest?: number;
  /** Entries of a list: what is beyond them is left out. */
  most?: number;
  description: string;
}

export interface RuleVariable extends RuleField {
  known: RulePhase;
  /** An expression that uses it. */
  example: string;
}

/** RFC 5321 4.5.3.1.3: octets of a path; header fields may hold more, which is cut. */
const ADDRESS = 320;
const WORD = 100;
const LINE = 1_000;
const TEXT = 64 * 1024;

/** Fields of what lists hold. */
export const RULE_RECORD_FIELDS: Readonly<Record<RuleRecord, readonly RuleField[]>> = {
  Address: [
    { name: 'address', type: 'string', longest: ADDRESS, description: 'in lower case' },
    { name: 'domain', type: 'string', longest: ADDRESS, description: 'what follows the last @, in lower case' },
    { name: 'name', type: 'string', longest: LINE, description: 'the display name, decoded' },
  ],
  Attachment: [
    {
      name: 'name',
      type: 'string',
      longest: 255,
      description: 'file name as its sender wrote it, "" where it has none',
    },
    {
      name: 'extension',
      type: 'string',
      longest: 20,
      description: 'after the last dot, in lower case, without the dot',
    },
    { name: 'type', type: 'string', longest: WORD, description: 'content type that the part states' },
    {
      name: 'sniffedType',
      type: 'string',
      longest: WORD,
      description: 'content type of its first bytes, "" if unknown',
    },
    { name: 'size', type: 'int', description: 'decoded bytes' },
    { name: 'sha256', type: 'string', longest: 64, description: 'of the decoded bytes, in hexadecimal' },
    { name: 'inline', type: 'bool', description: 'shown within the text' },
    { name: 'encrypted', type: 'bool', description: 'it cannot be looked into' },
    { name: 'macros', type: 'bool', description: 'an Office file with macros' },
    { name: 'entries', type: 'list<string>', longest: 255, most: 20, description: 'names inside an archive' },
  ],
  Link: [
    { name: 'url', type: 'string', longest: 2_000, description: 'target as written' },
    { name: 'host', type: 'string', longest: 253, description: 'host of the target in ASCII, "" where it has none' },
    { name: 'text', type: 'string', longest: 500, description: 'what a reader sees' },
  ],
  Finding: [
    { name: 'code', type: 'string', longest: WORD, description: 'dotted name, for example attachment.executable' },
    { name: 'severity', type: 'string', longest: 8, description: 'info, low, medium, high or critical' },
    { name: 'score', type: 'double', description: '-1 to 1, above 0 where it speaks against the message' },
    { name: 'step', type: 'string', longest: WORD, description: 'the step that found it' },
  ],
  Recipient: [
    { name: 'address', type: 'string', longest: ADDRESS, description: 'in lower case' },
    { name: 'domain', type: 'string', longest: ADDRESS, description: 'in lower case, in ASCII' },
    { name: 'role', type: 'string', longest: 3, description: 'to, cc or bcc' },
    { name: 'external', type: 'bool', description: 'its domain is none of the organization' },
  ],
};

/** Methods of `headers`. Names of header fields go without letter case. */
export const HEADER_METHODS = [
  {
    name: 'value',
    gives: 'string',
    longest: 4_000,
    description: 'the first field of that name, "" where there is none',
  },
  { name: 'values', gives: 'list<string>', longest: 4_000, most: 20, description: 'every field of that name' },
  { name: 'has', gives: 'bool', description: 'whether there is a field of that name' },
] as const;

/** Header fields that rules see, the first ones; the rest is left out. */
export const MOST_HEADERS = 200;

export const RULE_VARIABLES: readonly RuleVariable[] = [
  {
    name: 'recipient',
    type: 'string',
    known: 'rcpt',
    longest: ADDRESS,
    description: 'the recipient that is decided for, in lower case: a rule that names it is asked for each one',
    example: 'recipient == "sales@example.org"',
  },
  {
    name: 'mailbox',
    type: 'string',
    known: 'run',
    longest: 200,
    description: 'name of the mailbox that receives for the recipient, "" where none does; asked for each one',
    example: 'mailbox == "Billing"',
  },
  {
    name: 'session.intake',
    type: 'string',
    known: 'rcpt',
    longest: 6,
    description: 'smtp, api or imap',
    example: 'session.intake == "smtp"',
  },
  {
    name: 'session.clientAddress',
    type: 'string',
    known: 'rcpt',
    longest: 45,
    description: 'IP address of the SMTP client, "" where there was none',
    example: 'session.clientAddress.startsWith("192.0.2.")',
  },
  {
    name: 'session.helo',
    type: 'string',
    known: 'rcpt',
    longest: 255,
    description: 'what the client called itself',
    example: 'session.helo == "localhost"',
  },
  { name: 'session.tls', type: 'bool', known: 'rcpt', description: 'it came over TLS', example: '!session.tls' },
  {
    name: 'envelope.from',
    type: 'string',
    known: 'rcpt',
    longest: ADDRESS,
    description: 'address of MAIL FROM in lower case, "" for the null sender',
    example: 'envelope.from == "ada@sender.example"',
  },
  {
    name: 'envelope.fromDomain',
    type: 'string',
    known: 'rcpt',
    longest: ADDRESS,
    description: 'its domain in lower case',
    example: 'envelope.fromDomain == "sender.example"',
  },
  {
    name: 'envelope.recipients',
    type: 'list<string>',
    known: 'data',
    longest: ADDRESS,
    most: 200,
    description: "the envelope's recipients within the organization, in lower case",
    example: 'envelope.recipients.exists(r, r.startsWith("sales@"))',
  },
  {
    name: 'headers',
    type: 'Headers',
    known: 'data',
    description: `the first ${MOST_HEADERS} header fields, decoded: .value(name), .values(name), .has(name)`,
    example: 'headers.value("X-Mailer").contains("Bulk")',
  },
  {
    name: 'from',
    type: 'list<Address>',
    known: 'data',
    most: 20,
    description: 'addresses of the From field',
    example: 'from.exists(a, a.domain == "sender.example")',
  },
  {
    name: 'sender',
    type: 'list<Address>',
    known: 'data',
    most: 5,
    description: 'addresses of the Sender field',
    example: 'sender.size() > 0',
  },
  {
    name: 'replyTo',
    type: 'list<Address>',
    known: 'data',
    most: 20,
    description: 'addresses of the Reply-To field',
    example: 'replyTo.exists(a, a.domain != "sender.example")',
  },
  {
    name: 'to',
    type: 'list<Address>',
    known: 'data',
    most: 100,
    description: 'addresses of the To field',
    example: 'to.size() > 50',
  },
  {
    name: 'cc',
    type: 'list<Address>',
    known: 'data',
    most: 100,
    description: 'addresses of the Cc field',
    example: 'cc.exists(a, a.address == "board@example.org")',
  },
  {
    name: 'message.subject',
    type: 'string',
    known: 'data',
    longest: LINE,
    description: 'decoded',
    example: 'message.subject.matches("(?i)^invoice [0-9]+")',
  },
  {
    name: 'message.messageId',
    type: 'string',
    known: 'data',
    longest: LINE,
    description: 'Message-ID without angle brackets, "" where it has none',
    example: 'message.messageId == ""',
  },
  {
    name: 'message.listId',
    type: 'string',
    known: 'data',
    longest: LINE,
    description: 'List-Id, "" where it is no list mail',
    example: 'message.listId != ""',
  },
  {
    name: 'message.autoSubmitted',
    type: 'string',
    known: 'data',
    longest: WORD,
    description: 'Auto-Submitted (RFC 3834), "" where absent',
    example: 'message.autoSubmitted == "auto-replied"',
  },
  {
    name: 'message.size',
    type: 'int',
    known: 'data',
    description: 'bytes',
    example: 'message.size > 10 * 1024 * 1024',
  },
  {
    name: 'message.text',
    type: 'string',
    known: 'run',
    longest: TEXT,
    description: 'the readable text, its first 65,536 characters',
    example: 'message.text.contains("wire transfer")',
  },
  {
    name: 'message.newText',
    type: 'string',
    known: 'run',
    longest: TEXT,
    description: 'the text without quotes and signature, its first 65,536 characters',
    example: 'message.newText.matches("(?i)unsubscribe")',
  },
  {
    name: 'message.textSize',
    type: 'int',
    known: 'run',
    description: 'characters of the whole text',
    example: 'message.textSize < 20',
  },
  { name: 'message.html', type: 'bool', known: 'run', description: 'it has an HTML body', example: '!message.html' },
  {
    name: 'message.hiddenText',
    type: 'bool',
    known: 'run',
    description: 'it has text that a reader does not see',
    example: 'message.hiddenText',
  },
  {
    name: 'message.defects',
    type: 'list<string>',
    known: 'run',
    longest: WORD,
    most: 100,
    description: 'codes of what could not be read or was cut',
    example: '"mime.depth" in message.defects',
  },
  { name: 'message.parts', type: 'int', known: 'run', description: 'MIME parts', example: 'message.parts > 50' },
  {
    name: 'attachments',
    type: 'list<Attachment>',
    known: 'run',
    most: 100,
    description: 'files of the message',
    example: 'attachments.exists(a, a.extension in ["exe", "js"] || a.macros)',
  },
  {
    name: 'attachmentSize',
    type: 'int',
    known: 'run',
    description: 'decoded bytes of all files',
    example: 'attachmentSize > 5000000',
  },
  {
    name: 'links',
    type: 'list<Link>',
    known: 'run',
    most: 200,
    description: 'links of the message',
    example: 'links.exists(l, l.host.endsWith(".example"))',
  },
  {
    name: 'findings',
    type: 'list<Finding>',
    known: 'run',
    most: 200,
    description: 'what the steps found',
    example: 'findings.exists(f, f.code == "sender.lookalike" && f.severity in ["medium", "high"])',
  },
  {
    name: 'threatLevel',
    type: 'string',
    known: 'run',
    longest: 8,
    description: 'the worst severity of the security scan: info, low, medium, high, critical; unknown where it failed',
    example: 'threatLevel in ["high", "critical"]',
  },
  {
    name: 'authentication.spf',
    type: 'string',
    known: 'run',
    longest: WORD,
    description: 'RFC 8601: pass, fail, softfail, neutral, none, temperror, permerror; skipped where not checked',
    example: 'authentication.spf == "fail"',
  },
  {
    name: 'authentication.dkim',
    type: 'string',
    known: 'run',
    longest: WORD,
    description: 'pass where one signature passed, else the first result; none without a signature',
    example: 'authentication.dkim != "pass"',
  },
  {
    name: 'authentication.dkimDomains',
    type: 'list<string>',
    known: 'run',
    longest: 253,
    most: 20,
    description: 'domains whose signatures passed',
    example: '"sender.example" in authentication.dkimDomains',
  },
  {
    name: 'authentication.dmarc',
    type: 'string',
    known: 'run',
    longest: WORD,
    description: 'pass, fail, none, temperror, permerror; skipped where not checked',
    example: 'authentication.dmarc == "pass" && from.all(a, a.domain == "sender.example")',
  },
  {
    name: 'authentication.dmarcPolicy',
    type: 'string',
    known: 'run',
    longest: WORD,
    description: 'none, quarantine or reject; "" where the domain has none',
    example: 'authentication.dmarcPolicy == "quarantine"',
  },
  {
    name: 'authentication.arc',
    type: 'string',
    known: 'run',
    longest: WORD,
    description: 'pass, fail, none; skipped where not checked',
    example: 'authentication.arc == "pass"',
  },
  {
    name: 'spam.score',
    type: 'double',
    known: 'run',
    description: 'probability of spam, 0 to 1; 0.5 where the filter failed',
    example: 'spam.score > 0.6',
  },
  {
    name: 'spam.verdict',
    type: 'string',
    known: 'run',
    longest: WORD,
    description: 'ham, unsure, spam; unknown where the filter failed',
    example: 'spam.verdict == "unsure"',
  },
  {
    name: 'phishing.verdict',
    type: 'string',
    known: 'run',
    longest: WORD,
    description: 'none, unsure, certain; unknown where the scan failed',
    example: 'phishing.verdict == "unsure"',
  },
  {
    name: 'phishing.score',
    type: 'double',
    known: 'run',
    description: 'probability that it deceives its reader, 0 to 1; 0.5 where the scan failed',
    example: 'phishing.score >= 0.5',
  },
  {
    name: 'antivirus',
    type: 'string',
    known: 'run',
    longest: WORD,
    description: 'clean, infected, unscannable, failed (the scanner did not answer), off (none is configured)',
    example: 'antivirus == "failed"',
  },
  {
    name: 'content.language',
    type: 'string',
    known: 'run',
    longest: 10,
    description: 'ISO 639-1, or unknown',
    example: 'content.language in ["de", "en"]',
  },
  {
    name: 'content.type',
    type: 'string',
    known: 'run',
    longest: WORD,
    description: 'what contentAnalysis takes it for: question, invoice, newsletter, ...; unknown where it failed',
    example: 'content.type == "invoice"',
  },
  {
    name: 'content.priority',
    type: 'string',
    known: 'run',
    longest: WORD,
    description: 'low, normal, high, urgent; unknown where it failed',
    example: 'content.priority == "urgent"',
  },
  {
    name: 'content.sentiment',
    type: 'double',
    known: 'run',
    description: '-1 (very negative) to 1; 0 where unknown',
    example: 'content.sentiment < -0.6',
  },
  {
    name: 'origin',
    type: 'string',
    known: 'run',
    longest: WORD,
    description: 'person, list, bounce, autoReply, bulk, ...: who or what wrote it',
    example: 'origin == "bounce"',
  },
  {
    name: 'thread.known',
    type: 'bool',
    known: 'run',
    description: 'it answers, or is answered by, a message that is here',
    example: 'thread.known',
  },
  {
    name: 'thread.by',
    type: 'string',
    known: 'run',
    longest: WORD,
    description: 'how its thread was found: references, inReplyTo, subject, new',
    example: 'thread.by == "references"',
  },
  {
    name: 'correspondent.known',
    type: 'bool',
    known: 'run',
    description: 'the organization has exchanged mail with the From address before',
    example: '!correspondent.known && content.type == "invoice"',
  },
  {
    name: 'received.hour',
    type: 'int',
    known: 'run',
    description: "hour of receipt in the organization's time zone, 0 to 23",
    example: 'received.hour < 6',
  },
  {
    name: 'received.weekday',
    type: 'int',
    known: 'run',
    description: '1 (Monday) to 7 (Sunday), in the same zone',
    example: 'received.weekday > 5',
  },
];

const BY_NAME = new Map(RULE_VARIABLES.map((variable) => [variable.name, variable]));

export function ruleVariable(name: string): RuleVariable | undefined {
  return BY_NAME.get(name);
}

/** Whether what is known from `phase` on is known at `at`. */
export function isKnownAt(phase: RulePhase, at: RulePhase): boolean {
  return RULE_PHASES.indexOf(phase) <= RULE_PHASES.indexOf(at);
}
