import type { Client, Connection } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import type pg from 'pg';
import pLimit from 'p-limit';
import type { DatabaseOptions } from '../adapters/database/database.js';
import { Leadership } from '../adapters/database/leadership.js';
import { OUTGOING_CHANNEL } from '../adapters/outgoing/person-commands.js';

const BATCH = 100;
const AT_ONCE = 8;
const IDLE_MS = 2_000;
const RETRY_MS = 1_000;
const DEADLINE_MS = 10_000;

export interface OutgoingDutyOptions extends Pick<DatabaseOptions, 'url' | 'applicationName'> {
  client: Client;
  connection: Connection;
  onError: (error: unknown) => void;
}

interface Told {
  message_id: string;
  workflow_id: string;
  changed: string;
}

/**
 * A candidate that tells the workflows of outgoing mail that people changed something. The change is committed; being
 * told twice does no harm, not being told at all does: it is forgotten when it was told.
 */
export function createOutgoingDuty(options: OutgoingDutyOptions): Leadership {
  return new Leadership({
    ...options,
    role: 'everpost_system',
    duty: 'outgoing',
    channels: [OUTGOING_CHANNEL],
    work: async (client) => {
      const { rows } = await client.query<Told>(
        `select o.message_id, r.workflow_id, o.updated_at::text as changed
         from outgoing_messages o join messages m on m.id = o.message_id
           join runs r on r.message_id = m.id and r.number = m.current_run
         where o.told_to is not null and r.started_at is not null limit ${BATCH}`,
      );
      const limit = pLimit(AT_ONCE);
      const results = await Promise.allSettled(rows.map((row) => limit(tell, options, client, row)));
      const failure = results.find((result) => result.status === 'rejected');
      if (failure !== undefined) {
        options.onError(failure.reason);
        return RETRY_MS;
      }
      return rows.length === BATCH ? 0 : IDLE_MS;
    },
  });
}

async function tell(options: OutgoingDutyOptions, client: pg.Client, told: Told): Promise<void> {
  try {
    await options.connection.withDeadline(Date.now() + DEADLINE_MS, () =>
      options.client.workflow.getHandle(told.workflow_id).executeUpdate('look'),
    );
  } catch (error) {
    // It has ended: the reconciler finds out where that was wrong.
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
  await client.query('update outgoing_messages set told_to = null where message_id = $1 and updated_at::text = $2', [
    told.message_id,
    told.changed,
  ]);
}
