import { messageIdIn } from '../../domain/outgoing/own-header.js';
import { quotedPrintable } from '../sealing/quoted-printable.js';

/** A recipient that a report tells of. */
export interface ReportedRecipient {
  address: string;
  /** What the server said, or what stands for it. */
  reply: string;
  bounceClass: string | null;
  /** The server that was tried last: its name first. */
  remote: string | null;
  attempts: number;
  lastAttemptAt: string | null;
  /** Of a delay: when it is given up, ISO 8601. */
  willRetryUntil: string | null;
}

export interface DeliveryReport {
  kind: 'failed' | 'delayed';
  /** Of the report itself. */
  messageId: string;
  from: string;
  /** The envelope sender of what it is about. */
  to: string;
  /** Our name. */
  reportingMta: string;
  now: Date;
  /** When what it is about was handed in. */
  arrivedAt: Date;
  /** Its header section as it left. */
  header: Buffer;
  recipients: readonly ReportedRecipient[];
}

const LONGEST_DIAGNOSTIC = 800;
const LONGEST_HEADER = 64 * 1024;
/** Listed one by one in words; the part for machines has them all. */
const TOLD = 50;

/** A delivery status notification: RFC 3464 in a multipart/report (RFC 6522), with the header section that it is about. */
export function deliveryReport(report: DeliveryReport): Buffer {
  const { kind, messageId, from, to, now, header } = report;
  const boundary = `=_report_${messageId.replaceAll(/[^\w-]/g, '').slice(0, 40)}`;
  const subject =
    kind === 'failed'
      ? 'Delivery failed: your message was not delivered'
      : 'Delivery delayed: your message still waits';
  const original = Buffer.from(wireLines(header.subarray(0, LONGEST_HEADER)), 'latin1');
  const eightBit = original.some((byte) => byte > 127);
  const head = [
    `From: Mail Delivery System <${from}>`,
    `To: <${line(to)}>`,
    `Subject: ${subject}`,
    `Date: ${mailDate(now)}`,
    `Message-ID: <${messageId}>`,
    'Auto-Submitted: auto-replied',
    ...referencesOf(header),
    'MIME-Version: 1.0',
    `Content-Type: multipart/report; report-type=delivery-status; boundary="${boundary}"`,
    ...(eightBit ? ['Content-Transfer-Encoding: 8bit'] : []),
    '',
    'This is a delivery status notification in MIME format.',
    `--${boundary}`,
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: quoted-printable',
    'Content-Description: Notification',
    '',
    '',
  ];
  const status = [
    '',
    `--${boundary}`,
    'Content-Type: message/delivery-status',
    'Content-Description: Delivery report',
    '',
    ...statusFields(report),
    '',
    `--${boundary}`,
    'Content-Type: text/rfc822-headers',
    'Content-Description: Header section of the message',
    ...(eightBit ? ['Content-Transfer-Encoding: 8bit'] : []),
    '',
    '',
  ];
  return Buffer.concat([
    Buffer.from(head.join('\r\n'), 'utf8'),
    quotedPrintable(Buffer.from(words(report), 'utf8')),
    Buffer.from(status.join('\r\n'), 'utf8'),
    original,
    Buffer.from(`\r\n--${boundary}--\r\n`, 'latin1'),
  ]);
}

/** RFC 3464 2.2 and 2.3. */
function statusFields({ kind, reportingMta, arrivedAt, recipients }: DeliveryReport): string[] {
  return [
    `Reporting-MTA: dns; ${line(reportingMta)}`,
    `Arrival-Date: ${mailDate(arrivedAt)}`,
    ...recipients.flatMap((recipient) => {
      const { address, reply, remote, lastAttemptAt, willRetryUntil } = recipient;
      const host = remote === null ? '' : (/^[\w.-]{1,253}/.exec(remote)?.[0] ?? '');
      const fromServer = /^[245]\d\d[ -]/.test(reply);
      return [
        '',
        `Final-Recipient: ${typedAddress(address)}`,
        `Action: ${kind}`,
        `Status: ${statusOf(kind, reply)}`,
        ...(host === '' ? [] : [`Remote-MTA: dns; ${host}`]),
        `Diagnostic-Code: ${fromServer ? 'smtp' : 'x-everpost'}; ${ascii(line(reply)).slice(0, LONGEST_DIAGNOSTIC)}`,
        ...(lastAttemptAt === null ? [] : [`Last-Attempt-Date: ${mailDate(new Date(lastAttemptAt))}`]),
        ...(kind === 'delayed' && willRetryUntil !== null
          ? [`Will-Retry-Until: ${mailDate(new Date(willRetryUntil))}`]
          : []),
      ];
    }),
  ];
}

/** RFC 3463: what the server said where it is of the right class. */
export function statusOf(kind: DeliveryReport['kind'], reply: string): string {
  const said = /(?:^|[\s#(])([245]\.\d{1,3}\.\d{1,3})(?=$|[\s):;,-])/.exec(reply.slice(0, LONGEST_DIAGNOSTIC))?.[1];
  if (kind === 'delayed') return said?.startsWith('4') === true ? said : '4.0.0';
  if (reply.startsWith('given up')) return '5.4.7';
  return said?.startsWith('5') === true ? said : '5.0.0';
}

function words({ kind, recipients, to }: DeliveryReport): string {
  const begin =
    kind === 'failed'
      ? `Your message, sent as ${to}, could not be delivered to:`
      : `Your message, sent as ${to}, has not been delivered yet to:`;
  const end =
    kind === 'failed'
      ? 'Nothing more will be tried for these recipients. The header section of your message follows below.'
      : 'You need not do anything: delivery will be tried again. You will be told if it fails for good.';
  const told = recipients
    .slice(0, TOLD)
    .flatMap(({ address, reply, bounceClass, willRetryUntil }) => [
      `  ${line(address)}`,
      `    ${MEANINGS[bounceClass ?? ''] ?? 'The reason that was given:'}`,
      `    ${line(reply).slice(0, LONGEST_DIAGNOSTIC)}`,
      ...(willRetryUntil === null || kind === 'failed' ? [] : [`    It is tried until ${willRetryUntil}.`]),
      '',
    ]);
  const more = recipients.length > TOLD ? [`  and ${recipients.length - TOLD} more.`, ''] : [];
  return [begin, '', ...told, ...more, end, ''].join('\r\n');
}

const MEANINGS: Readonly<Record<string, string>> = {
  userUnknown: 'There is no such mailbox. Check the address for mistakes.',
  hostUnknown: 'The domain of the address takes no mail. Check the address for mistakes.',
  mailboxFull: 'The mailbox is full. Try again in some days.',
  messageTooBig: 'The message is too large for it. Send a link in the place of an attachment.',
  spamDetected: 'Its server took the message for spam.',
  policyViolation: 'A policy of its server refuses the message.',
  blocked: 'Its server does not take mail from our server.',
  expired: 'Its server did not take the message in time.',
  networkError: 'Its server could not be reached.',
  suspended: 'The mailbox is not in use at present.',
};

/** RFC 6533 3: an address beyond ASCII is escaped, so that the report stays readable for every server. */
function typedAddress(address: string): string {
  const text = line(address);
  return /^[\x21-\x7e]*$/.test(text) ? `rfc822; ${text}` : `utf-8; ${ascii(text)}`;
}

function ascii(text: string): string {
  return text.replaceAll(
    /[^\x20-\x7e]/gu,
    (character) => `\\x{${character.codePointAt(0)!.toString(16).toUpperCase()}}`,
  );
}

/** What strangers wrote begins no field of ours. */
function line(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replaceAll(/[\x00-\x1f\x7f]+/g, ' ').trim();
}

/** The report belongs to the conversation that it is about. */
function referencesOf(header: Buffer): string[] {
  const id = messageIdIn(header.toString('latin1', 0, LONGEST_HEADER));
  return id === null ? [] : [`In-Reply-To: <${id}>`, `References: <${id}>`];
}

/** Lines that end in CRLF, none longer than a server takes (RFC 5321 4.5.3.1.6), and no empty one, which would end it. */
function wireLines(header: Buffer): string {
  const lines = header
    .toString('latin1')
    .split(/\r\n|\r|\n/)
    .filter((one) => one !== '')
    .map((one) => one.slice(0, 990));
  return `${lines.join('\r\n')}\r\n`;
}

/** RFC 5322 3.3. */
function mailDate(date: Date): string {
  return date.toUTCString().replace('GMT', '+0000');
}
