import type { WorkflowHandle } from '@temporalio/client';
import proto from '@temporalio/proto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { INCOMING_WORKFLOW } from '../../src/domain/identifiers.js';
import {
  pauseUpdate,
  releaseUpdate,
  resumeUpdate,
  stateQuery,
  type incomingMessage,
} from '../../src/workflows/incoming-message.js';
import { STATUS } from '../../src/workflows/search-attributes.js';
import { eventually } from '../support/eventually.js';
import { doneReport, HOLD, ScriptedActivities, type Script } from '../support/scripted-activities.js';
import { startTimeSkipping } from '../support/time-skipping-server.js';
import { bundleWorkflows } from '../support/workflow-build.js';

const KEYWORD = proto.temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD;
const activities = new ScriptedActivities();
let started: TestWorkflowEnvironment | string;
let worker: Worker | null = null;
let running: Promise<void> | null = null;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  started = await startTimeSkipping();
  if (typeof started === 'string') return;
  // This server can be given attributes, but cannot be asked which it has.
  await started.connection.operatorService.addSearchAttributes({
    namespace: 'default',
    searchAttributes: { [STATUS.name]: KEYWORD },
  });
  const { code } = await bundleWorkflows();
  worker = await Worker.create({
    connection: started.nativeConnection,
    taskQueue: 'mail',
    workflowBundle: { code },
    activities: activities.mail,
  });
  running = worker.run();
}, 300_000);
afterAll(async () => {
  worker?.shutdown();
  await running;
  if (typeof started !== 'string') await started?.teardown();
});

beforeEach((context) => {
  if (typeof started === 'string') context.skip(started);
});

/** Its clock is one for all tests: one test at a time. */
function server(): TestWorkflowEnvironment {
  if (typeof started === 'string') throw new Error(started);
  return started;
}

function start(script: Script) {
  const run = activities.add(script);
  return server().client.workflow.start<typeof incomingMessage>(INCOMING_WORKFLOW, {
    workflowId: `${run.input.messageId}-1`,
    taskQueue: 'mail',
    args: [run.input],
  });
}

const becomes = (handle: WorkflowHandle<typeof incomingMessage>, status: string) =>
  eventually(async () => expect((await handle.query(stateQuery)).status).toBe(status));

test('a paused run is still paused after ten weeks, and goes on when it is resumed', async () => {
  const temporal = server();
  const handle = await start({ stages: { enhancement: [{ result: 'paused' }] } });
  await becomes(handle, 'PAUSED');
  const before = await temporal.currentTimeMs();
  await temporal.sleep('70 days');
  expect((await temporal.currentTimeMs()) - before).toBeGreaterThan(69 * 86_400_000);
  expect((await handle.query(stateQuery)).status).toBe('PAUSED');
  await handle.executeUpdate(resumeUpdate, { args: ['ada'] });
  expect(await handle.result()).toBe('DELIVERED');
});

test('a held message waits a year for a person, and is never decided by the time', async () => {
  const temporal = server();
  const handle = await start({ stages: { autonomy: [(request) => doneReport(request, HOLD)] } });
  await becomes(handle, 'HELD');
  await temporal.sleep('365 days');
  expect((await handle.describe()).status.name).toBe('RUNNING');
  await expect(handle.executeUpdate(pauseUpdate, { args: ['ada'] })).rejects.toThrow('Update failed');
  await handle.executeUpdate(releaseUpdate, { args: ['ada'] });
  expect(await handle.result()).toBe('DELIVERED');
});

test('a run outlives three hours without a database', async () => {
  const temporal = server();
  const backAt = (await temporal.currentTimeMs()) + 3 * 3_600_000;
  let attempts = 0;
  const outage = async () => {
    attempts++;
    if ((await temporal.currentTimeMs()) < backAt) throw new Error('the database is down');
  };
  const handle = await start({
    stages: { reception: Array.from({ length: 1_000 }, () => (request) => outage().then(() => doneReport(request))) },
  });
  expect(await handle.result()).toBe('DELIVERED');
  expect(await temporal.currentTimeMs()).toBeGreaterThanOrEqual(backAt);
  // It tries about once a minute: neither in a busy loop nor so seldom that a short outage becomes a long one.
  expect(attempts).toBeGreaterThan(150);
  expect(attempts).toBeLessThan(250);
});
