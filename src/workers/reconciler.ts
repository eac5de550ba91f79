import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import type pg from 'pg';
import type { DatabaseOptions } from '../adapters/database/database.js';
import { Leadership } from '../adapters/database/leadership.js';
import { RUNS_CHANNEL } from '../adapters/messages/accept-messages.js';
import type { RunKey } from '../domain/run.js';
import type { Command, FinalStatus } from '../domain/status.js';

const ROUND_MS = 5_000;
const BATCH = 200;
/** A run is compared with Temporal when it was started this long ago, and again this long after each look at the soonest. */
const LOOK_AGAIN_SECONDS = 30;
/** A person's command that a waiting run has not heeded after this long is told again. */
const UNHEEDED_SECONDS = 2;

interface OpenRun {
  id: string;
  organization_id: string;
  message_id: string;
  number: number;
  workflow_id: string;
  control: Command | null;
  control_by: string | null;
}

export interface ReconcilerOptions extends Pick<DatabaseOptions, 'url' | 'applicationName'> {
  client: Client;
  /** Ends a run whose workflow is gone for good. */
  endRun: (run: RunKey, status: FinalStatus, reason: string) => Promise<void>;
  onError: (error: unknown) => void;
  onMended: (what: string, workflowId: string) => void;
}

/**
 * A candidate reconciler: compares the runs that Postgres says are open with what Temporal knows, round after round.
 * What Temporal has lost (a power cut may take its last moments) is started again under the same id; what was ended in
 * Temporal behind our back is ended here; a command that a waiting run was not told, is told.
 */
export function createReconciler(options: ReconcilerOptions): Leadership {
  const lap: Lap = { last: null, lookedAt: new Map() };
  return new Leadership({
    ...options,
    role: 'everpost_system',
    duty: 'reconciler',
    channels: [],
    work: async (client) => {
      try {
        await tellUnheeded(options, client);
        await compareOpenRuns(options, client, lap);
      } catch (error) {
        options.onError(error);
      }
      return ROUND_MS;
    },
  });
}

const FIELDS = 'id, organization_id, message_id, number, workflow_id, control, control_by';

async function tellUnheeded(options: ReconcilerOptions, client: pg.Client): Promise<void> {
  const { rows } = await client.query<OpenRun>(
    `select ${FIELDS} from runs
     where ended_at is null and status in ('PAUSED', 'HELD') and control in ('resume', 'cancel', 'release', 'reject')
       and control_at < now() - make_interval(secs => ${UNHEEDED_SECONDS})
     order by control_at limit ${BATCH}`,
  );
  for (const run of rows) {
    const handle = options.client.workflow.getHandle(run.workflow_id);
    try {
      await handle.executeUpdate(run.control!, { args: [run.control_by ?? 'reconciler'] });
      options.onMended(`told it to ${run.control}`, run.workflow_id);
    } catch (error) {
      options.onError(error);
    }
  }
}

/**
 * A lap goes through all open runs, the oldest first: among thousands that wait for weeks, a new one has its turn. What
 * was looked at lately is left out of the next one.
 */
interface Lap {
  /** Where it is; null: at its start. */
  last: { startedAt: string; id: string } | null;
  lookedAt: Map<string, number>;
}

async function compareOpenRuns(options: ReconcilerOptions, client: pg.Client, lap: Lap): Promise<void> {
  const now = Date.now();
  for (const [id, at] of lap.lookedAt) if (now - at > LOOK_AGAIN_SECONDS * 1_000) lap.lookedAt.delete(id);
  const { rows } = await client.query<OpenRun & { at: string }>(
    `select ${FIELDS}, started_at::text as at from runs
     where ended_at is null and started_at < now() - make_interval(secs => ${LOOK_AGAIN_SECONDS})
       and ($1::timestamptz is null or (started_at, id) > ($1, $2::uuid)) and id <> all($3::uuid[])
     order by started_at, id limit ${BATCH}`,
    [lap.last?.startedAt ?? null, lap.last?.id ?? null, [...lap.lookedAt.keys()]],
  );
  if (rows.length < BATCH) lap.last = null;
  for (const run of rows) {
    // One that cannot be compared keeps none of the others back.
    if (rows.length === BATCH) lap.last = { startedAt: run.at, id: run.id };
    lap.lookedAt.set(run.id, now);
    await compare(options, client, run);
  }
}

async function compare(options: ReconcilerOptions, client: pg.Client, run: OpenRun): Promise<void> {
  const status = await workflowStatus(options.client, run.workflow_id);
  if (status === 'RUNNING' || status === 'PAUSED' || status === 'CONTINUED_AS_NEW') return;
  if (status === null) {
    await client.query('update runs set started_at = null where id = $1 and ended_at is null', [run.id]);
    await client.query(`notify ${RUNS_CHANNEL}`);
    options.onMended('Temporal did not know it: it is started again', run.workflow_id);
    return;
  }
  const key = { organizationId: run.organization_id, messageId: run.message_id, runId: run.id, runNumber: run.number };
  const canceled = status === 'TERMINATED' || status === 'CANCELLED';
  await options.endRun(key, canceled ? 'CANCELED' : 'FAILED', `its workflow was ended in Temporal (${status})`);
  options.onMended(`its workflow had ended (${status})`, run.workflow_id);
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
