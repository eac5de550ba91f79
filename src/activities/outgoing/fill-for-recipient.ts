import type { OutgoingFacts } from '../../adapters/outgoing/outgoing-facts.js';
import type { ClaimedRecipient } from '../../adapters/outgoing/recipient-claims.js';
import { recipientFields } from '../../domain/outgoing/merge-fields.js';
import { personalizeMail, type PersonalValues } from '../../engines/outgoing/personalize.js';

export type FilledMail = { result: 'personalized'; bytes: Buffer } | { result: 'impossible'; reason: string };

/** A recipient's merge fields in its bytes: of mail to many, and where it was given fields. Elsewhere braces are text. */
export function fillForRecipient(
  { stream }: Pick<OutgoingFacts, 'stream'>,
  bytes: Buffer,
  recipient: Pick<ClaimedRecipient, 'address' | 'name' | 'mergeFields'>,
  own: PersonalValues,
): FilledMail {
  if (stream !== 'BULK' && recipient.mergeFields === null) return { result: 'personalized', bytes };
  const filled = personalizeMail(bytes, recipientFields(recipient), own);
  if (filled.result === 'personalized') return filled;
  const names = filled.fields.slice(0, 5).join(', ');
  return { result: 'impossible', reason: `it has no value for the merge field ${names}, which has no fallback` };
}
