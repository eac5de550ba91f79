import type { Finding } from '../findings.js';
import type { ParsedMessage } from '../parsed-message.js';
import { addressRow, attachmentRow, boundedFacts, headersOf, type RuleFacts } from '../rule-facts.js';
import { OUTGOING_RULE_VARIABLES } from './outgoing-rule-variables.js';
import type { Stream } from './send-options.js';

/** An outgoing message as its organization's rules see it. */
export interface OutgoingForRules {
  parsed: ParsedMessage;
  size: number;
  submittedBy: string;
  stream: Stream;
  mailFrom: string;
  /** The first ones, in the order in which they were given. */
  recipients: readonly { address: string; destination: string; role: 'to' | 'cc' | 'bcc' }[];
  recipientCount: number;
  externalCount: number;
  /** The organization's, in A-labels and small letters. */
  domains: readonly string[];
  /** Signed or encrypted by its client. */
  isProtected: boolean;
  findings: readonly Pick<Finding, 'code' | 'severity' | 'score'>[];
}

const VARIABLES = new Map(OUTGOING_RULE_VARIABLES.map((one) => [one.name, one]));

export function outgoingRuleFacts(message: OutgoingForRules): RuleFacts {
  const { parsed } = message;
  return boundedFacts(
    {
      submittedBy: message.submittedBy,
      stream: message.stream,
      'envelope.from': message.mailFrom.toLowerCase(),
      recipients: message.recipients.map(({ address, destination, role }) => ({
        address: address.toLowerCase(),
        domain: destination,
        role,
        external: !message.domains.includes(destination),
      })),
      recipientCount: message.recipientCount,
      externalCount: message.externalCount,
      headers: headersOf(parsed),
      from: parsed.from.map(addressRow),
      replyTo: parsed.replyTo.map(addressRow),
      to: parsed.to.map(addressRow),
      cc: parsed.cc.map(addressRow),
      'message.subject': parsed.subject,
      'message.text': parsed.text,
      'message.newText': parsed.newText,
      'message.html': parsed.html !== null,
      'message.size': message.size,
      'message.reply': parsed.inReplyTo.length + parsed.references.length > 0,
      'message.protected': message.isProtected,
      attachments: parsed.attachments.map(attachmentRow),
      attachmentSize: parsed.attachments.reduce((sum, { size }) => sum + size, 0),
      findings: message.findings.map(({ code, severity, score }) => ({
        code,
        severity,
        score,
        step: 'securityValidation',
      })),
    },
    VARIABLES,
  );
}
