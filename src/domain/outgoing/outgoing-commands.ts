import { isFinal, type MessageStatus } from '../status.js';
import type { RecipientCounts } from './recipient-status.js';

/** What a person may do with an outgoing message. */
export type OutgoingCommand =
  | { command: 'undoSend' }
  | { command: 'cancel' }
  | { command: 'reject'; reason: string }
  | { command: 'hold'; reason: string }
  | { command: 'approve' }
  | { command: 'reschedule'; sendAt: Date }
  /** `doubted`: also what may have arrived, at the risk of a second copy. */
  | { command: 'retryNow'; doubted: boolean }
  /** What is in doubt has arrived. */
  | { command: 'confirm' };

export interface OutgoingState {
  status: MessageStatus;
  heldAt: string | null;
  canceledAt: string | null;
  undoUntil: string | null;
  counts: RecipientCounts;
  /** Whether there is something that can leave; false while it is prepared, and where that failed. */
  prepared: boolean;
}

/** Nothing is sent earlier or later than this many days from now. */
const LONGEST_AHEAD_DAYS = 366;
const DAY_MS = 86_400_000;

/** Why a command cannot be done, in words for a person; null where it can. */
export function outgoingCommandProblem(command: OutgoingCommand, state: OutgoingState, now: Date): string | null {
  const { status, heldAt, canceledAt, undoUntil, counts } = state;
  if (isFinal(status)) return `it is over (${status.toLowerCase()}): nothing is left to change`;
  // What was in doubt when it was stopped may still turn out to have arrived.
  if (canceledAt !== null && command.command !== 'confirm') return 'it was canceled';
  const { QUEUED = 0, HELD = 0, SCHEDULED = 0, DEFERRED = 0, SENDING = 0, UNCERTAIN = 0 } = counts;
  const waiting = QUEUED + SCHEDULED + DEFERRED;
  const late = waiting + HELD === 0 ? whyLate(SENDING, UNCERTAIN) : null;
  switch (command.command) {
    case 'undoSend':
      if (undoUntil === null) return 'it was sent without time to take it back; cancel stops what has not left yet';
      if (Date.parse(undoUntil) <= now.getTime())
        return 'the time to take it back is over; cancel stops what has not left yet';
      return late;
    case 'cancel':
      return late;
    case 'reject':
      return heldAt === null ? 'it is not held; cancel stops what has not left yet' : null;
    case 'hold':
      return heldAt === null ? late : 'it is held already';
    case 'approve':
      if (heldAt === null) return 'it is not held: there is nothing to approve';
      // Held by a person while it was prepared, it goes on; held because it could not be, nothing can leave.
      if (!state.prepared && status === 'HELD') return 'it could not be prepared: cancel it, and send it again';
      return null;
    case 'reschedule': {
      const ahead = command.sendAt.getTime() - now.getTime();
      if (Number.isNaN(ahead)) return 'sendAt must be a time';
      if (ahead <= 0) return 'sendAt must be in the future; retryNow sends it at once';
      if (ahead > LONGEST_AHEAD_DAYS * DAY_MS) return `sendAt must be within ${LONGEST_AHEAD_DAYS} days`;
      return late;
    }
    case 'retryNow':
      if (heldAt !== null) return 'it is held; approve it first';
      if (command.doubted && UNCERTAIN > 0) return null;
      if (SCHEDULED + DEFERRED > 0) return null;
      return late ?? 'it is being tried already';
    case 'confirm':
      return UNCERTAIN > 0 ? null : 'none of its deliveries is in doubt';
  }
}

function whyLate(sending: number, uncertain: number): string {
  if (sending > 0) return 'an attempt is under way; wait for its end';
  if (uncertain > 0) return 'it may have arrived: confirm it, or try it again with doubted';
  return 'nothing of it is left to be sent';
}
