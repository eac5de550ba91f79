import type { Client, Connection } from '@temporalio/client';
import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
  WorkflowNotFoundError,
} from '@temporalio/common';
import type pg from 'pg';
import pLimit from 'p-limit';
import type { DatabaseOptions } from '../adapters/database/database.js';
import { Leadership } from '../adapters/database/leadership.js';
import { ONWARD_CHANNEL } from '../adapters/onward/queue-onward.js';
import { ONWARD_WORKFLOW, onwardWorkflowId, type OnwardInput } from '../domain/onward.js';
import { MESSAGE_ID, ORGANIZATION_ID } from '../workflows/search-attributes.js';

const BATCH = 100;
const AT_ONCE = 8;
const IDLE_MS = 2_000;
const RETRY_MS = 1_000;
const DEADLINE_MS = 10_000;
/** Open deliveries are compared with Temporal this long after their start, and again this long after each look. */
const LOOK_AGAIN_SECONDS = 60;

interface Route {
  organization_id: string;
  message_id: string;
  route: string;
  generation: number;
}

const FIELDS = 'organization_id, message_id, route, generation';

export interface OnwardDispatcherOptions extends Pick<DatabaseOptions, 'url' | 'applicationName'> {
  client: Client;
  connection: Connection;
  taskQueue: string;
  /** Ends what waits of a route. */
  cancel: (input: OnwardInput, reason: string) => Promise<void>;
  onError: (error: unknown) => void;
  onMended: (what: string, workflowId: string) => void;
}

/**
 * A candidate dispatcher of onward delivery: starts the workflow of each route that is committed and not started, tells
 * workflows what people asked of them, and starts again what Temporal has lost. Dying between a start and its note
 * starts the same workflow id again, which Temporal refuses.
 */
export function createOnwardDispatcher(options: OnwardDispatcherOptions): Leadership {
  const lookedAt = new Map<string, number>();
  return new Leadership({
    ...options,
    role: 'everpost_system',
    duty: 'onwardDispatcher',
    channels: [ONWARD_CHANNEL],
    work: async (client) => {
      const started = await startWaiting(options, client);
      const told = await tellAsked(options, client);
      await compareOpen(options, client, lookedAt);
      if (started === 'failed' || told === 'failed') return RETRY_MS;
      return started === 'more' || told === 'more' ? 0 : IDLE_MS;
    },
  });
}

type Progress = 'more' | 'done' | 'failed';

async function startWaiting(options: OnwardDispatcherOptions, client: pg.Client): Promise<Progress> {
  const { rows } = await client.query<Route>(
    `select ${FIELDS} from onward_deliveries where started_at is null and status in ('PENDING', 'SENDING', 'DEFERRED')
     group by ${FIELDS} order by min(created_at) limit ${BATCH}`,
  );
  return forEach(options, rows, async (route) => {
    await start(options, inputOf(route));
    await client.query(
      `update onward_deliveries set started_at = now()
       where message_id = $1 and route = $2 and generation = $3 and started_at is null`,
      [route.message_id, route.route, route.generation],
    );
  });
}

async function start(options: OnwardDispatcherOptions, input: OnwardInput): Promise<void> {
  try {
    await options.connection.withDeadline(Date.now() + DEADLINE_MS, () =>
      options.client.workflow.start(ONWARD_WORKFLOW, {
        workflowId: onwardWorkflowId(input),
        taskQueue: options.taskQueue,
        args: [input],
        workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
        workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
        staticSummary: 'Onward delivery',
        typedSearchAttributes: [
          { key: MESSAGE_ID, value: input.messageId },
          { key: ORGANIZATION_ID, value: input.organizationId },
        ],
      }),
    );
  } catch (error) {
    // It was started before this process, or the one before it, could note it.
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

async function tellAsked(options: OnwardDispatcherOptions, client: pg.Client): Promise<Progress> {
  const { rows } = await client.query<Route & { told_to: string }>(
    `select ${FIELDS}, min(told_to) as told_to from onward_deliveries
     where told_to is not null and started_at is not null group by ${FIELDS} order by min(created_at) limit ${BATCH}`,
  );
  return forEach(options, rows, async (route) => {
    // Told twice does no harm, not told at all does: it is forgotten when it was told.
    await tell(options, inputOf(route), route.told_to);
    await client.query(
      'update onward_deliveries set told_to = null where message_id = $1 and route = $2 and generation = $3 and told_to = $4',
      [route.message_id, route.route, route.generation, route.told_to],
    );
  });
}

async function tell(options: OnwardDispatcherOptions, input: OnwardInput, what: string): Promise<void> {
  try {
    await options.connection.withDeadline(Date.now() + DEADLINE_MS, () =>
      options.client.workflow.getHandle(onwardWorkflowId(input)).executeUpdate(what),
    );
  } catch (error) {
    // It has ended: the comparison below finds out where that was wrong.
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}

async function compareOpen(
  options: OnwardDispatcherOptions,
  client: pg.Client,
  lookedAt: Map<string, number>,
): Promise<void> {
  const now = Date.now();
  for (const [id, at] of lookedAt) if (now - at > LOOK_AGAIN_SECONDS * 1_000) lookedAt.delete(id);
  const { rows } = await client.query<Route>(
    `select ${FIELDS} from onward_deliveries
     where status in ('PENDING', 'SENDING', 'DEFERRED') and started_at < now() - make_interval(secs => ${LOOK_AGAIN_SECONDS})
       and message_id || route || generation <> all($1::text[])
     group by ${FIELDS} order by min(started_at) limit ${BATCH}`,
    [[...lookedAt.keys()]],
  );
  for (const route of rows) {
    lookedAt.set(`${route.message_id}${route.route}${route.generation}`, now);
    try {
      await compare(options, client, route);
    } catch (error) {
      options.onError(error);
    }
  }
}

/** What an operator ended in Temporal is canceled; what Temporal does not know, or has failed, begins again. */
async function compare(options: OnwardDispatcherOptions, client: pg.Client, route: Route): Promise<void> {
  const input = inputOf(route);
  const workflowId = onwardWorkflowId(input);
  const status = await options.connection.withDeadline(Date.now() + DEADLINE_MS, () =>
    workflowStatus(options.client, workflowId),
  );
  if (status === 'RUNNING' || status === 'PAUSED' || status === 'CONTINUED_AS_NEW') return;
  const ended = status === 'TERMINATED' || status === 'CANCELLED';
  if (ended) await options.cancel(input, `its workflow was ended in Temporal (${status})`);
  // A new generation, as the id of the old one is used up. It settles an attempt that the old one left open.
  await client.query(
    `update onward_deliveries set started_at = null, generation = generation + 1, updated_at = now()
     where message_id = $1 and route = $2 and generation = $3 and status in ('PENDING', 'SENDING', 'DEFERRED')`,
    [route.message_id, route.route, route.generation],
  );
  options.onMended(ended ? 'its workflow was ended in Temporal' : 'it is started again', workflowId);
}

/** Null where Temporal does not know the workflow. */
async function workflowStatus(client: Client, workflowId: string): Promise<string | null> {
  try {
    return (await client.workflow.getHandle(workflowId).describe()).status.name;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

async function forEach<Row>(
  options: OnwardDispatcherOptions,
  rows: readonly Row[],
  work: (row: Row) => Promise<void>,
): Promise<Progress> {
  const limit = pLimit(AT_ONCE);
  const results = await Promise.allSettled(rows.map((row) => limit(work, row)));
  const failure = results.find((result) => result.status === 'rejected');
  if (failure === undefined) return rows.length === BATCH ? 'more' : 'done';
  options.onError(failure.reason);
  return 'failed';
}

const inputOf = (row: Route): OnwardInput => ({
  organizationId: row.organization_id,
  messageId: row.message_id,
  route: row.route,
  generation: row.generation,
});
