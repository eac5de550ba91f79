import {
  Client,
  Connection,
  WorkflowUpdateFailedError,
  WorkflowUpdateStage,
  type WorkflowHandle,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { INCOMING_WORKFLOW } from '../../src/domain/identifiers.js';
import { STAGES, stepsOf } from '../../src/domain/pipeline.js';
import type { SpamAnswer, VirusAnswer } from '../../src/domain/scans.js';
import { commandEffect, COMMANDS, type MessageStatus } from '../../src/domain/status.js';
import { registerSearchAttributes } from '../../src/workers/namespace.js';
import { stateQuery, type incomingMessage, type RunState } from '../../src/workflows/incoming-message.js';
import { MESSAGE_ID, STATUS } from '../../src/workflows/search-attributes.js';
import { eventually } from '../support/eventually.js';
import {
  DELIVER,
  doneReport,
  HOLD,
  ScriptedActivities,
  type ActivityCall,
  type Script,
  type ScriptedRun,
} from '../support/scripted-activities.js';
import { startTemporal } from '../support/servers.js';
import { bundleWorkflows } from '../support/workflow-build.js';

type Handle = WorkflowHandle<typeof incomingMessage>;

const QUEUE = 'mail-alone';
const activities = new ScriptedActivities();
let temporal: Awaited<ReturnType<typeof startTemporal>>;
let connection: Connection;
let native: NativeConnection;
let client: Client;
/** What runs wait for that a test leaves in their middle; a worker does not stop before its activities do. */
const end = Promise.withResolvers<SpamAnswer>();
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
  const scan = { taskQueue: 'scan', activities: activities.scan };
  for (const options of [mail, scan]) {
    const worker = await Worker.create({ connection: native, namespace, ...options });
    workers.push({ worker, run: worker.run() });
  }
});
afterAll(async () => {
  end.resolve({ status: 'failed', error: 'the tests are over' });
  for (const { worker } of workers) worker.shutdown();
  await Promise.all(workers.map(({ run }) => run));
  await native?.close();
  await connection?.close();
  await temporal?.stop();
});

async function start(script: Script = {}): Promise<{ handle: Handle; run: ScriptedRun }> {
  const run = activities.add(script);
  const handle = await client.workflow.start<typeof incomingMessage>(INCOMING_WORKFLOW, {
    workflowId: `${run.input.messageId}-1`,
    taskQueue: QUEUE,
    args: [run.input],
    typedSearchAttributes: [
      { key: MESSAGE_ID, value: run.input.messageId },
      { key: STATUS, value: 'PROCESSING' },
    ],
    // A stage that takes longer lets updates in after four fifths of this.
    workflowTaskTimeout: '1 second',
  });
  return { handle, run };
}

const stateOf = (handle: Handle): Promise<RunState> => handle.query(stateQuery);
const becomes = (handle: Handle, status: MessageStatus) =>
  eventually(async () => expect((await stateOf(handle)).status).toBe(status));
const tell = (handle: Handle, command: string) =>
  handle.executeUpdate<MessageStatus, [string]>(command, { args: ['ada'] });

const stagesOf = (run: ScriptedRun) => run.calls.flatMap((call) => (call.activity === 'runStage' ? [call.stage] : []));
const called = <Name extends ActivityCall['activity']>(run: ScriptedRun, name: Name) =>
  run.calls.filter((call): call is Extract<ActivityCall, { activity: Name }> => call.activity === name);

/** A stage that a test lets end, and hears of when it has begun. */
function gate() {
  const begun = Promise.withResolvers<void>();
  const open = Promise.withResolvers<void>();
  const pass = async () => {
    begun.resolve();
    await open.promise;
  };
  return { pass, begun: begun.promise, open: () => open.resolve() };
}

describe('a run that nothing stops', () => {
  test('goes through the four stages in order and ends as its decision says', async () => {
    const { handle, run } = await start();
    expect(await handle.result()).toBe('DELIVERED');
    expect(run.calls).toEqual(
      STAGES.map((stage) => ({
        activity: 'runStage',
        stage,
        scans: {},
        resumed: false,
        decision: stage === 'publication' ? DELIVER : null,
      })),
    );
  });

  test('answers with its stage, its steps and its decision when asked for its state', async () => {
    const { handle } = await start();
    await handle.result();
    const state = await stateOf(handle);
    expect(state).toMatchObject({ status: 'DELIVERED', stage: 'publication', decision: DELIVER });
    expect(state.steps.map(({ name }) => name)).toEqual(STAGES.flatMap((stage) => stepsOf(stage, [])));
  });

  test('ends quarantined without waiting for anybody', async () => {
    const decision = { disposition: 'quarantine', reason: 'spam' } as const;
    const { handle, run } = await start({ stages: { autonomy: [(request) => doneReport(request, decision)] } });
    expect(await handle.result()).toBe('QUARANTINED');
    expect(called(run, 'waitRun')).toEqual([]);
  });
});

describe('a pause', () => {
  test('that a stage reports lasts until the run is resumed, and the stage hears that it was', async () => {
    const { handle, run } = await start({ stages: { enhancement: [{ result: 'paused' }] } });
    await becomes(handle, 'PAUSED');
    expect(stagesOf(run)).toEqual(['reception', 'enhancement']);
    await tell(handle, 'resume');
    expect(await handle.result()).toBe('DELIVERED');
    expect(called(run, 'runStage').map(({ stage, resumed }) => [stage, resumed])).toEqual([
      ['reception', false],
      ['enhancement', false],
      ['enhancement', true],
      ['autonomy', false],
      ['publication', false],
    ]);
    // The stage has committed that it is paused.
    expect(called(run, 'waitRun')).toEqual([]);
  });

  test('that an update asks for while a stage runs begins when that stage is over, and is committed', async () => {
    const reception = gate();
    const { handle, run } = await start({
      stages: { reception: [(request) => reception.pass().then(() => doneReport(request))] },
    });
    await reception.begun;
    expect(await tell(handle, 'pause')).toBe('PROCESSING');
    reception.open();
    await becomes(handle, 'PAUSED');
    expect(run.calls.slice(1)).toEqual([{ activity: 'waitRun', status: 'PAUSED', decision: null }]);
    await tell(handle, 'resume');
    expect(await handle.result()).toBe('DELIVERED');
    expect(called(run, 'runStage')[1]).toMatchObject({ stage: 'enhancement', resumed: true });
  });

  test('may come again in the same stage', async () => {
    const { handle, run } = await start({ stages: { autonomy: [{ result: 'paused' }, { result: 'paused' }] } });
    for (const calls of [3, 4]) {
      await eventually(() => expect(run.calls).toHaveLength(calls));
      await becomes(handle, 'PAUSED');
      await tell(handle, 'resume');
    }
    expect(await handle.result()).toBe('DELIVERED');
  });

  test('is not ended by a resume that was asked for in an earlier stage', async () => {
    const reception = gate();
    const { handle } = await start({
      stages: {
        reception: [(request) => reception.pass().then(() => doneReport(request))],
        enhancement: [{ result: 'paused' }],
      },
    });
    await reception.begun;
    await tell(handle, 'resume');
    reception.open();
    await becomes(handle, 'PAUSED');
    await tell(handle, 'cancel');
    expect(await handle.result()).toBe('CANCELED');
  });

  test('is passed on as over once only: a second pause while rspamd is asked counts', async () => {
    const answer = gate();
    const { handle, run } = await start({
      stages: { reception: [{ result: 'paused' }, { result: 'needs', scans: ['rspamd'] }, { result: 'paused' }] },
      scans: { rspamd: () => answer.pass().then((): SpamAnswer => ({ status: 'failed', error: 'a test' })) },
    });
    await becomes(handle, 'PAUSED');
    await tell(handle, 'resume');
    await answer.begun;
    answer.open();
    await becomes(handle, 'PAUSED');
    expect(called(run, 'runStage').map(({ resumed }) => resumed)).toEqual([false, true, false]);
    await tell(handle, 'resume');
    expect(await handle.result()).toBe('DELIVERED');
  });
});

describe('a cancellation', () => {
  const CANCELED = { activity: 'endRun', status: 'CANCELED', reason: 'a person canceled it' };

  test('ends a paused run', async () => {
    const { handle, run } = await start({ stages: { reception: [{ result: 'paused' }] } });
    await becomes(handle, 'PAUSED');
    await tell(handle, 'cancel');
    expect(await handle.result()).toBe('CANCELED');
    expect(run.calls.slice(1)).toEqual([CANCELED]);
  });

  test('that an update asks for while a stage runs ends the run behind that stage', async () => {
    const reception = gate();
    const { handle, run } = await start({
      stages: { reception: [(request) => reception.pass().then(() => doneReport(request))] },
    });
    await reception.begun;
    await tell(handle, 'cancel');
    reception.open();
    expect(await handle.result()).toBe('CANCELED');
    expect(run.calls.slice(1)).toEqual([CANCELED]);
  });

  test('that a stage reports ends the run', async () => {
    const { handle, run } = await start({ stages: { enhancement: [{ result: 'canceled' }] } });
    expect(await handle.result()).toBe('CANCELED');
    expect(run.calls.slice(2)).toEqual([CANCELED]);
  });

  test('of the workflow in Temporal ends the run where it waits', async () => {
    const { handle, run } = await start({ stages: { reception: [{ result: 'paused' }] } });
    await becomes(handle, 'PAUSED');
    await handle.cancel();
    expect(await handle.result()).toBe('CANCELED');
    expect(run.calls.slice(1)).toEqual([CANCELED]);
  });

  test('of the workflow in Temporal ends the run while a stage is at work', async () => {
    const reception = gate();
    const { handle, run } = await start({
      stages: { reception: [(request) => reception.pass().then(() => doneReport(request))] },
    });
    await reception.begun;
    await handle.cancel();
    await eventually(() => expect(run.calls.slice(1)).toEqual([CANCELED]));
    reception.open();
    expect(await handle.result()).toBe('CANCELED');
    expect(stagesOf(run)).toEqual(['reception']);
  });

  test('of the workflow in Temporal ends the run while rspamd is asked', async () => {
    const answer = gate();
    const { handle, run } = await start({
      stages: { reception: [{ result: 'needs', scans: ['rspamd'] }] },
      scans: { rspamd: () => answer.pass().then((): SpamAnswer => ({ status: 'failed', error: 'a test' })) },
    });
    await answer.begun;
    await handle.cancel();
    expect(await handle.result()).toBe('CANCELED');
    answer.open();
    expect(run.calls.slice(2)).toEqual([CANCELED]);
  });
});

describe('a held message', () => {
  const held = (): Script => ({ stages: { autonomy: [(request) => doneReport(request, HOLD)] } });

  test('is published as delivered once a person releases it', async () => {
    const { handle, run } = await start(held());
    await becomes(handle, 'HELD');
    expect(called(run, 'waitRun')).toEqual([{ activity: 'waitRun', status: 'HELD', decision: HOLD }]);
    expect((await stateOf(handle)).decision).toEqual(HOLD);
    await tell(handle, 'release');
    expect(await handle.result()).toBe('DELIVERED');
    const released = { disposition: 'deliver', reason: 'a person released it' };
    expect(run.calls.at(-1)).toMatchObject({ activity: 'runStage', stage: 'publication', decision: released });
  });

  test('is published as rejected once a person rejects it', async () => {
    const { handle, run } = await start(held());
    await becomes(handle, 'HELD');
    await tell(handle, 'reject');
    expect(await handle.result()).toBe('REJECTED');
    expect(run.calls.at(-1)).toMatchObject({ decision: { disposition: 'reject', reason: 'a person rejected it' } });
  });

  test('is not published when it is canceled', async () => {
    const { handle, run } = await start(held());
    await becomes(handle, 'HELD');
    await tell(handle, 'cancel');
    expect(await handle.result()).toBe('CANCELED');
    expect(stagesOf(run)).not.toContain('publication');
  });
});

describe('a stage that cannot go on', () => {
  test('fails the run', async () => {
    const { handle, run } = await start({ stages: { reception: [{ result: 'failed', reason: 'the parser died' }] } });
    expect(await handle.result()).toBe('FAILED');
    // The stage has committed that it is failed.
    expect(run.calls).toHaveLength(1);
  });

  test('stops the run where another one has taken over, and writes nothing more', async () => {
    const { handle, run } = await start({ stages: { enhancement: [{ result: 'fenced' }] } });
    await handle.result();
    expect(stagesOf(run)).toEqual(['reception', 'enhancement']);
    expect(run.calls).toHaveLength(2);
  });

  test('is tried again while its database is down', async () => {
    let attempts = 0;
    const { handle } = await start({
      stages: {
        reception: [
          () => Promise.reject(new Error('the database is down')),
          () => Promise.reject(new Error('the database is down')),
          (request) => {
            attempts = 3;
            return doneReport(request);
          },
        ],
      },
    });
    expect(await handle.result()).toBe('DELIVERED');
    expect(attempts).toBe(3);
  });
});

describe('a stage that needs scanners outside', () => {
  const clean: VirusAnswer = { status: 'answered', verdict: 'clean', signature: null, engine: 'ClamAV 1.4.6' };
  const opinion: SpamAnswer = {
    status: 'answered',
    score: 12,
    required: 15,
    action: 'add header',
    symbols: [{ name: 'R_TEST', score: 12 }],
  };

  test('asks all of them side by side and runs again with their answers', async () => {
    const all = Promise.withResolvers<void>();
    let begun = 0;
    /** Answers once all three are being asked. */
    const together = async <Answer>(answer: Answer): Promise<Answer> => {
      if (++begun === 3) all.resolve();
      await all.promise;
      return answer;
    };
    const { handle, run } = await start({
      stages: { reception: [{ result: 'needs', scans: ['clamd', 'rspamd', 'spamassassin'] }] },
      scans: {
        clamd: () => together(clean),
        rspamd: () => together(opinion),
        spamassassin: () => together<SpamAnswer>({ status: 'skipped', reason: 'it is large' }),
      },
    });
    expect(await handle.result()).toBe('DELIVERED');
    expect(called(run, 'runStage').map(({ stage, scans }) => [stage, scans])).toEqual([
      ['reception', {}],
      ['reception', { clamd: clean, rspamd: opinion, spamassassin: { status: 'skipped', reason: 'it is large' } }],
      ['enhancement', {}],
      ['autonomy', {}],
      ['publication', {}],
    ]);
  });

  test('runs again with why one gave no answer, and with the answers of the others', async () => {
    const { handle, run } = await start({
      stages: { reception: [{ result: 'needs', scans: ['clamd', 'rspamd'] }] },
      scans: {
        clamd: () => {
          throw ApplicationFailure.nonRetryable('connection refused');
        },
        rspamd: () => opinion,
      },
    });
    expect(await handle.result()).toBe('DELIVERED');
    const [, again] = called(run, 'runStage');
    expect(again?.scans).toEqual({
      clamd: { status: 'failed', error: expect.stringContaining('connection refused') as string },
      rspamd: opinion,
    });
  });

  test('asks one that fails once more', async () => {
    let asked = 0;
    const { handle, run } = await start({
      stages: { reception: [{ result: 'needs', scans: ['clamd'] }] },
      scans: {
        clamd: () => {
          if (++asked === 1) throw new Error('clamd closed the connection');
          return clean;
        },
      },
    });
    await handle.result();
    expect(called(run, 'runStage')[1]?.scans).toEqual({ clamd: clean });
    expect(called(run, 'scan')).toHaveLength(2);
  });

  test('keeps what was answered when it needs another one', async () => {
    const { handle, run } = await start({
      stages: {
        reception: [
          { result: 'needs', scans: ['clamd'] },
          { result: 'needs', scans: ['rspamd'] },
        ],
      },
      scans: { clamd: () => clean, rspamd: () => opinion },
    });
    await handle.result();
    expect(called(run, 'runStage')[2]?.scans).toEqual({ clamd: clean, rspamd: opinion });
  });
});

describe('commands', () => {
  /** Runs that wait in a state, with nothing of theirs at work: an update is answered at once. */
  const waiting: Record<'PROCESSING' | 'PAUSED' | 'HELD', () => Script> = {
    PROCESSING: () => ({
      stages: { reception: [{ result: 'needs', scans: ['rspamd'] }] },
      scans: { rspamd: () => end.promise },
    }),
    PAUSED: () => ({ stages: { reception: [{ result: 'paused' }] } }),
    HELD: () => ({ stages: { autonomy: [(request) => doneReport(request, HOLD)] } }),
  };

  test.each(['PROCESSING', 'PAUSED', 'HELD'] as const)(
    'are refused while a run is %s as the table of states and commands says, with its reason',
    async (status) => {
      const { handle, run } = await start(waiting[status]());
      await eventually(async () => {
        expect((await stateOf(handle)).status).toBe(status);
        expect(status !== 'PROCESSING' || called(run, 'scan').length > 0).toBe(true);
      });
      for (const command of COMMANDS) {
        const effect = commandEffect(status, command);
        // A reprocess opens another run and is never told to an open one.
        if (command === 'reprocess' || effect.effect !== 'refused') continue;
        const error: unknown = await tell(handle, command).catch((reason: unknown) => reason);
        expect(error, command).toBeInstanceOf(WorkflowUpdateFailedError);
        expect((error as WorkflowUpdateFailedError).cause?.message).toBe(effect.reason);
      }
      expect((await stateOf(handle)).status).toBe(status);
      await handle.terminate();
    },
  );

  test.each([
    ['PROCESSING', 'pause'],
    ['PROCESSING', 'resume'],
    ['PROCESSING', 'cancel'],
    ['PAUSED', 'pause'],
    ['PAUSED', 'resume'],
    ['PAUSED', 'cancel'],
    ['HELD', 'release'],
    ['HELD', 'reject'],
    ['HELD', 'cancel'],
  ] as const)('are taken while a run is %s where the table lets them in: %s', async (status, command) => {
    expect(commandEffect(status, command).effect).not.toBe('refused');
    const { handle } = await start(waiting[status]());
    await becomes(handle, status);
    const update = await handle.startUpdate<MessageStatus, [string]>(command, {
      args: ['ada'],
      waitForStage: WorkflowUpdateStage.ACCEPTED,
    });
    expect(await update.result()).toBe(status);
    await handle.terminate().catch(() => undefined); // the command may have ended it
  });
});

describe('an operator in the Temporal Web UI', () => {
  test('finds a run by its status as it changes', async () => {
    const { handle } = await start({ stages: { reception: [{ result: 'paused' }] } });
    const statusShown = async () => (await handle.describe()).typedSearchAttributes.get(STATUS);
    expect(await statusShown()).toBe('PROCESSING');
    await eventually(async () => expect(await statusShown()).toBe('PAUSED'));
    await tell(handle, 'resume');
    await handle.result();
    expect(await statusShown()).toBe('DELIVERED');
  });

  test('reads in the current details where a run is and what its steps gave', async () => {
    const { handle, run } = await start({ stages: { enhancement: [{ result: 'paused' }] } });
    await becomes(handle, 'PAUSED');
    const details = await currentDetails(handle);
    expect(details).toContain('**PAUSED** in enhancement');
    expect(details).toContain(run.input.messageId);
    for (const step of stepsOf('reception', [])) expect(details).toContain(`- ${step}: DONE, confidence 0.90`);
    await tell(handle, 'resume');
    await handle.result();
    expect(await currentDetails(handle)).toContain('**deliver**: nothing speaks against it');
  });

  test('reads a sentence at every activity', async () => {
    const { handle } = await start({
      stages: {
        reception: [{ result: 'needs', scans: ['rspamd'] }],
        autonomy: [(request) => doneReport(request, HOLD)],
      },
      scans: { rspamd: () => ({ status: 'failed', error: 'a test' }) },
    });
    await becomes(handle, 'HELD');
    await tell(handle, 'release');
    await handle.result();
    const { events } = await handle.fetchHistory();
    const summaries = (events ?? [])
      .filter((event) => event.markerRecordedEventAttributes ?? event.activityTaskScheduledEventAttributes)
      .map((event) => JSON.parse(Buffer.from(event.userMetadata?.summary?.data ?? []).toString() || '""') as string);
    expect(summaries).toEqual([
      expect.stringMatching(/^Reception: /),
      'Ask rspamd for its verdict',
      expect.stringMatching(/^Reception: /),
      expect.stringMatching(/^Enhancement: /),
      expect.stringMatching(/^Autonomy: /),
      'Show that it waits for a person',
      expect.stringMatching(/^Publication: /),
    ]);
  });
});

async function currentDetails(handle: Handle): Promise<string> {
  const metadata = await handle.query<{ currentDetails?: string }>('__temporal_workflow_metadata');
  return metadata.currentDetails ?? '';
}
