import { cancelProblem, retryProblem, type OnwardStatus, type Reply } from '../../domain/onward.js';
import type { Sql } from '../database/database.js';
import { announce, type Changed } from './announcements.js';
import { ONWARD_CHANNEL } from './queue-onward.js';

/** What a person may ask of an onward delivery. */
export type OnwardCommand = 'retry' | 'confirm' | 'cancel';

export type OnwardCommandResult =
  { result: 'accepted' } | { result: 'refused'; status: OnwardStatus; reason: string } | { result: 'notFound' };

interface Row extends Record<string, unknown> {
  id: string;
  organizationId: string;
  messageId: string;
  kind: string;
  recipient: string;
  target: string;
  status: OnwardStatus;
  generation: number;
  attempts: number;
}

/**
 * Applies a person's command to an onward delivery, in the caller's transaction. A retry of what has ended opens
 * another generation, which the dispatcher starts; one of what waits is told to its workflow.
 */
export async function commandOnward(
  sql: Sql,
  deliveryId: string,
  command: OnwardCommand,
  by: string,
): Promise<OnwardCommandResult> {
  // All that travels together, in the order in which rounds lock it: two retries at once open two generations.
  const rows = await sql<Row>(
    `select id, organization_id as "organizationId", message_id as "messageId", kind, recipient, target, status, generation,
       attempts
     from onward_deliveries
     where (message_id, route) = (select message_id, route from onward_deliveries where id = $1) order by id for update`,
    [deliveryId],
  );
  const row = rows.find(({ id }) => id === deliveryId);
  if (row === undefined) return { result: 'notFound' };
  const { status } = row;
  const reason = problemOf(command, status);
  if (reason !== null) return { result: 'refused', status, reason };
  const change = (to: OnwardStatus, text: string): Changed => ({
    ...row,
    deliveryId,
    status: to,
    attempt: row.attempts,
    reply: said(text),
    nextAttemptAt: null,
  });
  switch (command) {
    case 'retry':
      if (status === 'DEFERRED') {
        await sql(`update onward_deliveries set told_to = 'retryNow' where id = $1`, [deliveryId]);
      } else {
        await sql(
          `update onward_deliveries d set status = 'PENDING', rounds = 0, opened_at = now(),
             started_at = null, build_id = null, next_attempt_at = null, waits_for = null, told_to = null, updated_at = now(),
             generation = (select max(generation) + 1 from onward_deliveries o where o.message_id = d.message_id and o.route = d.route)
           where id = $1`,
          [deliveryId],
        );
        await announce(sql, row, [change('PENDING', `${by} tries it again`)]);
      }
      break;
    case 'confirm':
      await settle(sql, deliveryId, 'DELIVERED', `${by} confirmed that it arrived`);
      await announce(sql, row, [change('DELIVERED', `${by} confirmed that it arrived`)]);
      break;
    case 'cancel':
      if (status === 'CANCELED') break;
      await settle(sql, deliveryId, 'CANCELED', `${by} canceled it`);
      // Its workflow need not wait for the next attempt to find out; others that travel with it keep their time.
      await sql(`update onward_deliveries set told_to = 'look' where id = $1 and started_at is not null`, [deliveryId]);
      await announce(sql, row, [change('CANCELED', `${by} canceled it`)]);
      break;
  }
  await sql(`select pg_notify('${ONWARD_CHANNEL}', '')`);
  return { result: 'accepted' };
}

function problemOf(command: OnwardCommand, status: OnwardStatus): string | null {
  if (command === 'retry') return retryProblem(status);
  if (command === 'cancel') return cancelProblem(status);
  return status === 'UNCERTAIN' ? null : 'only what is uncertain can be confirmed';
}

async function settle(sql: Sql, deliveryId: string, status: OnwardStatus, reply: string): Promise<void> {
  await sql(
    `update onward_deliveries set status = $2, reply = $3, next_attempt_at = null, waits_for = null, told_to = null, updated_at = now()
     where id = $1`,
    [deliveryId, status, reply],
  );
}

const said = (text: string): Reply => ({ code: null, enhanced: null, text });
