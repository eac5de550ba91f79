import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from 'graphql-ws';
import { WebSocket } from 'ws';
import { createClient, type Database } from '../../../src/adapters/database/database.js';
import { appendEvents } from '../../../src/adapters/feed/append-events.js';
import { acceptMessages } from '../../../src/adapters/messages/accept-messages.js';
import { createOrganization, type TestOrganization } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { acceptedMail, plainMail } from '../../support/messages.js';
import { keyOf, SimulatedWorker } from './simulated-worker.js';
import { startTestApi, type TestApi } from './test-api.js';

let api: TestApi;
let owner: Database;
let app: Database;
let organizations = 0;

beforeAll(async () => {
  api = await startTestApi({ tokenCacheMs: 200 });
  owner = api.database.open('owner');
  app = api.database.open('everpost_app');
});
afterAll(() => api.close());

const WRITERS = 8;
const EVENTS_EACH = 500;
const cursorOf = (position: number) => Buffer.from(`f1:${position}`).toString('base64url');

const newOrganization = () => createOrganization(owner, `feed${organizations++}.example`);

interface Received {
  cursor: string;
  kind: string;
  at: string;
  messageId: string | null;
  payload: { label?: string; step?: string };
}

const FIELDS = '{ cursor kind at messageId payload }';
const ofOrganization = (after?: string) =>
  after === undefined
    ? `subscription { event: organizationEvents ${FIELDS} }`
    : `subscription { event: organizationEvents(after: "${after}") ${FIELDS} }`;

interface Followed {
  events: Received[];
  failure: Promise<unknown>;
  stop: () => void;
}

function follow(client: Client, query: string): Followed {
  const events: Received[] = [];
  const failed = Promise.withResolvers<unknown>();
  const stop = client.subscribe<{ event: Received }>(
    { query },
    {
      next: ({ data, errors }) => {
        if (errors) failed.resolve(errors);
        if (data) events.push(data.event);
      },
      error: failed.resolve,
      complete: () => failed.resolve(null),
    },
  );
  return { events, failure: failed.promise, stop };
}

const append = (organization: TestOrganization, ...labels: string[]) =>
  app.withOrganization(organization.id, (sql) =>
    appendEvents(
      sql,
      labels.map((label) => ({
        organizationId: organization.id,
        kind: 'message.status',
        messageId: null,
        payload: { label },
      })),
    ),
  );
const labelsOf = (events: Received[]) => events.map((event) => event.payload.label);

/** Until the sequencer has given that many events their place. */
const placed = (organization: TestOrganization, count: number) =>
  eventually(async () => {
    expect(await owner.query('select 1 from events where organization_id = $1', [organization.id])).toHaveLength(count);
  });

/** Until the subscription stands, for one that starts at now: what is appended after it is seen. */
async function standing(organization: TestOrganization, { events }: Followed): Promise<void> {
  await eventually(async () => {
    await append(organization, 'probe');
    await pause(50);
    expect(events.length).toBeGreaterThan(0);
  });
  await pause(300);
}

test("a message's steps arrive while they happen, from its first event on, and none of another message", async () => {
  const organization = await newOrganization();
  const messages = [acceptedMail(organization, plainMail()), acceptedMail(organization, plainMail())];
  await app.withOrganization(organization.id, (sql) => acceptMessages(sql, messages));
  const [message, other] = messages.map(keyOf);
  const query = `subscription { event: messageEvents(messageId: "${message!.messageId}") ${FIELDS} }`;
  const { events } = follow(api.subscriber(organization.token), query);
  const worker = new SimulatedWorker(app);
  await eventually(() => expect(events.map((event) => event.kind)).toEqual(['message.received']));
  await worker.begin(message!);
  await worker.begin(other!);
  await worker.step(message!, { name: 'parsing', status: 'RUNNING' });
  await eventually(() => expect(events.at(-1)).toMatchObject({ kind: 'step.started', payload: { step: 'parsing' } }));
  await worker.step(message!, { name: 'parsing', confidence: 1 });
  await worker.end(message!, 'DELIVERED');
  await eventually(() => expect(events.at(-1)!.kind).toBe('run.ended'));
  expect(new Set(events.map((event) => event.messageId))).toEqual(new Set([message!.messageId]));
  expect(new Set(events.map((event) => event.cursor)).size).toBe(events.length);
});

test('misses nothing and sees nothing twice over reconnects, while others write and one transaction stays open', async () => {
  const organization = await newOrganization();
  const slow = createClient({ url: api.database.url, role: 'everpost_app', applicationName: 'test-slow' });
  await slow.connect();
  await slow.query(`begin; set local everpost.organization_id = '${organization.id}'`);
  await slow.query(
    `insert into event_queue (organization_id, kind, payload) values ($1, 'message.status', '{"label": "held open"}')`,
    [organization.id],
  );
  await append(organization, 'first');
  const expected = Array.from({ length: WRITERS }, (_, writer) =>
    Array.from({ length: EVENTS_EACH }, (_event, index) => `${writer}-${index}`),
  );
  const writing = Promise.all(
    expected.map(async (labels) => {
      for (let start = 0; start < labels.length; start += 4)
        await append(organization, ...labels.slice(start, start + 4));
    }),
  );
  const seen: Received[] = [];
  const total = WRITERS * EVENTS_EACH + 2;
  let reconnects = 0;
  let committed = false;
  while (seen.length < total) {
    const opened = Promise.withResolvers<WebSocket>();
    const { events } = follow(
      api.subscriber(organization.token, opened.resolve),
      ofOrganization(seen.at(-1)?.cursor ?? cursorOf(0)),
    );
    const socket = await opened.promise;
    // Cut off at any point: what had arrived counts, and the next one goes on behind the last of it.
    await pause((reconnects * 37) % 90);
    socket.terminate();
    seen.push(...events);
    expect(reconnects++).toBeLessThan(500);
    if (seen.length >= total / 2 && !committed) await slow.query('commit').then(() => (committed = true));
  }
  await writing;
  await slow.end();
  const labels = labelsOf(seen);
  expect(labels).toHaveLength(total);
  expect(new Set(labels)).toEqual(new Set(['first', 'held open', ...expected.flat()]));
  for (const own of expected) {
    const ofWriter = new Set<string | undefined>(own);
    expect(labels.filter((label) => ofWriter.has(label))).toEqual(own);
  }
  expect(labels.indexOf('held open'), 'the others did not wait for it').toBeGreaterThanOrEqual(total / 2);
  expect(reconnects).toBeGreaterThan(5);
});

test('a subscriber that was cut from Postgres goes on by itself', async () => {
  const organization = await newOrganization();
  const followed = follow(api.subscriber(organization.token), ofOrganization());
  await standing(organization, followed);
  const before = followed.events.length;
  await owner.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and application_name in ('test-api-feed', 'test-sequencer')`,
  );
  await append(organization, 'after the cut');
  await eventually(() => expect(labelsOf(followed.events.slice(before))).toEqual(['after the cut']));
});

test("without a cursor it begins at now, and no organization sees another's events", async () => {
  const [ours, theirs] = [await newOrganization(), await newOrganization()];
  await append(ours, 'before');
  await placed(ours, 1);
  const followed = follow(api.subscriber(ours.token), ofOrganization());
  await standing(ours, followed);
  const before = followed.events.length;
  await append(theirs, 'foreign');
  await append(ours, 'own');
  await eventually(() => expect(labelsOf(followed.events.slice(before))).toEqual(['own']));
  expect(labelsOf(followed.events)).not.toContain('before');
});

test('a client that stops reading for a while gets everything, and the others do not wait for it', async () => {
  const organization = await newOrganization();
  const large = 'x'.repeat(1_000);
  let socket: WebSocket | undefined;
  const client = api.subscriber(organization.token, (opened) => (socket = opened));
  const slow = follow(client, ofOrganization(cursorOf(0)));
  const quick = follow(api.subscriber(organization.token), ofOrganization(cursorOf(0)));
  await append(organization, 'begin');
  await eventually(() => expect(labelsOf(slow.events)).toEqual(['begin']));
  socket!.pause();
  // More than the kernel's buffers and the shared window hold.
  const labels = Array.from({ length: 12_000 }, (_, index) => `${index} ${large}`);
  for (let start = 0; start < labels.length; start += 500)
    await append(organization, ...labels.slice(start, start + 500));
  await eventually(() => expect(quick.events).toHaveLength(labels.length + 1));
  expect(slow.events.length).toBeLessThan(labels.length);
  socket!.resume();
  await eventually(() => expect(slow.events).toHaveLength(labels.length + 1));
  expect(labelsOf(slow.events)).toEqual(['begin', ...labels]);
});

const codeOf = (failure: unknown) => (failure as { extensions: { code: string } }[])[0]?.extensions.code;

test('answers CURSOR_EXPIRED to a cursor that is older than what is kept, or beyond the end', async () => {
  const organization = await newOrganization();
  await append(organization, 'old', 'older');
  await placed(organization, 2);
  await ageEvents(organization.id);
  await owner.query('select drop_expired_events(30)');
  await append(organization, 'kept');
  const client = api.subscriber(organization.token);
  expect(codeOf(await follow(client, ofOrganization(cursorOf(1))).failure)).toBe('CURSOR_EXPIRED');
  expect(codeOf(await follow(client, ofOrganization(cursorOf(99))).failure)).toBe('CURSOR_EXPIRED');
  // The last one before what is kept misses nothing.
  const { events } = follow(client, ofOrganization(cursorOf(2)));
  await eventually(() => expect(labelsOf(events)).toEqual(['kept']));
});

/** As if they had been sequenced 40 days ago, in that day's partition. */
async function ageEvents(organizationId: string): Promise<void> {
  const day = new Date(Date.now() - 40 * 86_400_000).toISOString().slice(0, 10);
  const next = new Date(Date.now() - 39 * 86_400_000).toISOString().slice(0, 10);
  await owner.query(
    `create table events_${day.replaceAll('-', '')} partition of events for values from ('${day} 00:00+00') to ('${next} 00:00+00')`,
  );
  await owner.query(`update events set sequenced_at = '${day} 12:00+00' where organization_id = $1`, [organizationId]);
}

test('names what is wrong with a malformed cursor and an unknown message', async () => {
  const organization = await newOrganization();
  const client = api.subscriber(organization.token);
  expect(codeOf(await follow(client, ofOrganization('nonsense')).failure)).toBe('BAD_USER_INPUT');
  const unknown = `subscription { event: messageEvents(messageId: "${organization.id}") ${FIELDS} }`;
  expect(codeOf(await follow(client, unknown).failure)).toBe('NOT_FOUND');
});

test('closes a socket without a valid token with 4403 and takes the token from the upgrade header as well', async () => {
  const organization = await newOrganization();
  expect(await follow(api.subscriber('evp_wrong'), ofOrganization()).failure).toMatchObject({ code: 4403 });
  const socket = new WebSocket(`${api.api.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
    headers: { authorization: `Bearer ${organization.token}` },
  });
  const acknowledged = new Promise((resolve) => socket.on('message', (data: Buffer) => resolve(data.toString())));
  socket.on('open', () => socket.send('{"type":"connection_init"}'));
  expect(await acknowledged).toBe('{"type":"connection_ack"}');
  socket.close();
});

test('ends the subscription of a token that is revoked', async () => {
  const organization = await newOrganization();
  const followed = follow(api.subscriber(organization.token), ofOrganization());
  await standing(organization, followed);
  await owner.query('update api_tokens set revoked_at = now() where organization_id = $1', [organization.id]);
  expect(codeOf(await followed.failure)).toBe('UNAUTHENTICATED');
});
