import type { Client, Connection } from '@temporalio/client';
import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
} from '@temporalio/common';
import type pg from 'pg';
import pLimit from 'p-limit';
import { settleLost } from '../adapters/ai/budget.js';
import { deleteExpiredAi } from '../adapters/ai/retention.js';
import { inTransaction, sqlOf } from '../adapters/database/client-sql.js';
import type { DatabaseOptions } from '../adapters/database/database.js';
import { Leadership } from '../adapters/database/leadership.js';
import type { AskedCapability } from '../domain/ai.js';
import { REPAIR_WORKFLOW, repairWorkflowId, type RepairInput } from '../domain/ai-repair.js';
import { MESSAGE_ID, ORGANIZATION_ID } from '../workflows/search-attributes.js';

const BATCH = 20;
/** A provider that is back is not met with all that waited: so many are asked for at the same time. */
const MOST_UNDER_WAY = 40;
const AT_ONCE = 8;
const IDLE_MS = 1_000;
const DEADLINE_MS = 10_000;
/** A round that has not come to an end by then was lost with its workflow: another one begins. */
const LEASE = '30 minutes';
/** What ended with its message, or its run: nobody would see the answer. */
const OVER = `m.deleted_at is not null or m.current_run <> r.number or r.status in ('CANCELED', 'FAILED')`;
/** Temporal could not be told: the round begins anew after this long. */
const RETRY = '5 seconds';
/** What workers that died had reserved is looked for this often. */
const LOST_MS = 60_000;
/** What is kept no longer is looked for this often. */
const EXPIRED_MS = 10 * 60_000;
/** What a round that found nothing to give up is late by, at most. */
const GRACE_MS = 60 * 60_000;

export interface AiRepairOptions extends Pick<DatabaseOptions, 'url' | 'applicationName'> {
  client: Client;
  connection: Connection;
  taskQueue: string;
  /** After this long a step that is owed is given up. */
  giveUpMs: number;
  onError: (error: unknown) => void;
}

interface DueRow {
  organization_id: string;
  message_id: string;
  run_id: string;
  run_number: number;
  capability: AskedCapability;
  round: number;
}

/**
 * A candidate for the repair of steps that had to do without a provider: starts a workflow for each that is due. A few
 * at a time, so that a provider that is back is not met with all that waited.
 */
export function createAiRepairDuty(options: AiRepairOptions): Leadership {
  let lookedAt = 0;
  let expiredAt = 0;
  return new Leadership({
    ...options,
    role: 'everpost_system',
    duty: 'aiRepair',
    channels: [],
    work: async (client) => {
      const started = await startDue(options, client);
      if (Date.now() - lookedAt > LOST_MS) {
        lookedAt = Date.now();
        await settleLost((work) => inTransaction(client, work)).catch(options.onError);
      }
      if (Date.now() - expiredAt > EXPIRED_MS) {
        const expired = await deleteExpiredAi(sqlOf(client), new Date()).catch((error: unknown) => {
          options.onError(error);
          return 0;
        });
        // A full batch has more behind it.
        expiredAt = expired === 0 ? Date.now() : 0;
      }
      return started === BATCH ? 0 : IDLE_MS;
    },
  });
}

/** @returns how many rounds were started */
export async function startDue(options: AiRepairOptions, client: pg.Client): Promise<number> {
  await client.query(DROP_DEAD, [options.giveUpMs + GRACE_MS]);
  const { rows } = await client.query<DueRow>(
    `update ai_owed o set round = o.round + 1, due_at = now() + interval '${LEASE}', under_way = true
     from (select run_id, capability from ai_owed where due_at <= now() order by due_at
       limit least(${BATCH}, greatest(0, ${MOST_UNDER_WAY} -
         (select count(*) from ai_owed where under_way and due_at > now())))
       for update skip locked) due, runs r
     where o.run_id = due.run_id and o.capability = due.capability and r.id = o.run_id
     returning o.organization_id, o.message_id, o.run_id, r.number as run_number, o.capability, o.round`,
  );
  const limit = pLimit(AT_ONCE);
  await Promise.all(rows.map((row) => limit(() => startOne(options, client, row))));
  return rows.length;
}

/** What is due and serves nobody any more, or was never answered to the end: a run that cannot even be read. */
const DROP_DEAD = `
delete from ai_owed o using runs r, messages m
where o.due_at <= now() and r.id = o.run_id and m.id = o.message_id
  and (${OVER} or o.owed_since < now() - make_interval(secs => $1::double precision / 1000))`;

async function startOne(options: AiRepairOptions, client: pg.Client, row: DueRow): Promise<void> {
  try {
    await start(options, inputOf(row));
  } catch (error) {
    options.onError(error);
    await client.query(
      `update ai_owed set due_at = now() + interval '${RETRY}', under_way = false where run_id = $1 and capability = $2 and round = $3`,
      [row.run_id, row.capability, row.round],
    );
  }
}

async function start(options: AiRepairOptions, input: RepairInput): Promise<void> {
  try {
    await options.connection.withDeadline(Date.now() + DEADLINE_MS, () =>
      options.client.workflow.start(REPAIR_WORKFLOW, {
        workflowId: repairWorkflowId(input),
        taskQueue: options.taskQueue,
        args: [input],
        // Another round has begun by then: this one would wait for a build or a queue that nobody serves, for ever.
        workflowExecutionTimeout: LEASE,
        workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
        workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
        staticSummary: 'Repair of a step that had to do without a provider',
        typedSearchAttributes: [
          { key: MESSAGE_ID, value: input.run.messageId },
          { key: ORGANIZATION_ID, value: input.run.organizationId },
        ],
      }),
    );
  } catch (error) {
    // It was started before the connection to Temporal broke.
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

function inputOf(row: DueRow): RepairInput {
  const { organization_id: organizationId, message_id: messageId, run_id: runId, run_number: runNumber } = row;
  return { run: { organizationId, messageId, runId, runNumber }, capability: row.capability, round: row.round };
}
