/**
 * Why a message came back, in the classes that bounce handling of the field uses (Sisimai's names in our spelling).
 */
export const BOUNCE_REASONS = [
  'userUnknown',
  'hostUnknown',
  'hasMoved',
  'notAccept',
  'mailboxFull',
  'suspended',
  'filtered',
  'rejected',
  'expired',
  'blocked',
  'badReputation',
  'requirePtr',
  'authFailure',
  'noRelaying',
  'rateLimited',
  'spamDetected',
  'virusDetected',
  'policyViolation',
  'contentError',
  'notCompliantRfc',
  'messageTooBig',
  'exceedLimit',
  'securityError',
  'failedStartTls',
  'networkError',
  'systemError',
  'systemFull',
  'mailerError',
  'syntaxError',
  'onHold',
  'delivered',
  'undefined',
] as const;
export type BounceReason = (typeof BOUNCE_REASONS)[number];

/** RFC 3464 2.3.3. */
export const DELIVERY_ACTIONS = ['failed', 'delayed', 'delivered', 'relayed', 'expanded'] as const;
export type DeliveryAction = (typeof DELIVERY_ACTIONS)[number];

/** What a delivery report says of one recipient. */
export interface BouncedRecipient {
  /** Null where the report does not name it. */
  address: string | null;
  action: DeliveryAction;
  /** Enhanced status code (RFC 3463), `5.1.1`; null where none was given. */
  status: string | null;
  /** Reply code of SMTP, `550`; null where none was given. */
  reply: string | null;
  reason: BounceReason;
  /** Whether the address itself is at fault for good: nothing should be sent to it again. */
  permanent: boolean;
  /** The words of the server that refused it, at most 500 characters. */
  diagnostic: string;
}

/** RFC 5965 3.5, RFC 6591, RFC 6430. */
export const FEEDBACK_TYPES = ['abuse', 'fraud', 'virus', 'other', 'not-spam', 'auth-failure', 'opt-out'] as const;
export type FeedbackType = (typeof FEEDBACK_TYPES)[number];

/** The type that a report states, `other` where it is none that is known. */
export function feedbackTypeOf(stated: string | null): FeedbackType {
  return FEEDBACK_TYPES.find((known) => known === stated) ?? 'other';
}

/** What a report is about: found in the returned message or its header section. */
export interface ReportedMessage {
  messageId: string | null;
  from: string | null;
  to: string[];
  subject: string | null;
}

/** A report by a machine about a message that was sent before. */
export type MachineReport =
  | { kind: 'delivery'; recipients: BouncedRecipient[]; about: ReportedMessage }
  | {
      kind: 'complaint';
      feedbackType: FeedbackType;
      /** Who complained, where the report tells (RFC 5965 3.2). */
      recipients: string[];
      sourceIp: string | null;
      about: ReportedMessage;
    }
  | { kind: 'disposition'; recipient: string | null; disposition: string; about: ReportedMessage };

const ADDRESS_AT_FAULT: ReadonlySet<BounceReason> = new Set(['userUnknown', 'hostUnknown', 'hasMoved', 'notAccept']);

/** A temporary code (4.x.x) is never taken for the end of an address. */
export function isPermanent(reason: BounceReason, status: string | null): boolean {
  return ADDRESS_AT_FAULT.has(reason) && !(status?.startsWith('4') ?? false);
}
