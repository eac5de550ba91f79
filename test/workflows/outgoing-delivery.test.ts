import { Client, Connection } from '@temporalio/client';
import { Context } from '@temporalio/activity';
import type { Priority } from '@temporalio/common';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { DeliveryActivities } from '../../src/activities/outgoing/delivery.activities.js';
import { PRIORITY_KEY } from '../../src/domain/lane.js';
import type { DeliveryRound } from '../../src/domain/outgoing/delivery-round.js';
import {
  BULK_LANES,
  DELIVERY_WORKFLOW,
  deliveryWorkflowId,
  type DeliveryInput,
} from '../../src/domain/outgoing/outgoing-input.js';
import { deliveryLook, type delivery } from '../../src/workflows/delivery.js';
import { eventually } from '../support/eventually.js';
import { startTemporal } from '../support/servers.js';
import { bundleWorkflows } from '../support/workflow-build.js';

const WAITS: DeliveryRound = { counts: { DEFERRED: 1 }, next: 3_600_000 };
const OVER: DeliveryRound = { counts: { DELIVERED: 1 }, next: null };
/** Events after which Temporal suggests to begin a new history; 4,096 where nobody says otherwise. */
const SUGGESTED_AT = 60;

let temporal: Awaited<ReturnType<typeof startTemporal>>;
let connection: Connection;
let native: NativeConnection;
let client: Client;
let mail: { worker: Worker; run: Promise<void> };
let sending: { worker: Worker; run: Promise<void> };

interface Attempt {
  input: DeliveryInput;
  lane: number;
  priority: Priority | undefined;
}
let attempts: Attempt[] = [];
let says: (attempt: Attempt) => DeliveryRound = () => OVER;
let canceled = 0;

const activities: DeliveryActivities = {
  attemptDelivery: async (input, lane) => {
    const attempt = { input, lane, priority: Context.current().info.priority };
    attempts.push(attempt);
    return says(attempt);
  },
  cancelDelivery: async () => void (canceled += 1),
};

async function startSending(): Promise<typeof sending> {
  const worker = await Worker.create({
    connection: native,
    taskQueue: 'delivery',
    activities,
    maxConcurrentActivityTaskExecutions: 1,
  });
  return { worker, run: worker.run() };
}

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const [started, build] = await Promise.all([
    startTemporal({ 'limit.historyCount.suggestContinueAsNew': SUGGESTED_AT }),
    bundleWorkflows(),
  ]);
  temporal = started;
  connection = await Connection.connect({ address: temporal.address });
  native = await NativeConnection.connect({ address: temporal.address });
  client = new Client({ connection, namespace: temporal.namespace });
  const worker = await Worker.create({
    connection: native,
    namespace: temporal.namespace,
    taskQueue: 'mail',
    workflowBundle: { code: build.code },
  });
  mail = { worker, run: worker.run() };
  sending = await startSending();
});
afterAll(async () => {
  for (const one of [mail, sending]) {
    one?.worker.shutdown();
    await one?.run;
  }
  await native?.close();
  await connection?.close();
  await temporal?.stop();
});
beforeEach(() => {
  attempts = [];
  says = () => OVER;
  canceled = 0;
});

function start(of: Partial<DeliveryInput> = {}, priority?: Priority) {
  const input = { organizationId: uuidv7(), messageId: uuidv7(), destination: 'list.example', ...of };
  return client.workflow.start<typeof delivery>(DELIVERY_WORKFLOW, {
    workflowId: deliveryWorkflowId(input, 1),
    taskQueue: 'mail',
    args: [input],
    ...(priority === undefined ? {} : { priority }),
  });
}

const attempted = (count: number) => eventually(() => expect(attempts.length).toBeGreaterThanOrEqual(count));

test('begins a new history before the old one is too long, and keeps its place in the queue', async () => {
  says = () => WAITS;
  const priority = { priorityKey: PRIORITY_KEY.interactive, fairnessKey: uuidv7() };
  const handle = await start({}, priority);
  const { runId } = await handle.describe();
  for (let told = 1; told <= 20; told++) {
    await attempted(told);
    await client.workflow.getHandle(handle.workflowId).signal(deliveryLook);
  }
  const now = await eventually(async () => {
    const description = await client.workflow.getHandle(handle.workflowId).describe();
    expect(description.runId).not.toBe(runId);
    return description;
  });
  expect(now.status.name).toBe('RUNNING');
  expect(now.historyLength).toBeLessThan(SUGGESTED_AT + 20);
  says = () => OVER;
  await client.workflow.getHandle(handle.workflowId).signal(deliveryLook);
  expect(await handle.result()).toEqual(OVER);
  for (const attempt of attempts) expect(attempt.priority).toMatchObject(priority);
});

test('to all recipients is worked at by lanes, and goes on for the one that is due first', async () => {
  let rounds = 0;
  says = ({ lane }) => {
    if ((rounds += 1) > BULK_LANES) return OVER;
    return lane === 0 ? { counts: { DEFERRED: 1 }, next: 100 } : { counts: { DEFERRED: 1 }, next: 'asked' };
  };
  const handle = await start({ destination: null });
  expect(await handle.result()).toEqual(OVER);
  expect(attempts.map(({ lane }) => lane).toSorted((one, other) => one - other)).toEqual([0, 0, 1, 1]);
});

test('that is canceled in Temporal cancels what waits', async () => {
  says = () => WAITS;
  const handle = await start();
  await attempted(1);
  await handle.cancel();
  await expect(handle.result()).rejects.toThrow('Workflow execution cancelled');
  expect(canceled).toBe(1);
});
