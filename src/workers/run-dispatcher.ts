import { isGrpcServiceError, ServiceError, type Client, type Connection } from '@temporalio/client';
import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
} from '@temporalio/common';
import type pg from 'pg';
import pLimit from 'p-limit';
import type { DatabaseOptions } from '../adapters/database/database.js';
import { Leadership } from '../adapters/database/leadership.js';
import { RUNS_CHANNEL } from '../adapters/messages/accept-messages.js';
import { INCOMING_WORKFLOW, type IncomingMessageInput } from '../domain/identifiers.js';
import { BUSY_BACKLOG, chooseLane, PRIORITY_KEY, type Lane } from '../domain/lane.js';
import { OUTGOING_WORKFLOW, type OutgoingMessageInput } from '../domain/outgoing/outgoing-input.js';
import type { Stream } from '../domain/outgoing/send-options.js';
import type { Direction, OptionalStep } from '../domain/pipeline.js';
import { MESSAGE_ID, ORGANIZATION_ID, SENDER, STATUS } from '../workflows/search-attributes.js';

const BATCH = 100;
/** Starts at the same time: order of receipt is kept between batches, and within one nearly. */
const AT_ONCE = 8;
const IDLE_MS = 1_000;
/** While Temporal is down it is tried again this often; the queue waits in Postgres. */
const RETRY_MS = 1_000;
const START_DEADLINE_MS = 10_000;

interface WaitingRun {
  id: string;
  organization_id: string;
  message_id: string;
  number: number;
  workflow_id: string;
  waited_for: boolean;
  asked: OptionalStep[];
  decided: 'deliver' | 'reject' | null;
  size: number;
  mail_from: string;
  busy_backlog: number | null;
  direction: Direction;
  /** Of outgoing mail. */
  stream: Stream | null;
  composes: boolean;
}

const WAITING = `
select r.id, r.organization_id, r.message_id, r.number, r.workflow_id, r.waited_for, r.asked, r.decided, m.size,
  m.session->>'mailFrom' as mail_from, (o.settings->'tuning'->>'busyBacklog')::int as busy_backlog, m.direction,
  s.stream, coalesce(jsonb_array_length(s.options->'composition') > 0, false) as composes
from runs r join messages m on m.id = r.message_id join organizations o on o.id = r.organization_id
  left join outgoing_messages s on s.message_id = m.id
where r.started_at is null and r.ended_at is null
order by r.id limit ${BATCH}`;

export interface RunDispatcherOptions extends Pick<DatabaseOptions, 'url' | 'applicationName'> {
  client: Client;
  connection: Connection;
  taskQueue: string;
  searchBySender: boolean;
  onError: (error: unknown) => void;
  onStarted: (started: number) => void;
}

/**
 * A candidate dispatcher: starts the workflow of every run that is committed and not started, in the order of their
 * opening. A run is committed before it is dispatched and marked after Temporal took it: dying in between starts the
 * same workflow id again, which Temporal refuses.
 */
export function createRunDispatcher(options: RunDispatcherOptions): Leadership {
  return new Leadership({
    ...options,
    role: 'everpost_system',
    duty: 'dispatcher',
    channels: [RUNS_CHANNEL],
    work: async (client) => {
      const { rows } = await client.query<WaitingRun>({ name: 'waiting', text: WAITING });
      if (rows.length === 0) return IDLE_MS;
      const backlog = await countOpen(client);
      const started = await startAll(options, rows, backlog);
      await markStarted(client, started, backlog);
      options.onStarted(started.length);
      if (started.length < rows.length) return RETRY_MS;
      return rows.length === BATCH ? 0 : IDLE_MS;
    },
  });
}

interface Started {
  id: string;
  lane: string;
}

async function startAll(options: RunDispatcherOptions, runs: WaitingRun[], backlog: number): Promise<Started[]> {
  const limit = pLimit(AT_ONCE);
  let down = false;
  const startInTurn = async (run: WaitingRun): Promise<Started[]> => {
    if (down) return [];
    try {
      return [await start(options, run, backlog)];
    } catch (error) {
      // Those behind it must not overtake it when Temporal comes back meanwhile.
      down ||= isDown(error);
      throw error;
    }
  };
  const results = await Promise.allSettled(runs.map((run) => limit(startInTurn, run)));
  const failure = results.find((result) => result.status === 'rejected');
  if (failure) options.onError(failure.reason);
  return results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
}

/** Of the status codes of gRPC: DEADLINE_EXCEEDED and UNAVAILABLE. */
const DOWN = [4, 14];

function isDown(error: unknown): boolean {
  const cause = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(cause) && DOWN.includes(cause.code);
}

async function start(options: RunDispatcherOptions, run: WaitingRun, backlog: number): Promise<Started> {
  const lane = laneOf(run, backlog);
  const { workflow, input, summary } = flowOf(run, lane);
  try {
    await options.connection.withDeadline(Date.now() + START_DEADLINE_MS, () =>
      options.client.workflow.start(workflow, {
        workflowId: run.workflow_id,
        taskQueue: options.taskQueue,
        args: [input],
        workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
        workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
        // Children and activities inherit it: what one organization sends to many keeps no other one waiting.
        priority: { priorityKey: PRIORITY_KEY[lane], fairnessKey: run.organization_id },
        staticSummary: `${summary}, ${run.size} bytes${run.number > 1 ? `, run ${run.number}` : ''}`,
        typedSearchAttributes: [
          { key: MESSAGE_ID, value: run.message_id },
          { key: ORGANIZATION_ID, value: run.organization_id },
          { key: STATUS, value: 'PROCESSING' },
          ...(options.searchBySender ? [{ key: SENDER, value: run.mail_from }] : []),
        ],
      }),
    );
  } catch (error) {
    // It was started before this process, or the one before it, could note it.
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
  return { id: run.id, lane };
}

/** A send to many waits for people's mail, whoever handed it in. */
function laneOf(run: WaitingRun, backlog: number): Lane {
  if (run.stream === 'BULK') return 'bulk';
  return chooseLane(
    { waitedFor: run.waited_for, backlog, bytes: run.size, listMail: LIST_SENDER.test(run.mail_from) },
    run.busy_backlog ?? BUSY_BACKLOG,
  );
}

/** What is started for a run, by the way that its message goes. */
function flowOf(run: WaitingRun, lane: Lane) {
  const key = {
    organizationId: run.organization_id,
    messageId: run.message_id,
    runId: run.id,
    runNumber: run.number,
  };
  if (run.direction === 'OUTGOING') {
    const input: OutgoingMessageInput = { ...key, bulk: run.stream === 'BULK', composes: run.composes };
    return { workflow: OUTGOING_WORKFLOW, input, summary: 'Outgoing mail' };
  }
  const input: IncomingMessageInput = { ...key, lane, asked: run.asked, decided: run.decided };
  return { workflow: INCOMING_WORKFLOW, input, summary: 'Incoming mail' };
}

/** Envelope senders of lists and mass mailers (VERP, bounce addresses): all that is known before parsing. */
const LIST_SENDER = /^$|^(?:bounces?|owner|no-?reply|newsletter|mailer-daemon)[-+@.=]|[-+]bounces?[-+@=]|=[^@]+@/i;

async function countOpen(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ open: number }>({
    name: 'open',
    // What waits for a person or for its time, for weeks perhaps, keeps nobody busy.
    text: `select count(*)::int as open from runs where ended_at is null and status not in ('HELD', 'SCHEDULED', 'SENDING')`,
  });
  return rows[0]!.open;
}

async function markStarted(client: pg.Client, started: Started[], backlog: number): Promise<void> {
  if (started.length === 0) return;
  await client.query({
    name: 'started',
    text: `update runs r set started_at = coalesce(r.started_at, now()), lane = s.lane, backlog = $2
      from jsonb_to_recordset($1::jsonb) as s(id uuid, lane text) where r.id = s.id`,
    values: [JSON.stringify(started), backlog],
  });
}
