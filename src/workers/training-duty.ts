import type { Client, Connection } from '@temporalio/client';
import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
  WorkflowNotFoundError,
} from '@temporalio/common';
import type pg from 'pg';
import type { DatabaseOptions } from '../adapters/database/database.js';
import { Leadership } from '../adapters/database/leadership.js';
import { TRAIN_AFTER, TRAINING_WORKFLOW, trainingWorkflowId, type TrainingInput } from '../domain/training.js';
import { ORGANIZATION_ID } from '../workflows/search-attributes.js';

const ROUND_MS = 2_000;
const BATCH = 20;
const DEADLINE_MS = 10_000;
/** A training that runs this long is compared with Temporal. */
const LOOK_AFTER_SECONDS = 60;
/** One that is not done by then waits for a build that nobody hosts any more: it makes way. */
const LONGEST_SECONDS = 3_600;
/** After one that failed the next begins no sooner by itself: the same examples would fail it again. */
const REST_SECONDS = 3_600;

export interface TrainingDutyOptions extends Pick<DatabaseOptions, 'url' | 'applicationName'> {
  client: Client;
  connection: Connection;
  taskQueue: string;
  onError: (error: unknown) => void;
}

interface Due {
  organizationId: string;
  modelId: string;
  training: number;
}

/**
 * A candidate for starting trainings: of models that enough new corrections have gathered for, that have learned what was
 * taken back since, or that somebody asked for. What was noted and never started, because the process died or Temporal was
 * down, is started by the comparison.
 */
export function createTrainingDuty(options: TrainingDutyOptions): Leadership {
  return new Leadership({
    ...options,
    role: 'everpost_system',
    duty: 'trainings',
    channels: [],
    work: async (client) => {
      try {
        await startDue(options, client);
        await compareRunning(options, client);
      } catch (error) {
        options.onError(error);
      }
      return ROUND_MS;
    },
  });
}

async function startDue(options: TrainingDutyOptions, client: pg.Client): Promise<void> {
  const { rows } = await client.query<Due>(
    `select organization_id as "organizationId", id as "modelId", training + 1 as training from learned_models
     where kind in ('TYPE', 'PRIORITY', 'ACTION') and training_since is null
       and (requested_at is not null
         or (rests_until is null or rests_until < now())
           and (withdrawn > 0 or last_number >= tried_through + ${TRAIN_AFTER}))
     order by updated_at limit ${BATCH}`,
  );
  for (const due of rows) {
    // The note first: a training that finds another number in the row leaves it alone.
    const { rowCount } = await client.query(
      `update learned_models set training = $2, training_since = now(), requested_at = null
       where id = $1 and training_since is null and training = $2 - 1`,
      [due.modelId, due.training],
    );
    if (rowCount === 1) await start(options, due);
  }
}

async function start({ client, connection, taskQueue }: TrainingDutyOptions, input: TrainingInput): Promise<void> {
  try {
    await connection.withDeadline(Date.now() + DEADLINE_MS, () =>
      client.workflow.start(TRAINING_WORKFLOW, {
        workflowId: trainingWorkflowId(input),
        taskQueue,
        args: [input],
        workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
        workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
        staticSummary: 'Training of a model',
        typedSearchAttributes: [{ key: ORGANIZATION_ID, value: input.organizationId }],
      }),
    );
  } catch (error) {
    // It was started by the process that led before this one.
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

/** What was noted and never started is started; what failed makes way for the next training, after a rest. */
async function compareRunning(options: TrainingDutyOptions, client: pg.Client): Promise<void> {
  const { rows } = await client.query<Due & { stuck: boolean }>(
    `select organization_id as "organizationId", id as "modelId", training,
       training_since < now() - make_interval(secs => ${LONGEST_SECONDS}) as stuck from learned_models
     where training_since < now() - make_interval(secs => ${LOOK_AFTER_SECONDS}) limit ${BATCH}`,
  );
  for (const running of rows) {
    const workflowId = trainingWorkflowId(running);
    const status = await statusOf(options, workflowId);
    if (status === 'RUNNING' && running.stuck) {
      await options.connection.withDeadline(Date.now() + DEADLINE_MS, () =>
        options.client.workflow.getHandle(workflowId).terminate('it took too long'),
      );
      continue;
    }
    if (status === null) await start(options, running);
    else if (status !== 'RUNNING' && status !== 'CONTINUED_AS_NEW' && status !== 'PAUSED') {
      await client.query(
        `update learned_models set training_since = null,
           rests_until = now() + make_interval(secs => ${REST_SECONDS})
         where id = $1 and training = $2 and training_since is not null`,
        [running.modelId, running.training],
      );
    }
  }
}

/** Null where Temporal does not know the workflow. */
async function statusOf({ client, connection }: TrainingDutyOptions, workflowId: string): Promise<string | null> {
  try {
    return await connection.withDeadline(
      Date.now() + DEADLINE_MS,
      async () => (await client.workflow.getHandle(workflowId).describe()).status.name,
    );
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}
