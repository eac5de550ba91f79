/** Where an outgoing message is for one of its recipients. */
export const RECIPIENT_STATUSES = [
  'QUEUED',
  'HELD',
  'SCHEDULED',
  'SENDING',
  'DEFERRED',
  'DELIVERED',
  'BOUNCED',
  'UNCERTAIN',
  'CANCELED',
] as const;
export type RecipientStatus = (typeof RECIPIENT_STATUSES)[number];

/** Nothing more is tried; UNCERTAIN may still be ended by a person or by the organization's policy. */
export const ENDED_RECIPIENT_STATUSES = ['DELIVERED', 'BOUNCED', 'UNCERTAIN', 'CANCELED'] as const;

/** What a person may still change: no attempt is under way and the last one is not over. */
export const WAITING_RECIPIENT_STATUSES = ['QUEUED', 'HELD', 'SCHEDULED', 'DEFERRED'] as const;

export type RecipientCounts = Partial<Record<RecipientStatus, number>>;

/** How a message that is over ended, from how its recipients did. */
export function endedAs(counts: RecipientCounts): 'DELIVERED' | 'BOUNCED' | 'PARTIAL' | 'CANCELED' {
  const reached = RECIPIENT_STATUSES.filter((status) => (counts[status] ?? 0) > 0);
  const [only] = reached;
  if (reached.length === 1 && (only === 'DELIVERED' || only === 'BOUNCED' || only === 'CANCELED')) return only;
  // Nobody got it, some because a person stopped it: what failed weighs more.
  if (reached.every((status) => status === 'BOUNCED' || status === 'CANCELED')) return 'BOUNCED';
  return 'PARTIAL';
}
