import type { Json } from '../json.js';
import type { RecipientStatus } from './recipient-status.js';
import type { Stream } from './send-options.js';
import { complaintScope, type SuppressionReason, type SuppressionScope } from './suppression.js';

export type SignalKind =
  | 'BOUNCED'
  | 'DELAYED'
  | 'DELIVERED'
  | 'COMPLAINED'
  | 'AUTO_REPLIED'
  | 'REPLIED'
  | 'OPENED'
  | 'CLICKED'
  | 'UNSUBSCRIBED';

/** One thing that an incoming message says of mail that was sent. */
export interface ClaimedSignal {
  kind: SignalKind;
  /** Whom it is about, in small letters; null where it does not name anybody. */
  address: string | null;
  /** Of a bounce: its class, and whether the address is at fault for good. */
  bounceClass: string | null;
  permanent: boolean;
  status: string | null;
  /** The words of the server, of the complaint, ... */
  reason: string;
}

/** What an incoming message says of mail that was sent, and what proves it. */
export interface SignalEvidence {
  /** The incoming message. */
  evidenceId: string;
  /** ISO 8601. */
  at: string;
  /** Recipients whose own return path it came back to, or names: nobody else knows these. */
  recipientIds: string[];
  /** Message-IDs that it gives back or answers. */
  quoted: string[];
  signals: ClaimedSignal[];
}

/** A recipient of mail that was sent, which the evidence may be about. */
export interface SentRecipient {
  id: string;
  messageId: string;
  /** In small letters. */
  address: string;
  status: RecipientStatus;
  stream: Stream;
  /** How many recipients its message has. */
  recipients: number;
}

export interface ProvenSignal {
  recipient: SentRecipient;
  signal: ClaimedSignal;
  /** Whether it came by the recipient's own return path. */
  byReturnPath: boolean;
}

const HANDED_OVER: readonly RecipientStatus[] = ['DELIVERED', 'UNCERTAIN', 'BOUNCED'];

/**
 * Which recipients the evidence is about. What came by a recipient's own return path is about that one, whomever a server
 * down the line names. Else the report must give back a Message-ID of ours and name somebody that the message was
 * handed over for.
 */
export function proveSignals(evidence: SignalEvidence, sent: readonly SentRecipient[]): ProvenSignal[] {
  const handed = sent.filter(({ status }) => HANDED_OVER.includes(status));
  const own = handed.filter(({ id }) => evidence.recipientIds.includes(id));
  if (own.length > 0) {
    return own.flatMap((recipient) => {
      const signal = ofRecipient(evidence.signals, recipient);
      return signal === null ? [] : [{ recipient, signal, byReturnPath: true }];
    });
  }
  return evidence.signals.flatMap((signal) =>
    handed
      .filter((recipient) =>
        signal.address === null ? recipient.recipients === 1 : recipient.address === signal.address,
      )
      .map((recipient) => ({ recipient, signal, byReturnPath: false })),
  );
}

/** What names it, else the gravest: an address behind it failed. */
function ofRecipient(signals: readonly ClaimedSignal[], { address }: SentRecipient): ClaimedSignal | null {
  const named = signals.find((signal) => signal.address === address);
  return named ?? signals.find(({ kind }) => kind === 'BOUNCED') ?? signals[0] ?? null;
}

export interface SignalConsequence {
  /** Null: it stays. */
  status: Extract<RecipientStatus, 'BOUNCED' | 'DELIVERED'> | null;
  suppress: { reason: SuppressionReason; scope: SuppressionScope } | null;
  /** Whether it tells when its recipient reads mail. */
  engages: boolean;
}

/**
 * What a proven signal changes. Everybody who got a message knows its Message-ID: on that alone one recipient must not
 * be able to stop all mail to another one.
 */
export function consequenceOf({ recipient, signal, byReturnPath }: ProvenSignal): SignalConsequence {
  const { status, stream } = recipient;
  const isOwn = byReturnPath || recipient.recipients === 1;
  const nothing: SignalConsequence = { status: null, suppress: null, engages: false };
  switch (signal.kind) {
    case 'BOUNCED':
      return {
        ...nothing,
        status: status === 'BOUNCED' ? null : 'BOUNCED',
        suppress: signal.permanent && isOwn ? { reason: 'HARD_BOUNCE', scope: 'ALL' } : null,
      };
    case 'DELIVERED':
      return { ...nothing, status: status === 'UNCERTAIN' ? 'DELIVERED' : null };
    case 'COMPLAINED':
      return { ...nothing, suppress: { reason: 'COMPLAINT', scope: isOwn ? complaintScope(stream) : 'BULK' } };
    case 'REPLIED':
      return { ...nothing, engages: true };
    default:
      return nothing;
  }
}

/** What is kept of a signal. */
export function signalDetail({ signal, byReturnPath }: ProvenSignal): Json {
  const { address, bounceClass, permanent, status, reason } = signal;
  return { reason, address, bounceClass, permanent, status, provenBy: byReturnPath ? 'returnPath' : 'messageId' };
}
