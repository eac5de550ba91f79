import type { Finding } from './findings.js';
import type { ContentAnalysisOutcome, ParsingOutcome, SecurityScanOutcome, SpamDetectionOutcome } from './outcomes.js';
import type { Address, ParsedMessage, SmtpSession } from './parsed-message.js';
import type { StepName } from './pipeline.js';
import {
  MOST_HEADERS,
  RULE_RECORD_FIELDS,
  RULE_VARIABLES,
  type RuleField,
  type RuleRecord,
  type RuleVariable,
} from './rule-variables.js';

export type RuleValue = string | number | boolean | RuleHeaders | readonly string[] | readonly RuleRow[];
export type RuleRow = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** Header fields by lower-case name, in their order. */
export type RuleHeaders = ReadonlyMap<string, readonly string[]>;

/** What rules know of a message, by the names of RULE_VARIABLES; a name that is absent is not known yet. */
export type RuleFacts = Readonly<Record<string, RuleValue>>;

export interface SessionFacts {
  intake: string;
  session: Pick<SmtpSession, 'clientAddress' | 'helo' | 'tls' | 'mailFrom'>;
}

/** What is known at RCPT TO, but for the recipient itself. */
export function sessionFacts({ intake, session }: SessionFacts): RuleFacts {
  const from = session.mailFrom.toLowerCase();
  return bounded({
    'session.intake': intake,
    'session.clientAddress': session.clientAddress ?? '',
    'session.helo': session.helo ?? '',
    'session.tls': session.tls !== null,
    'envelope.from': from,
    'envelope.fromDomain': domainOf(from),
  });
}

type HeaderFacts = Pick<
  ParsedMessage,
  'from' | 'sender' | 'replyTo' | 'to' | 'cc' | 'subject' | 'messageId' | 'listId' | 'autoSubmitted' | 'headers'
>;

/** What is known at the end of DATA beside `sessionFacts`. */
export function headerFacts(header: HeaderFacts, size: number, recipients: readonly string[]): RuleFacts {
  return bounded({
    'envelope.recipients': recipients.map((address) => address.toLowerCase()),
    headers: headersOf(header),
    from: header.from.map(addressRow),
    sender: header.sender.map(addressRow),
    replyTo: header.replyTo.map(addressRow),
    to: header.to.map(addressRow),
    cc: header.cc.map(addressRow),
    'message.subject': header.subject,
    'message.messageId': header.messageId ?? '',
    'message.listId': header.listId ?? '',
    'message.autoSubmitted': header.autoSubmitted ?? '',
    'message.size': size,
  });
}

export interface RunFindings {
  parsed: ParsedMessage;
  parsing: ParsingOutcome | null;
  securityScan: SecurityScanOutcome | null;
  spamDetection: SpamDetectionOutcome | null;
  contentAnalysis: ContentAnalysisOutcome | null;
  language: string;
  findings: readonly (Finding & { step: StepName })[];
  correspondentKnown: boolean;
  receivedAt: string;
  timeZone: string;
}

/** What the steps of a run found out, beside `headerFacts`. */
export function runFacts(found: RunFindings): RuleFacts {
  const { parsed, parsing, spamDetection, contentAnalysis } = found;
  return bounded({
    'message.text': parsed.text,
    'message.newText': parsed.newText,
    'message.textSize': parsed.text.length,
    'message.html': parsed.html !== null,
    'message.hiddenText': parsed.hiddenText.trim() !== '',
    'message.defects': parsed.defects.map(({ code }) => code),
    'message.parts': parsed.parts,
    attachments: parsed.attachments.map(attachmentRow),
    attachmentSize: parsed.attachments.reduce((sum, { size }) => sum + size, 0),
    links: parsed.links.map(({ url, host, text }) => ({ url, host: host ?? '', text })),
    findings: found.findings.map(({ code, severity, score, step }) => ({ code, severity, score, step })),
    threatLevel: found.securityScan?.threatLevel ?? 'unknown',
    ...authenticationFacts(found.securityScan),
    'spam.score': spamDetection?.score ?? 0.5,
    'spam.verdict': spamDetection?.verdict ?? 'unknown',
    'phishing.verdict': found.securityScan?.phishing?.verdict ?? 'unknown',
    'phishing.score': found.securityScan?.phishing?.score ?? 0.5,
    antivirus: found.securityScan?.antivirus?.status ?? 'off',
    'content.language': found.language,
    'content.type': contentAnalysis?.type ?? 'unknown',
    'content.priority': contentAnalysis?.priority ?? 'unknown',
    'content.sentiment': contentAnalysis?.sentiment ?? 0,
    origin: parsing?.origin ?? 'person',
    'thread.known': parsing !== null && parsing.threadBy !== 'new',
    'thread.by': parsing?.threadBy ?? 'new',
    'correspondent.known': found.correspondentKnown,
    ...receivedFacts(found.receivedAt, found.timeZone),
  });
}

/** What a rule that speaks of one recipient sees of it. */
export function recipientFacts(address: string, mailbox: string | null): RuleFacts {
  return bounded({ recipient: address.toLowerCase(), mailbox: mailbox ?? '' });
}

function authenticationFacts(scan: SecurityScanOutcome | null): Record<string, RuleValue> {
  const authentication = scan?.authentication;
  const dkim = authentication?.dkim ?? [];
  const passed = dkim.filter(({ result }) => result === 'pass');
  return {
    'authentication.spf': authentication?.spf.result ?? 'skipped',
    'authentication.dkim':
      authentication === undefined ? 'skipped' : passed.length > 0 ? 'pass' : (dkim[0]?.result ?? 'none'),
    'authentication.dkimDomains': passed.flatMap(({ domain }) => (domain === null ? [] : [domain.toLowerCase()])),
    'authentication.dmarc': authentication?.dmarc.result ?? 'skipped',
    'authentication.dmarcPolicy': authentication?.dmarc.policy ?? '',
    'authentication.arc': authentication?.arc.result ?? 'skipped',
  };
}

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

function receivedFacts(receivedAt: string, timeZone: string): Record<string, RuleValue> {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone, hour: '2-digit', hourCycle: 'h23', weekday: 'short' });
  const part = (type: string) =>
    parts.formatToParts(new Date(receivedAt)).find((one) => one.type === type)?.value ?? '';
  return { 'received.hour': Number(part('hour')), 'received.weekday': WEEKDAYS.indexOf(part('weekday')) + 1 };
}

export function headersOf({ headers }: Pick<ParsedMessage, 'headers'>): RuleHeaders {
  const byName = new Map<string, string[]>();
  for (const { name, value } of headers.slice(0, MOST_HEADERS)) {
    const key = name.toLowerCase();
    const values = byName.get(key);
    if (values === undefined) byName.set(key, [value]);
    else values.push(value);
  }
  return byName;
}

export function addressRow({ address, name }: Address): RuleRow {
  const lower = address.toLowerCase();
  return { address: lower, domain: domainOf(lower), name };
}

export function attachmentRow(file: ParsedMessage['attachments'][number]): RuleRow {
  const name = file.filename ?? '';
  const dot = name.lastIndexOf('.');
  return {
    name,
    extension:
      dot === -1
        ? ''
        : name
            .slice(dot + 1)
            .trim()
            .toLowerCase(),
    type: file.contentType,
    sniffedType: file.sniffedType ?? '',
    size: file.size,
    sha256: file.sha256,
    inline: file.disposition === 'inline',
    encrypted: file.encrypted,
    macros: file.macros,
    entries: file.entries ?? [],
  };
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1);
}

const bounded = (facts: Record<string, RuleValue>) => boundedFacts(facts, VARIABLES);

/** Cut to the lengths that their variables state: the cost of an expression is reckoned by them. */
export function boundedFacts(
  facts: Record<string, RuleValue>,
  variables: ReadonlyMap<string, RuleVariable>,
): RuleFacts {
  return Object.fromEntries(
    Object.entries(facts).map(([name, value]) => {
      const variable = variables.get(name);
      if (variable === undefined) throw new Error(`rules know no ${name}`);
      return [name, cut(value, variable)];
    }),
  );
}

const VARIABLES: ReadonlyMap<string, RuleVariable> = new Map(RULE_VARIABLES.map((one) => [one.name, one]));
const LONGEST_HEADER = 4_000;
const MOST_OF_A_NAME = 20;

function cut(value: RuleValue, field: RuleField): RuleValue {
  if (typeof value === 'string') return value.slice(0, field.longest);
  if (value instanceof Map) {
    const headers = value as RuleHeaders;
    return new Map(
      [...headers].map(([name, values]) => [
        name,
        values.slice(0, MOST_OF_A_NAME).map((text) => text.slice(0, LONGEST_HEADER)),
      ]),
    );
  }
  if (!Array.isArray(value)) return value;
  const entries = (value as readonly (string | RuleRow)[]).slice(0, field.most);
  const record = /^list<(\w+)>$/.exec(field.type)?.[1];
  if (record === 'string') return (entries as string[]).map((text) => text.slice(0, field.longest));
  const fields = RULE_RECORD_FIELDS[record as RuleRecord];
  return (entries as RuleRow[]).map((row) =>
    Object.fromEntries(fields.map((one) => [one.name, cut(row[one.name]!, one)])),
  ) as RuleRow[];
}
