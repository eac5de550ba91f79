import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/common';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AiReport } from '../../src/domain/ai.js';
import { INCOMING_WORKFLOW } from '../../src/domain/identifiers.js';
import { registerSearchAttributes } from '../../src/workers/namespace.js';
import { asAiFailure } from '../../src/workflows/ai-failure.js';
import type { incomingMessage } from '../../src/workflows/incoming-message.js';
import { ScriptedActivities, type Script, type ScriptedRun } from '../support/scripted-activities.js';
import { startTemporal } from '../support/servers.js';
import { bundleWorkflows } from '../support/workflow-build.js';

const QUEUE = 'mail-alone';
const activities = new ScriptedActivities();
let temporal: Awaited<ReturnType<typeof startTemporal>>;
let connection: Connection;
let native: NativeConnection;
let client: Client;
/** A provider that does not answer; a worker does not stop before its activities do. */
const end = Promise.withResolvers<AiReport>();
const workers: { worker: Worker; run: Promise<void> }[] = [];

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const [started, build] = await Promise.all([startTemporal(), bundleWorkflows()]);
  temporal = started;
  const { address, namespace } = temporal;
  connection = await Connection.connect({ address });
  native = await NativeConnection.connect({ address });
  client = new Client({ connection, namespace });
  await registerSearchAttributes(connection, namespace);
  const mail = { taskQueue: QUEUE, workflowBundle: { code: build.code }, activities: activities.mail };
  const ai = { taskQueue: 'ai', activities: activities.ai };
  for (const options of [mail, ai]) {
    const worker = await Worker.create({ connection: native, namespace, ...options });
    workers.push({ worker, run: worker.run() });
  }
});
afterAll(async () => {
  end.resolve({ status: 'answered' });
  for (const { worker } of workers) worker.shutdown();
  await Promise.all(workers.map(({ run }) => run));
  await native?.close();
  await connection?.close();
  await temporal?.stop();
});

async function start(script: Script): Promise<{ handle: WorkflowHandle<typeof incomingMessage>; run: ScriptedRun }> {
  const run = activities.add(script);
  const handle = await client.workflow.start<typeof incomingMessage>(INCOMING_WORKFLOW, {
    workflowId: `${run.input.messageId}-1`,
    taskQueue: QUEUE,
    args: [run.input],
  });
  return { handle, run };
}

const told = (run: ScriptedRun) =>
  run.calls.flatMap((call) => (call.activity === 'runStage' && call.stage === 'enhancement' ? [call.ai] : []));

test('one that throws keeps none back, and what it says of our servers reaches no outcome', async () => {
  const { handle, run } = await start({
    stages: { enhancement: [{ result: 'needs', scans: [], ai: ['contentAnalysis', 'summary'] }] },
    ai: {
      contentAnalysis: () => ({ status: 'answered' }),
      summary: () => {
        throw ApplicationFailure.nonRetryable('connect ECONNREFUSED 10.1.2.3:5432 as everpost_app');
      },
    },
  });
  expect(await handle.result()).toBe('DELIVERED');
  const [, after] = told(run);
  expect(after).toEqual({
    contentAnalysis: { status: 'answered' },
    summary: {
      status: 'failed',
      provider: 'embedded',
      failure: 'unreachable',
      reason: 'it could not be asked',
      notBefore: null,
      asked: true,
    },
  });
});

test('a person who cancels waits for no provider', async () => {
  const begun = Promise.withResolvers<void>();
  const { handle, run } = await start({
    stages: { enhancement: [{ result: 'needs', scans: [], ai: ['summary'] }] },
    ai: {
      summary: () => {
        begun.resolve();
        return end.promise;
      },
    },
  });
  await begun.promise;
  await handle.executeUpdate('cancel', { args: ['ada'] });
  expect(await handle.result()).toBe('CANCELED');
  expect(told(run)).toHaveLength(1);
  expect(run.calls.at(-1)).toMatchObject({ activity: 'endRun', status: 'CANCELED' });
});

test.each([
  ['SCHEDULE_TO_START', 'no worker was there to ask it', false],
  ['HEARTBEAT', 'it was not answered in time', true],
  ['START_TO_CLOSE', 'it was not answered in time', true],
] as const)('an activity that ended by %s says so in words of ours', (kind, reason, asked) => {
  const cause = new TimeoutFailure('activity timed out at host-17', undefined, kind);
  const failure = new ActivityFailure('activity', 'askAi', '1', 'TIMEOUT', 'worker', cause);
  expect(asAiFailure(failure)).toMatchObject({ failure: 'unreachable', reason, asked });
});
