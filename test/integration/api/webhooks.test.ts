import type { WorkflowHandle } from '@temporalio/client';
import { Webhook as Verifier } from 'standardwebhooks';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../../src/adapters/database/database.js';
import { appendEvents } from '../../../src/adapters/feed/append-events.js';
import { createLogger } from '../../../src/adapters/logger.js';
import { createTemporalClient } from '../../../src/adapters/temporal/connect.js';
import type { EventKind } from '../../../src/domain/events.js';
import { webhookWorkflowId } from '../../../src/domain/webhook.js';
import { startWorkerProcess, type WorkerProcess } from '../../../src/workers/worker-process.js';
import { deleteOldDeliveries } from '../../../src/adapters/webhooks/take-events.js';
import { createOrganization, type TestOrganization } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { ONWARD_SETTINGS } from '../../support/onward-settings.js';
import { startTemporal } from '../../support/servers.js';
import { WebhookReceiver } from '../../support/webhook-receiver.js';
import { bundleWorkflows } from '../../support/workflow-build.js';
import { startTestApi, type TestApi } from './test-api.js';

const GIVE_UP_MS = 4_000;
const WEBHOOKS = {
  ...ONWARD_SETTINGS.webhooks,
  retriesMs: [200, 400],
  giveUpMs: GIVE_UP_MS,
  disableAfterMs: 8_000,
};

let temporal: Awaited<ReturnType<typeof startTemporal>>;
let access: ReturnType<typeof createTemporalClient>;
let api: TestApi;
let owner: Database;
let worker: WorkerProcess;
let organization: TestOrganization;
let other: TestOrganization;
const receivers: WebhookReceiver[] = [];

beforeAll(async () => {
  const [started, build] = await Promise.all([startTemporal(), bundleWorkflows()]);
  temporal = started;
  access = createTemporalClient(temporal);
  api = await startTestApi({
    temporal: access,
    secretKey: ONWARD_SETTINGS.secretKey,
    webhooks: { privateNetworks: true, timeoutMs: 2_000 },
  });
  owner = api.database.open('owner');
  organization = await createOrganization(owner, 'example.org');
  other = await createOrganization(owner, 'example.com');
  worker = await startWorkerProcess(
    {
      databaseUrl: api.database.url,
      databasePool: 5,
      worker: { port: 0, queues: ['mail', 'delivery'], concurrency: 20 },
      parser: { threads: 1, deadlineMs: 5_000, memoryMb: 256 },
      dns: { mode: 'off', servers: null },
      ...ONWARD_SETTINGS,
      webhooks: WEBHOOKS,
      authentication: { authservId: 'mx.example.org', trustedRelays: [], trustedSealers: [] },
      scanners: { clamd: null, rspamd: null, spamassassin: null },
      temporal: { address: temporal.address, namespace: temporal.namespace, searchBySender: false },
    },
    createLogger('worker', 'fatal'),
    build,
  );
});
afterEach(async () => {
  await owner.query('update webhooks set enabled = false, deleted_at = now()');
  await Promise.all(receivers.splice(0).map((receiver) => receiver.close()));
});
afterAll(async () => {
  await worker?.stop();
  await api?.close();
  await access?.connection.close();
  await temporal?.stop();
});

async function receive(): Promise<WebhookReceiver> {
  const receiver = await WebhookReceiver.start();
  receivers.push(receiver);
  return receiver;
}

async function ask<Data>(query: string, variables: Record<string, unknown> = {}, token = organization.token) {
  const { data, errors } = await api.graphql<Data>(token, query, variables);
  expect(errors).toBeUndefined();
  return data!;
}

async function create(receiver: WebhookReceiver, events = ['message.*'], token = organization.token) {
  const { createWebhook } = await ask<{ createWebhook: { secret: string; webhook: { id: string } } }>(
    `mutation ($url: String!, $events: [String!]!) {
       createWebhook(input: { url: $url, events: $events }) { secret webhook { id } } }`,
    { url: receiver.url, events },
    token,
  );
  return { id: createWebhook.webhook.id, secret: createWebhook.secret };
}

interface Seen {
  enabled: boolean;
  disabledBecause: string | null;
  failingSince: string | null;
  waiting: number;
  deadLetters: number;
  position: number;
  deliveries: { edges: { node: Delivery }[]; pageInfo: { endCursor: string; hasNextPage: boolean } };
}
interface Delivery {
  id: string;
  position: number;
  status: string;
  attempts: number;
  lastCode: number | null;
  lastAnswer: string | null;
}

async function see(id: string, status: string | null = null): Promise<Seen> {
  const { webhook } = await ask<{ webhook: Seen }>(
    `query ($id: ID!, $status: WebhookDeliveryStatus) { webhook(id: $id) {
       enabled disabledBecause failingSince waiting deadLetters position
       deliveries(status: $status, first: 100) { pageInfo { endCursor hasNextPage }
         edges { node { id position status attempts lastCode lastAnswer } } } } }`,
    { id, status },
  );
  return webhook;
}

/** Things that happen to messages, in the order in which they are given. */
async function happen(
  events: readonly { messageId: string | null; kind?: EventKind; payload?: Record<string, string | number> }[],
  to = organization,
): Promise<void> {
  await api.apiDatabase.withOrganization(to.id, (sql) =>
    appendEvents(
      sql,
      events.map(({ messageId, kind = 'message.status', payload = {} }) => ({
        organizationId: to.id,
        kind,
        messageId,
        payload,
      })),
    ),
  );
}

const verify = (secret: string, event: { body: string; headers: object }) =>
  new Verifier(secret).verify(event.body, event.headers as Record<string, string>);

const attempts = (seen: Seen) => seen.deliveries.edges.reduce((sum, { node }) => sum + node.attempts, 0);

/** Each number the first time that it came. */
const firsts = (numbers: readonly unknown[]) => [...new Set(numbers)];

test('posts what a webhook asked for, signed, and nothing else', async () => {
  const receiver = await receive();
  const { id, secret } = await create(receiver, ['message.status', 'run.*']);
  const messageId = uuidv7();
  await happen([
    { messageId, payload: { status: 'DELIVERED' } },
    { messageId, kind: 'message.disposition' },
    { messageId, kind: 'run.ended' },
    { messageId: null, kind: 'quarantine.digest' },
  ]);
  await happen([{ messageId: uuidv7() }], other);
  await eventually(() => expect(receiver.events).toHaveLength(2));
  await eventually(async () => expect((await see(id)).waiting).toBe(0));
  const [status, run] = receiver.events;
  expect(verify(secret, status!)).toMatchObject({
    type: 'message.status',
    data: { status: 'DELIVERED', messageId, position: expect.any(Number) as number },
  });
  expect(verify(secret, run!)).toMatchObject({ type: 'run.ended' });
  expect(() => verify(`whsec_${Buffer.alloc(32).toString('base64')}`, status!)).toThrow('No matching signature');
  expect(new Date(JSON.parse(status!.body).timestamp).getTime()).toBeLessThanOrEqual(Date.now());
  expect((await see(id)).deliveries.edges.map(({ node }) => [node.id, node.status, node.lastCode])).toEqual([
    [run!.id, 'DELIVERED', 204],
    [status!.id, 'DELIVERED', 204],
  ]);
});

test('keeps the order of each message, and lets one that is refused keep no other waiting', async () => {
  const receiver = await receive();
  const { id } = await create(receiver);
  const [slow, quick] = [uuidv7(), uuidv7()];
  let refusals = 3;
  receiver.answer = ({ data }, response) =>
    response.writeHead(data['number'] === 2 && data.messageId === slow && refusals-- > 0 ? 422 : 200).end();
  await happen(
    [1, 2, 3, 4].flatMap((number) => [slow, quick].map((messageId) => ({ messageId, payload: { number } }))),
  );
  await eventually(async () => expect((await see(id, 'DELIVERED')).deliveries.edges).toHaveLength(8));
  expect(receiver.of(slow).map(({ data }) => data['number'])).toEqual([1, 2, 2, 2, 2, 3, 4]);
  expect(receiver.of(quick).map(({ data }) => data['number'])).toEqual([1, 2, 3, 4]);
  const [first, ...again] = receiver.of(slow).filter(({ data }) => data['number'] === 2);
  expect(new Set(again.map((event) => event.id))).toEqual(new Set([first!.id]));
  const last = receiver.events.findIndex(({ data }) => data.messageId === slow && data['number'] === 3);
  expect(receiver.events.slice(0, last).filter(({ data }) => data.messageId === quick)).toHaveLength(4);
});

test('brings everything in order once a receiver that was down is back', async () => {
  const receiver = await receive();
  const { id } = await create(receiver);
  await receiver.close();
  const messages = Array.from({ length: 10 }, () => uuidv7());
  for (const number of [1, 2, 3]) await happen(messages.map((messageId) => ({ messageId, payload: { number } })));
  await eventually(async () => {
    const seen = await see(id);
    expect(seen.failingSince).not.toBeNull();
    expect(attempts(seen)).toBeGreaterThan(3);
  });
  // Few of those that wait were tried: the others know that nobody is there.
  expect(attempts(await see(id))).toBeLessThan(30);
  await receiver.open();
  await eventually(async () => expect((await see(id, 'DELIVERED')).deliveries.edges).toHaveLength(30));
  for (const message of messages) {
    expect(firsts(receiver.of(message).map(({ data }) => data['number']))).toEqual([1, 2, 3]);
  }
  expect((await see(id)).failingSince).toBeNull();
  const kinds = await owner.query<{ kind: string }>(
    `select kind from events where payload ->> 'webhookId' = $1 order by position`,
    [id],
  );
  expect(kinds.map(({ kind }) => kind)).toEqual(['webhook.failing', 'webhook.recovered']);
});

test('gives up after its time, shows dead letters, and brings them or everything again from a cursor', async () => {
  const receiver = await receive();
  const { id } = await create(receiver);
  const [dead, alive] = [uuidv7(), uuidv7()];
  receiver.answer = ({ data }, response) =>
    response.writeHead(data.messageId === dead ? 422 : 200).end(data.messageId === dead ? 'no\u0000 such\tfield' : '');
  await happen([
    { messageId: dead, payload: { number: 1 } },
    { messageId: alive, payload: { number: 1 } },
  ]);
  const [letter] = await eventually(async () => {
    const seen = await see(id, 'FAILED');
    expect(seen.deadLetters).toBe(1);
    return seen.deliveries.edges.map(({ node }) => node);
  });
  expect(letter).toMatchObject({ status: 'FAILED', lastCode: 422, lastAnswer: 'no such field' });
  expect(letter!.attempts).toBeGreaterThan(2);
  expect(letter!.id).toBe(receiver.of(dead)[0]!.id);
  // An event of the same message that comes later is not held back by a dead letter.
  receiver.answer = (_event, response) => response.writeHead(200).end();
  await happen([{ messageId: dead, payload: { number: 2 } }]);
  await eventually(() => expect(receiver.of(dead).at(-1)!.data['number']).toBe(2));
  receiver.events.length = 0;
  const replay = (from: object, include: string) =>
    ask<{ replayWebhook: { deliveries: number; events: number } }>(
      `mutation ($id: ID!, $input: ReplayWebhookInput!) { replayWebhook(id: $id, input: $input) { deliveries events } }`,
      { id, input: { from, include } },
    );
  expect(await replay({ position: letter!.position + 1 }, 'FAILED')).toEqual({
    replayWebhook: { deliveries: 0, events: 0 },
  });
  expect(await replay({ position: letter!.position }, 'FAILED')).toEqual({
    replayWebhook: { deliveries: 1, events: 0 },
  });
  await eventually(() => expect(receiver.events.map((event) => event.id)).toEqual([letter!.id]));
  await eventually(async () => expect((await see(id)).waiting).toBe(0));
  receiver.events.length = 0;
  const { replayWebhook } = await replay({ position: letter!.position }, 'ALL');
  expect(replayWebhook.events).toBeGreaterThanOrEqual(3);
  await eventually(() => expect(receiver.events).toHaveLength(3));
  expect(receiver.of(dead).map(({ data }) => data['number'])).toEqual([1, 2]);
  await eventually(async () => expect((await see(id)).waiting).toBe(0));
  receiver.events.length = 0;
  await ask(`mutation ($id: ID!, $at: Float!) { retryWebhookDelivery(webhookId: $id, position: $at) { id } }`, {
    id,
    at: letter!.position,
  });
  await eventually(() => expect(receiver.events.map((event) => event.id)).toEqual([letter!.id]));
});

test('an endpoint that is gone is not asked again, people are told, and what waits goes on when it is enabled', async () => {
  const receiver = await receive();
  const { id } = await create(receiver);
  receiver.answer = (_event, response) => response.writeHead(410).end();
  const messageId = uuidv7();
  await happen([{ messageId, payload: { number: 1 } }]);
  await eventually(async () => expect(await see(id)).toMatchObject({ enabled: false, disabledBecause: 'GONE' }));
  await happen([{ messageId, payload: { number: 2 } }]);
  const { notifications } = await ask<{
    notifications: { edges: { node: { kind: string; text: string; message: null } }[] };
  }>(`{ notifications(first: 5) { edges { node { kind text message { id } } } } }`);
  expect(notifications.edges[0]!.node).toMatchObject({ kind: 'webhookDisabled', message: null });
  expect(notifications.edges[0]!.node.text).not.toContain('of-the-owner');
  expect(receiver.events).toHaveLength(1);
  receiver.answer = (_event, response) => response.writeHead(200).end();
  await ask(`mutation ($id: ID!) { updateWebhook(id: $id, input: { enabled: true }) { enabled } }`, { id });
  await eventually(() => expect(receiver.events.map(({ data }) => data['number'])).toEqual([1, 1, 2]));
  const audited = await owner.query<{ action: string; actor: string; text: string }>(
    `select action, actor, coalesce(before::text, '') || coalesce(after::text, '') as text from audit_events
     where object_id = $1 order by id`,
    [id],
  );
  expect(audited.map(({ action, actor }) => [action, actor])).toEqual([
    ['webhook.create', 'token test'],
    ['webhook.disable', 'system'],
    ['webhook.update', 'token test'],
  ]);
  expect(audited.map(({ text }) => text).join()).not.toMatch(/whsec_|of-the-owner/);
});

test('an endpoint that fails for days is disabled', async () => {
  const receiver = await receive();
  const { id } = await create(receiver);
  receiver.answer = (_event, response) => response.writeHead(503, { 'retry-after': '1' }).end();
  const messageId = uuidv7();
  const beat = setInterval(() => void happen([{ messageId }]), 500);
  try {
    await eventually(
      async () => expect(await see(id)).toMatchObject({ enabled: false, disabledBecause: 'FAILING' }),
      40_000,
    );
  } finally {
    clearInterval(beat);
  }
});

test('signs with both secrets while one is rotated, and with the new one alone behind it', async () => {
  const receiver = await receive();
  const { id, secret } = await create(receiver);
  const rotate = (overlapHours: number) =>
    ask<{ rotateWebhookSecret: { secret: string } }>(
      `mutation ($id: ID!, $hours: Float) { rotateWebhookSecret(id: $id, overlapHours: $hours) { secret } }`,
      { id, hours: overlapHours },
    ).then(({ rotateWebhookSecret }) => rotateWebhookSecret.secret);
  const second = await rotate(1);
  await happen([{ messageId: uuidv7() }]);
  const both = await eventually(() => receiver.events[0] ?? Promise.reject(new Error('nothing came')));
  verify(secret, both);
  verify(second, both);
  const third = await rotate(0);
  const tested = await ask<{ testWebhook: { accepted: boolean; code: number; id: string } }>(
    `mutation ($id: ID!) { testWebhook(id: $id) { accepted code answer id } }`,
    { id },
  );
  expect(tested.testWebhook).toMatchObject({ accepted: true, code: 204 });
  const posted = receiver.events.find((event) => event.id === tested.testWebhook.id)!;
  expect(posted.type).toBe('webhook.test');
  verify(third, posted);
  expect(() => verify(second, posted)).toThrow('No matching signature');
  const [sealed] = await owner.query<{ sealed: Buffer }>('select sealed from webhook_secrets where webhook_id = $1', [
    id,
  ]);
  expect(sealed!.sealed.includes(Buffer.from(third.slice(6), 'base64'))).toBe(false);
});

test('a webhook is of its organization alone, and no secret and no address of it is in Temporal', async () => {
  const [mine, theirs] = [await receive(), await receive()];
  const { id, secret } = await create(mine, ['*']);
  await create(theirs, ['*'], other.token);
  const ours = uuidv7();
  await happen([{ messageId: ours }]);
  await happen([{ messageId: uuidv7() }], other);
  await eventually(() => expect([mine.events.length, theirs.events.length]).toEqual([1, 1]));
  expect(mine.events[0]!.data.messageId).toBe(ours);
  for (const query of [
    'query ($id: ID!) { webhook(id: $id) { id } }',
    'mutation ($id: ID!) { deleteWebhook(id: $id) { id } }',
    'mutation ($id: ID!) { testWebhook(id: $id) { code } }',
    'mutation ($id: ID!) { rotateWebhookSecret(id: $id) { secret } }',
    'mutation ($id: ID!) { replayWebhook(id: $id, input: { from: { position: 0 }, include: ALL }) { events } }',
    'mutation ($id: ID!) { retryWebhookDelivery(webhookId: $id, position: 1) { id } }',
  ]) {
    const { errors } = await api.graphql(other.token, query, { id });
    expect(errors?.[0]?.extensions.code, query).toBe('NOT_FOUND');
  }
  const handle: WorkflowHandle = access.client.workflow.getHandle(
    webhookWorkflowId({ organizationId: organization.id, webhookId: id }),
  );
  // What nothing waits for has ended: a webhook at rest costs Temporal nothing.
  await eventually(async () => expect((await handle.describe()).status.name).toBe('COMPLETED'));
  const history = JSON.stringify(await handle.fetchHistory(), (_key, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString() : value,
  );
  expect(history).toContain(id);
  expect(history).not.toContain('of-the-owner');
  expect(history).not.toContain(secret.slice(6));
});

test('says what is wrong with a webhook, field by field', async () => {
  const { errors } = await api.graphql(
    organization.token,
    `mutation { createWebhook(input: { url: "ftp://a:b@example.org", events: ["message.*", "nothing.*"] }) { secret } }`,
  );
  expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  expect(errors?.[0]?.extensions['problems']).toMatchObject([{ field: 'url' }, { field: 'events[1]' }]);
});

test('goes on with a webhook whose workflow Temporal has lost', async () => {
  const receiver = await receive();
  const { id } = await create(receiver);
  let open = false;
  receiver.answer = (_event, response) => response.writeHead(open ? 200 : 422).end();
  await happen([{ messageId: uuidv7() }]);
  await eventually(() => expect(receiver.events.length).toBeGreaterThan(0));
  const handle = access.client.workflow.getHandle(
    webhookWorkflowId({ organizationId: organization.id, webhookId: id }),
  );
  await handle.terminate('a power cut');
  open = true;
  // Nobody has told anybody: the duty finds out that its time has gone by.
  await owner.query(
    `update webhooks set claimed_until = null, woken_at = null, due_at = now() - interval '20 seconds' where id = $1`,
    [id],
  );
  await eventually(async () => expect((await see(id)).waiting).toBe(0));
  expect((await see(id, 'DELIVERED')).deliveries.edges).toHaveLength(1);
});

test('a webhook that is disabled keeps its build no longer than its workflow sleeps', async () => {
  const receiver = await receive();
  const [slept, sleeps] = [await create(receiver), await create(receiver)];
  await owner.query(
    `update webhooks set enabled = false, disabled_at = now() - interval '2 days', build_id = 'old',
       due_at = now() + case when id = $1 then interval '-2 hours' else interval '2 hours' end where id in ($1, $2)`,
    [slept.id, sleeps.id],
  );
  await deleteOldDeliveries((text, parameters) => owner.query(text, parameters));
  const builds = await owner.query('select build_id as build from webhooks where id in ($1, $2) order by id', [
    slept.id,
    sleeps.id,
  ]);
  expect(builds).toEqual([{ build: null }, { build: 'old' }]);
});

test('webhooks are tested ten times a minute and no more, whichever they are', async () => {
  const tester = await createOrganization(owner, 'tests-much.example');
  const receiver = await receive();
  const hooks = [await create(receiver, ['*'], tester.token), await create(receiver, ['*'], tester.token)];
  const run = (at: number) =>
    api.graphql<{ testWebhook: { accepted: boolean } }>(
      tester.token,
      'mutation ($id: ID!) { testWebhook(id: $id) { accepted } }',
      { id: hooks[at % 2]!.id },
    );
  for (let at = 0; at < 10; at++) expect((await run(at)).data?.testWebhook.accepted).toBe(true);
  const { errors } = await run(0);
  expect(errors?.[0]).toMatchObject({ message: expect.stringContaining('wait'), extensions: { code: 'CONFLICT' } });
  expect(receiver.events).toHaveLength(10);
});
