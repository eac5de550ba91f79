import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { OnwardActivities } from '../../src/activities/onward.activities.js';
import { ONWARD_WORKFLOW, onwardWorkflowId, type OnwardInput, type OnwardRound } from '../../src/domain/onward.js';
import { lookUpdate, retryNowUpdate, type onwardDelivery } from '../../src/workflows/onward-delivery.js';
import { eventually } from '../support/eventually.js';
import { startTemporal } from '../support/servers.js';
import { bundleWorkflows } from '../support/workflow-build.js';

const WAITS: OnwardRound = { statuses: { DEFERRED: 1 }, retryInMs: 3_600_000 };
const OVER: OnwardRound = { statuses: { DELIVERED: 1 }, retryInMs: null };
/** Events after which Temporal suggests to begin a new history; 4,096 where nobody says otherwise. */
const SUGGESTED_AT = 60;

let temporal: Awaited<ReturnType<typeof startTemporal>>;
let connection: Connection;
let native: NativeConnection;
let client: Client;
const running: { worker: Worker; run: Promise<void> }[] = [];

/** Whether each attempt was asked for, in order, and what the next ones say. */
let attempts: boolean[] = [];
let says = WAITS;
let canceled = 0;
const activities: OnwardActivities = {
  attemptOnward: async (_input, asked) => {
    attempts.push(asked);
    return says;
  },
  cancelOnward: async () => {
    canceled += 1;
    return OVER;
  },
};

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const [started, build] = await Promise.all([
    startTemporal({ 'limit.historyCount.suggestContinueAsNew': SUGGESTED_AT }),
    bundleWorkflows(),
  ]);
  temporal = started;
  const { address, namespace } = temporal;
  connection = await Connection.connect({ address });
  native = await NativeConnection.connect({ address });
  client = new Client({ connection, namespace });
  const mail = { taskQueue: 'mail', workflowBundle: { code: build.code } };
  for (const options of [mail, { taskQueue: 'delivery', activities }]) {
    const worker = await Worker.create({ connection: native, namespace, ...options });
    running.push({ worker, run: worker.run() });
  }
});
afterAll(async () => {
  for (const { worker } of running) worker.shutdown();
  await Promise.all(running.map(({ run }) => run));
  await native?.close();
  await connection?.close();
  await temporal?.stop();
});
beforeEach(() => {
  attempts = [];
  says = WAITS;
  canceled = 0;
});

function start(): Promise<WorkflowHandle<typeof onwardDelivery>> {
  const input: OnwardInput = { organizationId: uuidv7(), messageId: uuidv7(), route: 'example.org', generation: 1 };
  const workflowId = onwardWorkflowId(input);
  return client.workflow.start<typeof onwardDelivery>(ONWARD_WORKFLOW, {
    workflowId,
    taskQueue: 'mail',
    args: [input],
  });
}

const attempted = (count: number) => eventually(() => expect(attempts.length).toBeGreaterThanOrEqual(count));

test('tries at once when it is told to, and only looks when it is told to look', async () => {
  const handle = await start();
  await attempted(1);
  await handle.executeUpdate(lookUpdate);
  await attempted(2);
  says = OVER;
  await handle.executeUpdate(retryNowUpdate);
  expect(await handle.result()).toEqual(OVER);
  expect(attempts).toEqual([false, false, true]);
});

test('begins a new history before the old one is too long, however often its server comes and goes', async () => {
  const handle = await start();
  const { runId } = await handle.describe();
  for (let told = 1; told <= 15; told++) {
    await attempted(told);
    await client.workflow.getHandle(handle.workflowId).executeUpdate(retryNowUpdate);
  }
  const now = await eventually(async () => {
    const description = await client.workflow.getHandle(handle.workflowId).describe();
    expect(description.runId).not.toBe(runId);
    return description;
  });
  expect(now.status.name).toBe('RUNNING');
  expect(now.historyLength).toBeLessThan(SUGGESTED_AT + 20);
  says = OVER;
  await client.workflow.getHandle(handle.workflowId).executeUpdate(retryNowUpdate);
  expect(await handle.result()).toEqual(OVER);
});

test('that is canceled in Temporal cancels what waits', async () => {
  const handle = await start();
  await attempted(1);
  await handle.cancel();
  await expect(handle.result()).rejects.toThrow('Workflow execution cancelled');
  expect(canceled).toBe(1);
});
