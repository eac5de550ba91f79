import type { OutgoingCommand } from '../../domain/outgoing/outgoing-commands.js';
import { outgoingCommandProblem } from '../../domain/outgoing/outgoing-commands.js';
import type { RecipientCounts } from '../../domain/outgoing/recipient-status.js';
import type { MessageStatus } from '../../domain/status.js';
import { recordAudit } from '../audit/audit.js';
import type { Sql } from '../database/database.js';
import { appendEvents } from '../feed/append-events.js';
import { readStanding } from './outgoing-facts.js';
import {
  cancelRecipients,
  changeRecipients,
  freeRecipients,
  holdRecipients,
  hurryRecipients,
  scheduleRecipients,
} from './outgoing-store.js';

export interface AskedBy {
  actor: string;
  address: string | null;
}

export type OutgoingCommandResult =
  | { result: 'accepted'; status: MessageStatus; workflowId: string }
  | { result: 'refused'; status: MessageStatus; reason: string }
  | { result: 'notFound' };

/** Wakes the duty that tells workflows what people changed. */
export const OUTGOING_CHANNEL = 'everpost_outgoing';

interface Row extends Record<string, unknown> {
  organizationId: string;
  status: MessageStatus;
  workflowId: string;
  heldAt: string | null;
  heldBecause: string | null;
  canceledAt: string | null;
  undoUntil: string | null;
  prepared: boolean;
}

/**
 * Applies a person's command to an outgoing message, in the caller's transaction; its workflow is told afterwards. What
 * is under way is not stopped: where it does not arrive, it goes with the rest of its message.
 */
export async function commandOutgoing(
  sql: Sql,
  messageId: string,
  command: OutgoingCommand,
  by: AskedBy,
  now: Date,
): Promise<OutgoingCommandResult> {
  const [row] = await sql<Row>(
    `select m.organization_id as "organizationId", m.status, r.workflow_id as "workflowId", o.held_at as "heldAt",
       o.held_because as "heldBecause", o.canceled_at as "canceledAt", o.undo_until as "undoUntil",
       o.prepared_sha256 is not null as prepared
     from messages m join outgoing_messages o on o.message_id = m.id
       join runs r on r.message_id = m.id and r.number = m.current_run
     where m.id = $1 for update of m, o`,
    [messageId],
  );
  if (row === undefined) return { result: 'notFound' };
  const { counts } = await readStanding(sql, messageId, null);
  const reason = outgoingCommandProblem(command, { ...row, counts }, now);
  if (reason !== null) return { result: 'refused', status: row.status, reason };
  await apply(sql, messageId, command, by.actor);
  await sql(`update outgoing_messages set told_to = 'look', updated_at = clock_timestamp() where message_id = $1`, [
    messageId,
  ]);
  const after = await readStanding(sql, messageId, null);
  const told = { command: command.command, by: by.actor, ...detailOf(command) };
  await appendEvents(sql, [{ organizationId: row.organizationId, kind: 'outgoing.command', messageId, payload: told }]);
  await recordAudit(sql, {
    organizationId: row.organizationId,
    actor: by.actor,
    address: by.address,
    action: `outgoing.${command.command}`,
    objectKind: 'message',
    objectId: messageId,
    before: asJson(counts, row.heldBecause),
    after: { ...asJson(after.counts, null), ...detailOf(command) },
  });
  await sql(`select pg_notify('${OUTGOING_CHANNEL}', '')`);
  return { result: 'accepted', status: row.status, workflowId: row.workflowId };
}

async function apply(sql: Sql, messageId: string, command: OutgoingCommand, actor: string): Promise<void> {
  switch (command.command) {
    case 'undoSend':
      await cancelRecipients(sql, messageId, `${actor} took it back`);
      break;
    case 'cancel':
      await cancelRecipients(sql, messageId, `${actor} canceled it`);
      break;
    case 'reject':
      await cancelRecipients(
        sql,
        messageId,
        `${actor} refused it${command.reason === '' ? '' : `: ${command.reason}`}`,
      );
      break;
    case 'hold':
      await holdRecipients(sql, messageId, command.reason === '' ? `${actor} holds it` : command.reason);
      break;
    case 'approve':
      await freeRecipients(sql, messageId, actor);
      break;
    case 'reschedule':
      await sql('update outgoing_messages set send_at = $2, undo_until = null where message_id = $1', [
        messageId,
        command.sendAt,
      ]);
      await scheduleRecipients(sql, messageId, command.sendAt);
      break;
    case 'retryNow':
      await sql('update outgoing_messages set send_at = null, undo_until = null where message_id = $1', [messageId]);
      await hurryRecipients(sql, messageId);
      if (command.doubted) await retryDoubted(sql, messageId);
      break;
    case 'confirm':
      await changeRecipients(
        sql,
        `status = 'DELIVERED', reply = $2, next_attempt_at = null, delivered_at = now()`,
        `r.status = 'UNCERTAIN'`,
        [messageId, `${actor} confirmed that it arrived`],
      );
      break;
  }
}

/** A person takes the risk of a second copy. */
async function retryDoubted(sql: Sql, messageId: string): Promise<void> {
  await changeRecipients(
    sql,
    `status = 'DEFERRED', next_attempt_at = now(), opened_at = now()`,
    `r.status = 'UNCERTAIN'`,
    [messageId],
  );
}

function detailOf(command: OutgoingCommand): { [key: string]: string } {
  if (command.command === 'reschedule') return { sendAt: command.sendAt.toISOString() };
  if ((command.command === 'hold' || command.command === 'reject') && command.reason !== '')
    return { reason: command.reason };
  return {};
}

const asJson = (counts: RecipientCounts, held: string | null) => ({
  recipients: { ...counts },
  ...(held === null ? {} : { heldBecause: held }),
});
