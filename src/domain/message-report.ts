import type { HeaderField } from './parsed-message.js';

/** A value with the type that its field states before the semicolon: `rfc822; ada@example.com` (RFC 3464 2.1.2). */
export interface TypedValue {
  /** Lower case; null where none is stated. */
  type: string | null;
  value: string;
}

/** The message that a report is about, as far as the report gives it back. */
export interface ReturnedMessage {
  /** Position in the MIME tree of the part that holds it. */
  part: string;
  /** `headers` where only the header section came back (text/rfc822-headers). */
  extent: 'message' | 'headers';
  subject: string;
  from: string | null;
  to: string[];
  /** Without angle brackets. */
  messageId: string | null;
  headers: HeaderField[];
}

/** One recipient of a delivery status notification (RFC 3464 2.3). */
export interface DeliveryStatusRecipient {
  finalRecipient: TypedValue | null;
  originalRecipient: TypedValue | null;
  /** Lower case: `failed`, `delayed`, `delivered`, `relayed`, `expanded`, or what else was written. */
  action: string | null;
  /** `5.1.1`, without its comment; null where absent or of another form. */
  status: string | null;
  diagnosticCode: TypedValue | null;
  remoteMta: TypedValue | null;
  finalLogId: string | null;
  /** ISO 8601 in UTC, as all dates here. */
  lastAttemptDate: string | null;
  willRetryUntil: string | null;
  /** All fields of the block, in order. */
  fields: HeaderField[];
}

/** RFC 3464. */
export interface DeliveryStatusReport {
  kind: 'delivery-status';
  part: string;
  reportingMta: TypedValue | null;
  receivedFromMta: TypedValue | null;
  originalEnvelopeId: string | null;
  arrivalDate: string | null;
  fields: HeaderField[];
  recipients: DeliveryStatusRecipient[];
  returned: ReturnedMessage | null;
}

/** RFC 8098. */
export interface DispositionNotificationReport {
  kind: 'disposition-notification';
  part: string;
  reportingUa: string | null;
  finalRecipient: TypedValue | null;
  originalRecipient: TypedValue | null;
  /** Without angle brackets. */
  originalMessageId: string | null;
  /** `manual-action/MDN-sent-manually; displayed/error`, taken apart, lower case. */
  disposition: { actionMode: string; sendingMode: string; type: string; modifiers: string[] } | null;
  fields: HeaderField[];
  returned: ReturnedMessage | null;
}

/** RFC 5965, and the authentication failures of RFC 6591. */
export interface FeedbackReport {
  kind: 'feedback-report';
  part: string;
  /** Lower case: `abuse`, `fraud`, `not-spam`, `auth-failure`, ... */
  feedbackType: string | null;
  userAgent: string | null;
  sourceIp: string | null;
  originalMailFrom: string | null;
  originalRcptTo: string[];
  arrivalDate: string | null;
  reportedDomain: string[];
  reportedUri: string[];
  authenticationResults: string[];
  incidents: number | null;
  fields: HeaderField[];
  returned: ReturnedMessage | null;
}

/** What a multipart/report (RFC 6522) tells a machine. */
export type MessageReport = DeliveryStatusReport | DispositionNotificationReport | FeedbackReport;
