import type { CompositionStep } from './outgoing-pipeline.js';

export const STREAMS = ['TRANSACTIONAL', 'BULK'] as const;
/** `BULK`: the same to many, who may unsubscribe (RFC 8058). */
export type Stream = (typeof STREAMS)[number];

/** What a client chose for one sending, beside the mail itself. Absent: as the organization has set it. */
export interface SendOptions {
  /** Steps of `composition` that were asked for. */
  composition?: CompositionStep[];
  /** ISO 639-1: the text is translated into it before it leaves. */
  translateTo?: string;
  /** A time is chosen for each recipient, by when it reads its mail; only where the caller allows it. */
  optimizeSendTime?: boolean;
  trackOpens?: boolean;
  trackClicks?: boolean;
  /** S/MIME or OpenPGP; `REQUIRE` holds the message where a recipient has no key. */
  sign?: ProtectionChoice;
  encrypt?: ProtectionChoice;
  /** The template that it was made of. */
  template?: string;
}

export const PROTECTION_CHOICES = ['NEVER', 'WHERE_POSSIBLE', 'REQUIRE'] as const;
export type ProtectionChoice = (typeof PROTECTION_CHOICES)[number];
