import type { ClientSession } from './client-session.js';
import type { IntakeLimits } from './limits.js';

/** What of a connection tells whether its mail moves on. */
export type Moving = Pick<ClientSession, 'reading' | 'busy' | 'movedAt'>;
type TimeLimits = Pick<IntakeLimits, 'dataMs' | 'slowStartMs' | 'bytesPerSecond' | 'withoutMailMs'>;

/**
 * Why a client is to be turned out now; null where it may go on.
 *
 * smtp-server's idle timeout starts again with every byte, so a client that drips them would keep its connection for
 * ever. These limits count from fixed moments and one look a second at all sessions serves them.
 */
export function reasonToTurnOut(session: Moving, limits: TimeLimits, now: number): string | null {
  if (session.reading !== null) {
    const elapsed = now - session.reading.since;
    if (elapsed > limits.dataMs) return '4.4.2 the message took too long';
    const slow = session.reading.progress.received / (elapsed / 1_000) < limits.bytesPerSecond;
    return elapsed > limits.slowStartMs && slow ? '4.4.2 the message comes too slowly' : null;
  }
  if (session.busy) return null;
  return now - session.movedAt > limits.withoutMailMs ? '4.4.2 no mail for too long' : null;
}
