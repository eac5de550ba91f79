import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import proto from '@temporalio/proto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createDeliveryActivities } from '../../src/activities/outgoing/delivery.activities.js';
import type { OutgoingActivities } from '../../src/activities/outgoing/outgoing.activities.js';
import type { RecipientContent } from '../../src/activities/outgoing/recipient-content.js';
import type { Database } from '../../src/adapters/database/database.js';
import { DeliveryWriter } from '../../src/adapters/outgoing/delivery-writer.js';
import { readStanding } from '../../src/adapters/outgoing/outgoing-facts.js';
import { OutgoingStanding } from '../../src/adapters/outgoing/outgoing-standing.js';
import { cancelDestination, freeRecipients, holdRecipients } from '../../src/adapters/outgoing/outgoing-store.js';
import { claimRecipients, settleInterrupted } from '../../src/adapters/outgoing/recipient-claims.js';
import { RunJournal } from '../../src/adapters/runs/journal.js';
import { readReply } from '../../src/domain/onward.js';
import {
  DELIVERY_WORKFLOW,
  OUTGOING_WORKFLOW,
  deliveryWorkflowId,
  type DeliveryInput,
  type OutgoingMessageInput,
} from '../../src/domain/outgoing/outgoing-input.js';
import type { Look, OutgoingStageReport } from '../../src/domain/outgoing/outgoing-run.js';
import type { TransportResult } from '../../src/domain/outgoing/transport.js';
import type { delivery } from '../../src/workflows/delivery.js';
import { outgoingLookUpdate, outgoingStateQuery, type outgoingMessage } from '../../src/workflows/outgoing-message.js';
import { STATUS } from '../../src/workflows/search-attributes.js';
import {
  createOrganization,
  createTestDatabase,
  type TestDatabase,
  type TestOrganization,
} from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { handIn } from '../support/outgoing-mail.js';
import { startTimeSkipping } from '../support/time-skipping-server.js';
import { bundleWorkflows } from '../support/workflow-build.js';

const KEYWORD = proto.temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** As they are where nobody sets EVERPOST_OUTGOING_RETRIES and EVERPOST_OUTGOING_GIVE_UP. */
const SCHEDULE = {
  retriesMs: [5, 15, 30, 60, 120, 240, 480].map((minutes) => minutes * MINUTE_MS),
  giveUpMs: 5 * DAY_MS,
};

let started: TestWorkflowEnvironment | string;
let database: TestDatabase;
let app: Database;
let organization: TestOrganization;
const workers: { worker: Worker; run: Promise<void> }[] = [];

/** The server's clock, as activities see it. */
let clock = 0;
/** When servers were tried, and what they say. */
let tried: number[] = [];
let says: TransportResult;
/** What stages other than waiting report. */
let prepared: Look;
let reminded: number[] = [];

const now = () => new Date(clock);
const busy = (): TransportResult => answer('DEFERRED', '450 4.2.0 mailbox busy');

function answer(outcome: 'DELIVERED' | 'DEFERRED', reply: string): TransportResult {
  const remote = 'mx.list.example [192.0.2.1]:25';
  return {
    tried: true,
    outcome,
    reply: readReply(reply),
    remote,
    tls: null,
    remoteQueueId: null,
    route: 'direct',
    notBeforeMs: null,
  };
}

/** Each is called when the server's clock says so. */
function atServerTime<Arguments extends unknown[], Result>(work: (...given: Arguments) => Promise<Result>) {
  return async (...given: Arguments): Promise<Result> => {
    clock = await server().currentTimeMs();
    return work(...given);
  };
}

function deliveryActivities() {
  const content = {
    forRecipient: async () => ({
      result: 'rendered' as const,
      bytes: Buffer.from('Subject: hello\r\n\r\nhello\r\n'),
      mailFrom: 'ada@sender.example',
      eightBit: false,
    }),
  } as unknown as RecipientContent;
  const real = createDeliveryActivities({
    claims: {
      settleInterrupted: (scope, retriesDoubt) => settleInterrupted(app, scope, retriesDoubt),
      take: (scope, most, at) => claimRecipients(app, scope, most, at),
    },
    writer: new DeliveryWriter(app),
    standing: ({ organizationId, messageId, destination }) =>
      app.withOrganization(organizationId, (sql) => readStanding(sql, messageId, destination)),
    cancel: ({ organizationId, messageId, destination }, reason) =>
      app.withOrganization(organizationId, (sql) => cancelDestination(sql, messageId, destination, reason)),
    hold: () => Promise.resolve(),
    progress: () => Promise.resolve(),
    content: () => Promise.resolve(content),
    transport: {
      send: async ({ beforeEnd }) => {
        tried.push(clock);
        if (says.tried && says.outcome === 'DELIVERED') await beforeEnd();
        return says;
      },
    },
    uncertainPolicy: () => Promise.resolve('ASK'),
    bounceClass: () => 'expired',
    schedule: SCHEDULE,
    atOnce: 10,
    now,
    random: () => 0.5,
    workflowId: () => 'over-time',
    heartbeat: () => undefined,
    cancellation: () => new AbortController().signal,
  });
  return {
    attemptDelivery: atServerTime((input: DeliveryInput, lane: number) => real.attemptDelivery(input, lane)),
    cancelDelivery: atServerTime((input: DeliveryInput) => real.cancelDelivery(input)),
  };
}

/** Waiting and reminders as they are; the other stages say that they are done. */
function mailActivities(): OutgoingActivities {
  const standing = new OutgoingStanding(app, new RunJournal(app), now);
  return {
    runOutgoingStage: async ({ run, stage }): Promise<OutgoingStageReport> => {
      const look = stage === 'delivery' ? prepared : await standing.look(run, stage === 'optimization');
      const ended = stage === 'delivery' ? 'DELIVERED' : null;
      return { result: 'done', steps: [], verdict: 'allow', look, ended };
    },
    lookAtOutgoing: atServerTime((run, planned) => standing.look(run, planned)),
    remindOfOutgoing: atServerTime(async (run) => {
      reminded.push(clock);
      await standing.remind(run);
    }),
    cancelOutgoing: () => Promise.resolve(),
  };
}

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  started = await startTimeSkipping();
  if (typeof started === 'string') return;
  // This server can be given attributes, but cannot be asked which it has.
  await started.connection.operatorService.addSearchAttributes({
    namespace: 'default',
    searchAttributes: { [STATUS.name]: KEYWORD },
  });
  database = await createTestDatabase();
  app = database.open('everpost_app');
  const { code } = await bundleWorkflows();
  for (const options of [
    { taskQueue: 'mail', workflowBundle: { code }, activities: mailActivities() },
    { taskQueue: 'delivery', activities: deliveryActivities() },
  ]) {
    const worker = await Worker.create({ connection: started.nativeConnection, ...options });
    workers.push({ worker, run: worker.run() });
  }
}, 300_000);
afterAll(async () => {
  for (const { worker } of workers) worker.shutdown();
  await Promise.all(workers.map(({ run }) => run));
  await database?.drop();
  if (typeof started !== 'string') await started?.teardown();
});

let organizations = 0;
beforeEach(async (context) => {
  if (typeof started === 'string') return context.skip(started);
  tried = [];
  reminded = [];
  says = busy();
  clock = await started.currentTimeMs();
  organization = await createOrganization(database.open('owner', 1), `time${++organizations}.example`);
});

/** Its clock is one for all tests: one test at a time. */
function server(): TestWorkflowEnvironment {
  if (typeof started === 'string') throw new Error(started);
  return started;
}

async function send(to: string[]): Promise<string> {
  const { messageId } = await app.withOrganization(organization.id, (sql) => handIn(sql, organization, to));
  return messageId;
}

interface Recipient extends Record<string, unknown> {
  status: string;
  attempts: number;
  reply: string;
}

async function recipient(messageId: string): Promise<Recipient> {
  const [row] = await app.withOrganization(organization.id, (sql) =>
    sql<Recipient>('select status, attempts, reply from outgoing_recipients where message_id = $1', [messageId]),
  );
  return row!;
}

function deliver(messageId: string) {
  const input: DeliveryInput = { organizationId: organization.id, messageId, destination: 'list.example' };
  return server().client.workflow.start<typeof delivery>(DELIVERY_WORKFLOW, {
    workflowId: deliveryWorkflowId(input, 1),
    taskQueue: 'mail',
    args: [input],
  });
}

test('a server that is busy for five days is tried by the schedule, then it is given up', async () => {
  const messageId = await send(['bea@list.example']);
  const handle = await deliver(messageId);
  const round = await handle.result();
  expect(round).toEqual({ counts: { BOUNCED: 1 }, next: null });
  expect(await recipient(messageId)).toMatchObject({
    status: 'BOUNCED',
    attempts: tried.length,
    reply: 'given up: 450 4.2.0 mailbox busy',
  });
  const waits = tried.slice(1).map((at, index) => at - tried[index]!);
  // Each wait is as the schedule says, a little spread; the last one ends when the five days do.
  for (const [index, wait] of waits.slice(0, -1).entries()) {
    const planned = SCHEDULE.retriesMs[Math.min(index, SCHEDULE.retriesMs.length - 1)]!;
    expect(wait).toBeGreaterThanOrEqual(planned);
    expect(wait).toBeLessThan(planned * 1.3 + MINUTE_MS);
  }
  const inAll = tried.at(-1)! - tried[0]!;
  expect(inAll).toBeGreaterThanOrEqual(SCHEDULE.giveUpMs);
  expect(inAll).toBeLessThan(SCHEDULE.giveUpMs + HOUR_MS);
});

test('a server that takes it on the fourth day has it once', async () => {
  const messageId = await send(['bea@list.example']);
  const handle = await deliver(messageId);
  await eventually(() => expect(tried).toHaveLength(1));
  await server().sleep('4 days');
  expect((await handle.describe()).status.name).toBe('RUNNING');
  says = answer('DELIVERED', '250 2.0.0 ok');
  expect(await handle.result()).toMatchObject({ counts: { DELIVERED: 1 } });
  expect(await recipient(messageId)).toMatchObject({ status: 'DELIVERED', attempts: tried.length });
  expect(tried.at(-1)! - tried[0]!).toBeGreaterThan(4 * DAY_MS);
});

test('a message that is held waits for weeks, tells people again and again, and leaves when it is approved', async () => {
  const messageId = await send(['bea@list.example']);
  says = answer('DELIVERED', '250 2.0.0 ok');
  prepared = { state: 'over', inMs: null, destinations: [] };
  const heldAt = await server().currentTimeMs();
  await app.withOrganization(organization.id, async (sql) => {
    await holdRecipients(sql, messageId, 'a person must see it');
    await sql('update outgoing_messages set held_at = $2 where message_id = $1', [messageId, new Date(heldAt)]);
  });
  const [run] = await app.withOrganization(organization.id, (sql) =>
    sql<{ id: string }>('select id from runs where message_id = $1', [messageId]),
  );
  const input: OutgoingMessageInput = {
    organizationId: organization.id,
    messageId,
    runId: run!.id,
    runNumber: 1,
    bulk: false,
    composes: false,
  };
  const handle = await server().client.workflow.start<typeof outgoingMessage>(OUTGOING_WORKFLOW, {
    workflowId: `${messageId}-1`,
    taskQueue: 'mail',
    args: [input],
  });
  await eventually(async () => expect((await handle.query(outgoingStateQuery)).look?.state).toBe('held'));
  await server().sleep('42 days');
  expect((await handle.query(outgoingStateQuery)).look?.state).toBe('held');
  expect(tried).toEqual([]);
  // After one day, two and four, then every week: six weeks make nine at least.
  const days = reminded.map((at) => Math.round((at - heldAt) / DAY_MS));
  expect(days.slice(0, 4)).toEqual([1, 2, 4, 11]);
  expect(days.at(-1)).toBeGreaterThan(35);
  const told = await app.withOrganization(organization.id, (sql) =>
    sql<{ kind: string }>('select kind from notifications where message_id = $1 order by created_at', [messageId]),
  );
  expect(told.map(({ kind }) => kind)).toEqual([
    'approvalReminder',
    'approvalReminder',
    ...days.slice(2).map(() => 'approvalEscalated'),
  ]);
  await app.withOrganization(organization.id, (sql) => freeRecipients(sql, messageId, 'bob'));
  await handle.executeUpdate(outgoingLookUpdate);
  expect(await handle.result()).toBe('DELIVERED');
  expect(await recipient(messageId)).toMatchObject({ status: 'DELIVERED', attempts: 1 });
});
