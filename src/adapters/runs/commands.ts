import { runWorkflowId } from '../../domain/identifiers.js';
import type { Direction } from '../../domain/pipeline.js';
import { commandEffect, type Command, type MessageStatus } from '../../domain/status.js';
import type { Sql } from '../database/database.js';
import { appendEvents } from '../feed/append-events.js';
import { CONTROL_CHANNEL } from './control-watch.js';
import { RUNS_CHANNEL } from '../messages/accept-messages.js';

export type CommandResult =
  /** `told`: the open run must be told as well (it waits, paused or held); its control row is committed with this. */
  | { result: 'accepted'; status: MessageStatus; workflowId: string; told: boolean }
  | { result: 'unchanged'; status: MessageStatus }
  | { result: 'refused'; status: MessageStatus; reason: string }
  | { result: 'notFound' };

interface OpenRun extends Record<string, unknown> {
  organization_id: string;
  direction: Direction;
  status: MessageStatus;
  deleted_at: string | null;
  run_id: string;
  number: number;
  workflow_id: string;
}

/**
 * Applies a person's command to a message, in the caller's transaction: the control row of the open run, or a new run
 * where the last one is final (src/domain/status.ts says which).
 */
export async function applyCommand(sql: Sql, messageId: string, command: Command, by: string): Promise<CommandResult> {
  const [run] = await sql<OpenRun>(
    `select m.organization_id, m.direction, m.status, m.deleted_at, r.id as run_id, r.number, r.workflow_id
     from messages m join runs r on r.message_id = m.id and r.number = m.current_run
     where m.id = $1 for update of m, r`,
    [messageId],
  );
  if (run === undefined) return { result: 'notFound' };
  // Some of its statuses are those of incoming mail, its commands are not (person-commands.ts).
  if (run.direction === 'OUTGOING') return { result: 'refused', status: run.status, reason: 'it is outgoing mail' };
  const effect = commandEffect(run.status, command);
  if (run.deleted_at !== null && effect.effect === 'newRun') {
    return { result: 'refused', status: run.status, reason: 'it was deleted: its bytes are not there any more' };
  }
  switch (effect.effect) {
    case 'refused':
      return { result: 'refused', status: run.status, reason: effect.reason };
    case 'none':
      return { result: 'unchanged', status: run.status };
    case 'control':
      await sql('update runs set control = $2, control_by = $3, control_at = now() where id = $1', [
        run.run_id,
        command,
        by,
      ]);
      await sql('select pg_notify($1, $2)', [CONTROL_CHANNEL, run.run_id]);
      await announce(sql, run, messageId, command, by);
      return {
        result: 'accepted',
        status: run.status,
        workflowId: run.workflow_id,
        told: run.status === 'PAUSED' || run.status === 'HELD',
      };
    case 'newRun':
      return openRun(sql, run, messageId, command, by);
  }
}

async function openRun(
  sql: Sql,
  run: OpenRun,
  messageId: string,
  command: Command,
  by: string,
): Promise<CommandResult> {
  const number = run.number + 1;
  const workflowId = runWorkflowId(messageId, number);
  const decided = command === 'release' ? 'deliver' : command === 'reject' ? 'reject' : null;
  await sql(
    `with opened as (
       insert into runs (organization_id, message_id, number, workflow_id, waited_for, asked, decided, control_by)
       select organization_id, message_id, $3, $4, true, asked, $5, $6 from runs where id = $2)
     update messages set current_run = $3, status = 'RECEIVED', updated_at = now() where id = $1`,
    [messageId, run.run_id, number, workflowId, decided, by],
  );
  await announce(sql, run, messageId, command, by, number);
  await sql(`select pg_notify('${RUNS_CHANNEL}', '')`);
  return { result: 'accepted', status: 'RECEIVED', workflowId, told: false };
}

async function announce(
  sql: Sql,
  run: OpenRun,
  messageId: string,
  command: Command,
  by: string,
  opened?: number,
): Promise<void> {
  const command_ = { command, by, runNumber: opened ?? run.number };
  await appendEvents(sql, [
    { organizationId: run.organization_id, kind: 'run.command', messageId, payload: command_ },
    ...(opened === undefined
      ? []
      : [
          {
            organizationId: run.organization_id,
            kind: 'run.opened' as const,
            messageId,
            payload: { runNumber: opened, status: 'RECEIVED' },
          },
        ]),
  ]);
}
