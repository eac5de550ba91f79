import type { Stream } from './send-options.js';

export const SUPPRESSION_REASONS = ['HARD_BOUNCE', 'REPEATED_BOUNCES', 'COMPLAINT', 'UNSUBSCRIBED', 'MANUAL'] as const;
export type SuppressionReason = (typeof SUPPRESSION_REASONS)[number];

export const SUPPRESSION_SCOPES = ['BULK', 'ALL'] as const;
/** `BULK`: only the same to many is kept back. */
export type SuppressionScope = (typeof SUPPRESSION_SCOPES)[number];

/** Messages in a row that an address did not take before nothing is sent to it for a while. */
export const REPEATED_BOUNCES = 3;
/** Failures that lie further apart are no row. */
export const REPEATED_WITHIN_DAYS = 30;
export const REPEATED_SUPPRESSED_DAYS = 14;

/** Failures that are the address's own and may end; what speaks of us (a block list, a policy) says nothing of it. */
export const SOFT_BOUNCE_CLASSES = ['mailboxFull', 'suspended', 'expired', 'networkError', 'systemFull'] as const;

/** What a complaint stops: a newsletter's does not cost its reader the reset of a password. */
export function complaintScope(stream: Stream): SuppressionScope {
  return stream === 'BULK' ? 'BULK' : 'ALL';
}
