import { sqlOf } from '../adapters/database/client-sql.js';
import type { DatabaseOptions } from '../adapters/database/database.js';
import { Leadership } from '../adapters/database/leadership.js';
import { findUntold } from '../adapters/outgoing/delivery-reports.js';
import type { OutgoingSignals } from './outgoing-activities.js';

const ROUND_MS = 10_000;
const BATCH = 100;

export interface DeliveryReportDutyOptions extends Pick<DatabaseOptions, 'url' | 'applicationName'> {
  tell: OutgoingSignals['tell'];
  onError: (error: unknown) => void;
  roundMs?: number;
}

/**
 * A candidate for telling senders of what fails while other recipients are still tried, what comes back after all is
 * over, and what is late. A duty, no timer in each workflow: two partial indexes say what there is to tell, mostly
 * nothing, while a timer would cost every message with a delay two writes of history, and could not see a bounce that
 * comes when its workflow has ended.
 */
export function createDeliveryReportDuty(options: DeliveryReportDutyOptions): Leadership {
  const roundMs = options.roundMs ?? ROUND_MS;
  return new Leadership({
    ...options,
    role: 'everpost_system',
    duty: 'deliveryReports',
    channels: [],
    work: async (client) => {
      const due = await findUntold(sqlOf(client), new Date(), BATCH);
      let failed = false;
      for (const { organizationId, messageId, told } of due) {
        try {
          await options.tell(organizationId, messageId, told, true);
        } catch (error) {
          failed = true;
          options.onError(error);
        }
      }
      return due.length >= BATCH && !failed ? 0 : roundMs;
    },
  });
}
