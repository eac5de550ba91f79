import type { UncertainPolicy } from './delivery-round.js';
import type { QuietHours } from './send-time.js';

/** What an organization has set for its outgoing mail; absent fields are as DEFAULT_OUTGOING says. */
export interface OutgoingSettings {
  /** Seconds in which a sending can be undone. */
  undoSeconds: number;
  /** What becomes of a delivery in doubt. */
  uncertain: UncertainPolicy;
  /** Who is told of mail that waits for approval, and who besides when it has waited long. */
  approvers: string[];
  escalateTo: string[];
  remindAfterHours: number;
  escalateAfterHours: number;
  /** Hours after which the sender is told of a delay; null: never. */
  delayWarningHours: number | null;
  /** Whether the sender is told of what could not be delivered (RFC 3464). */
  notifySender: boolean;
  trackOpens: boolean;
  trackClicks: boolean;
  /** In which no optimized time falls; null: there are none. */
  quietHours: QuietHours | null;
}

export const DEFAULT_OUTGOING: OutgoingSettings = {
  undoSeconds: 0,
  uncertain: 'ASK',
  approvers: [],
  escalateTo: [],
  remindAfterHours: 24,
  escalateAfterHours: 72,
  delayWarningHours: null,
  notifySender: true,
  trackOpens: false,
  trackClicks: false,
  quietHours: null,
};

const HOUR_MS = 3_600_000;
/** Reminders become rarer, and never end. */
const LONGEST_BETWEEN = 7;

/**
 * Which reminder of a held message is next, and when.
 *
 * @param told how many there were
 * @param heldAt in milliseconds
 */
export function nextReminder(
  { remindAfterHours, escalateAfterHours }: OutgoingSettings,
  told: number,
  heldAt: number,
): { at: number; escalates: boolean } {
  const at = heldAt + remindAfterHours * HOUR_MS * reminderSteps(told);
  return { at, escalates: at - heldAt >= escalateAfterHours * HOUR_MS };
}

/** 1, 2, 4, then every seven more. */
function reminderSteps(told: number): number {
  return told < 3 ? 2 ** told : 4 + LONGEST_BETWEEN * (told - 2);
}

/** Who is told that a message waits; without anybody set, the postmaster of its sender's domain (RFC 5321 4.5.1). */
export function approversOf({ approvers }: Pick<OutgoingSettings, 'approvers'>, mailFrom: string): string[] {
  if (approvers.length > 0) return approvers;
  const domain = mailFrom.slice(mailFrom.lastIndexOf('@') + 1).toLowerCase();
  return [domain === '' ? 'postmaster' : `postmaster@${domain}`];
}
