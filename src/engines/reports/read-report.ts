import {
  feedbackTypeOf,
  isPermanent,
  type BounceReason,
  type BouncedRecipient,
  type DeliveryAction,
  type MachineReport,
  type ReportedMessage,
} from '../../domain/bounce.js';
import type { MailOrigin } from '../../domain/outcomes.js';
import type { DeliveryStatusRecipient, MessageReport, ReturnedMessage } from '../../domain/message-report.js';
import type { ParsedMessage } from '../../domain/parsed-message.js';
import { headerField } from '../content/header-fields.js';
import { classifyReason } from './classify-reason.js';
import { recipientsInProse, reportProse, type RecipientProse } from './prose.js';
import { readSesNotification } from './ses-notification.js';
import { refusedCommandIn, replyIn, statusIn } from './smtp-words.js';

export const REPORT_ENGINE = { engine: 'reports', version: '1' };

const MOST_RECIPIENTS = 100;
const MOST_DIAGNOSTIC = 500;
/** Of a field that a stranger wrote, before patterns look at it: servers say less, and patterns are not all linear. */
const LONGEST_FIELD = 4_000;

/**
 * What a machine reports of a message that was sent before: where delivery failed and why, who complained, what became
 * of it. Null for every other mail.
 *
 * Reads RFC 3464, RFC 5965 and RFC 8098 where the sender keeps to them, and the words for people where not.
 */
export function readReport(parsed: ParsedMessage, origin: MailOrigin): MachineReport | null {
  const { report } = parsed;
  if (report?.kind === 'feedback-report') return complaint(report, parsed);
  if (report?.kind === 'disposition-notification') return disposition(report, parsed);
  const recipients = report?.kind === 'delivery-status' ? fromStatus(report.recipients, parsed) : [];
  if (recipients.length > 0) return { kind: 'delivery', recipients, about: about(report, parsed) };
  const notification = readSesNotification(parsed.text);
  if (notification !== null) return notification;
  if (origin !== 'bounce') return null;
  return { kind: 'delivery', recipients: fromProse(parsed), about: about(report, parsed) };
}

function fromStatus(blocks: readonly DeliveryStatusRecipient[], parsed: ParsedMessage): BouncedRecipient[] {
  const prose = reportProse(parsed.text);
  const told = recipientsInProse(prose);
  return blocks.slice(0, MOST_RECIPIENTS).map((block) => {
    const address = addressOf(block);
    const words = wordsFor(address, told, prose, blocks.length);
    const diagnostic = innermost(clean((block.diagnosticCode?.value ?? commentOf(block)).slice(0, LONGEST_FIELD)));
    return recipient({
      address,
      action: block.action,
      status: block.status,
      diagnostic,
      prose: words,
      subject: blocks.length === 1 ? parsed.subject : '',
      category: statedCategory(block),
    });
  });
}

/** Of a report on many, the lines about one; of a report on one, all of it. */
function wordsFor(address: string | null, told: readonly RecipientProse[], prose: string, reported: number): string {
  if (reported === 1) return prose;
  return told.find((one) => one.address === address)?.text ?? '';
}

function fromProse(parsed: ParsedMessage): BouncedRecipient[] {
  const prose = reportProse(parsed.text);
  const failed = (headerField(parsed, 'X-Failed-Recipients') ?? '')
    .split(',')
    .map((address) => address.trim().toLowerCase());
  const told = recipientsInProse(prose);
  const shared = told.length === 1 ? prose : '';
  return told.slice(0, MOST_RECIPIENTS).map(({ address, text }, index) =>
    recipient({
      address: address ?? (failed[index] || null),
      action: null,
      status: null,
      diagnostic: innermost(clean(serverWords(text).slice(0, LONGEST_FIELD))),
      prose: shared === '' ? text : shared,
      subject: shared === '' ? '' : parsed.subject,
      category: null,
    }),
  );
}

/** From where another server speaks: its reply, or what the report gives as the reason. */
const SPOKEN =
  /<<< ?\d{3}|\bsaid: ?|\breason: ?|\berror: ?|returned was: ?|(?<![\d.:/[-])[45]\d\d[ -]#?(?=[45]\.\d|\D)/i;

function serverWords(text: string): string {
  const lines = text.split('\n');
  const at = lines.findIndex((line) => SPOKEN.test(line) || statusIn(line) !== null);
  if (at < 0) return '';
  const first = lines[at]!;
  const rest = lines.slice(at + 1).filter((line) => SPOKEN.test(line) || /^\s/.test(line));
  return [first.slice(SPOKEN.exec(first)?.index ?? 0), ...rest].join(' ');
}

/** PowerMTA classes its bounces itself (its user's guide, "Bounce categories"). */
const POWERMTA: Readonly<Record<string, BounceReason>> = {
  'bad-mailbox': 'userUnknown',
  'inactive-mailbox': 'suspended',
  'quota-issues': 'mailboxFull',
  'bad-domain': 'hostUnknown',
  'invalid-sender': 'rejected',
  'spam-related': 'spamDetected',
  'virus-related': 'virusDetected',
  'content-related': 'contentError',
  'policy-related': 'policyViolation',
  'relaying-issues': 'noRelaying',
  'routing-errors': 'networkError',
  'bad-connection': 'networkError',
  'no-answer-from-host': 'expired',
  'message-expired': 'expired',
  'protocol-errors': 'syntaxError',
  'bad-configuration': 'systemError',
};

function statedCategory({ fields }: DeliveryStatusRecipient): BounceReason | null {
  const stated = fields.find(({ name }) => name.toLowerCase() === 'x-powermta-bouncecategory')?.value;
  return stated === undefined ? null : (POWERMTA[stated.trim().toLowerCase()] ?? null);
}

interface RecipientWords {
  address: string | null;
  action: string | null;
  status: string | null;
  diagnostic: string;
  prose: string;
  subject: string;
  /** The class that the reporting server gave it; null where it gave none. */
  category: BounceReason | null;
}

function recipient({
  address,
  action,
  status,
  diagnostic,
  prose,
  subject,
  category,
}: RecipientWords): BouncedRecipient {
  const everything = `${diagnostic}\n${prose}`;
  const said = statusIn(diagnostic);
  const code = vague(status) ? (said ?? (diagnostic === '' ? statusIn(prose) : null) ?? status) : status;
  const reply = replyIn(diagnostic) ?? (diagnostic === '' ? replyIn(prose) : null);
  const stated = actionOf(action, code, prose);
  const reason =
    stated === 'delivered' || stated === 'relayed' || stated === 'expanded'
      ? 'delivered'
      : (category ??
        classifyReason({ diagnostic, prose, status: code, reply, command: refusedCommandIn(everything), subject }));
  return {
    address,
    action: stated,
    status: code,
    reply,
    reason,
    permanent: stated === 'failed' && isPermanent(reason, code),
    diagnostic: (diagnostic === '' ? clean(prose) : diagnostic).slice(0, MOST_DIAGNOSTIC),
  };
}

function vague(status: string | null): boolean {
  return status === null || status.endsWith('.0.0');
}

const ACTIONS: Readonly<Record<string, DeliveryAction>> = {
  failed: 'failed',
  failure: 'failed',
  expired: 'failed',
  delayed: 'delayed',
  delivered: 'delivered',
  deliverable: 'delivered',
  relayed: 'relayed',
  expanded: 'expanded',
};

function actionOf(action: string | null, status: string | null, prose: string): DeliveryAction {
  const stated = action === null ? undefined : ACTIONS[action.split(/[\s(;]/)[0] ?? ''];
  if (stated !== undefined) return stated;
  if (status?.startsWith('2.')) return 'delivered';
  return /warning message only|will be retried|only a temporary|has been delayed|is delayed/i.test(prose)
    ? 'delayed'
    : 'failed';
}

function addressOf({ finalRecipient, originalRecipient, fields }: DeliveryStatusRecipient): string | null {
  const named =
    finalRecipient?.value ?? originalRecipient?.value ?? fields.find(({ name }) => /recipient$/i.test(name))?.value;
  return named === undefined ? null : named.replaceAll(/^[<"']+|[>"']+$/g, '').toLowerCase();
}

/** `Status: 4.4.7 (unable to deliver this message after 1 day)`. */
function commentOf({ fields }: DeliveryStatusRecipient): string {
  const status = fields.find(({ name }) => name.toLowerCase() === 'status')?.value.slice(0, LONGEST_FIELD) ?? '';
  return /^[^(]*\((.*)\)/.exec(status)?.[1] ?? '';
}

function complaint(report: Extract<MessageReport, { kind: 'feedback-report' }>, parsed: ParsedMessage): MachineReport {
  return {
    kind: 'complaint',
    feedbackType: feedbackTypeOf(report.feedbackType),
    recipients: report.originalRcptTo
      .slice(0, MOST_RECIPIENTS)
      .map((address) => address.replaceAll(/[<>]/g, '').toLowerCase()),
    sourceIp: report.sourceIp,
    about: about(report, parsed),
  };
}

function disposition(
  report: Extract<MessageReport, { kind: 'disposition-notification' }>,
  parsed: ParsedMessage,
): MachineReport {
  return {
    kind: 'disposition',
    recipient: report.finalRecipient?.value.toLowerCase() ?? null,
    disposition: report.disposition?.type ?? 'unknown',
    about: {
      ...about(report, parsed),
      ...(report.originalMessageId === null ? {} : { messageId: report.originalMessageId }),
    },
  };
}

function about(report: MessageReport | null, parsed: ParsedMessage): ReportedMessage {
  const returned: Pick<ReturnedMessage, 'messageId' | 'from' | 'to' | 'subject'> | null =
    report?.returned ?? embedded(parsed) ?? null;
  const answered = parsed.inReplyTo[0] ?? parsed.references.at(-1) ?? null;
  return {
    messageId: returned?.messageId ?? answered,
    from: returned?.from ?? null,
    to: returned?.to.slice(0, MOST_RECIPIENTS) ?? [],
    subject: returned?.subject || null,
  };
}

function embedded(parsed: ParsedMessage): Pick<ReturnedMessage, 'messageId' | 'from' | 'to' | 'subject'> | null {
  const [message] = parsed.embedded;
  if (message === undefined) return null;
  const { messageId, subject, from, to } = message;
  return { messageId, subject, from: from[0]?.address ?? null, to: to.map(({ address }) => address) };
}

/** A gateway quotes the server behind it: `5.3.0 - Other mail system problem 550-'Unknown user'`. */
function innermost(diagnostic: string): string {
  return /([245]\d\d[ -]'.{1,1000}')/.exec(diagnostic)?.[1] ?? diagnostic;
}

function clean(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
