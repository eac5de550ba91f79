import { learnedShift, type LearnedShift, type LearnedSpam } from '../../domain/learned-spam.js';
import type { NamedSignals } from './learning-signals.js';

/** What people taught: the organization, and each mailbox that the message came to. */
export interface LearnedScopes {
  organization: LearnedSpam | null;
  /** One entry a mailbox of the message; null for one that nobody taught. */
  mailboxes: readonly (LearnedSpam | null)[];
}

export const NOTHING_TAUGHT: LearnedScopes = { organization: null, mailboxes: [] };

export interface ScopedShift {
  source: 'organization' | 'mailbox';
  shift: LearnedShift;
}

/** What the lessons move a mail by, scope by scope. */
export function shiftsOf(learned: LearnedScopes, prior: number, { vector }: NamedSignals): ScopedShift[] {
  const shifts: ScopedShift[] = [];
  if (learned.organization !== null)
    shifts.push({ source: 'organization', shift: learnedShift(learned.organization, prior, vector) });
  const mailbox = agreed(
    learned.mailboxes.map((model) => (model === null ? null : learnedShift(model, prior, vector))),
  );
  if (mailbox === null) return shifts;
  // Both take the same prior back: once is enough, and the one that trusts it less decides.
  const [organization] = shifts;
  if (organization !== undefined) withoutSharedTrust(organization.shift, mailbox);
  return [...shifts, { source: 'mailbox', shift: mailbox }];
}

/**
 * A message to several mailboxes has one verdict: what one of them taught decides nothing for the others, so the lessons
 * count where all point the same way, and then as far as the most cautious of them goes.
 */
function agreed(shifts: readonly (LearnedShift | null)[]): LearnedShift | null {
  let least: LearnedShift | null = null;
  for (const shift of shifts) {
    if (shift === null) return null;
    if (least !== null && Math.sign(least.logit) !== Math.sign(shift.logit)) return null;
    if (least === null || Math.abs(shift.logit) < Math.abs(least.logit)) least = shift;
  }
  return least;
}

function withoutSharedTrust(organization: LearnedShift, mailbox: LearnedShift): void {
  const less = Math.abs(organization.trust) < Math.abs(mailbox.trust) ? organization : mailbox;
  less.logit -= less.trust;
  less.trust = 0;
}
