import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLogger } from '../../../src/adapters/logger.js';
import { createTemporalClient } from '../../../src/adapters/temporal/connect.js';
import { startWorkerProcess, type WorkerProcess } from '../../../src/workers/worker-process.js';
import { createOrganization, type TestOrganization } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { ONWARD_SETTINGS } from '../../support/onward-settings.js';
import { handIn } from '../../support/outgoing-mail.js';
import { ScriptedSmtp } from '../../support/scripted-smtp.js';
import { startTemporal } from '../../support/servers.js';
import { startTestApi, type GraphQLAnswer, type TestApi } from './test-api.js';

let temporal: Awaited<ReturnType<typeof startTemporal>>;
let access: ReturnType<typeof createTemporalClient>;
let api: TestApi;
let remote: ScriptedSmtp;
let worker: WorkerProcess;
let ours: TestOrganization;
let theirs: TestOrganization;

beforeAll(async () => {
  temporal = await startTemporal();
  access = createTemporalClient(temporal);
  api = await startTestApi({ temporal: access });
  const owner = api.database.open('owner');
  ours = await createOrganization(owner, 'ours.example');
  theirs = await createOrganization(owner, 'theirs.example');
  let tries = 0;
  remote = await ScriptedSmtp.start({
    command(line) {
      if (/RCPT.*slow@/i.test(line)) return (tries += 1) === 1 ? '450 4.2.0 mailbox busy\r\n' : undefined;
      return /RCPT.*gone@/i.test(line) ? '550 5.1.1 no such user here\r\n' : undefined;
    },
    end: () => '250 2.0.0 Ok: queued as 4XyZ\r\n',
  });
  worker = await startWorkerProcess(
    {
      databaseUrl: api.database.url,
      databasePool: 5,
      worker: { port: 0, queues: ['mail', 'delivery'], concurrency: 20 },
      parser: { threads: 1, deadlineMs: 5_000, memoryMb: 256 },
      dns: { mode: 'off', servers: null },
      ...ONWARD_SETTINGS,
      transport: { ...ONWARD_SETTINGS.transport, smartHost: `smtp://127.0.0.1:${remote.port}` },
      authentication: { authservId: 'mx.example.org', trustedRelays: [], trustedSealers: [] },
      scanners: { clamd: null, rspamd: null, spamassassin: null },
      temporal: { address: temporal.address, namespace: temporal.namespace, searchBySender: false },
    },
    createLogger('worker', 'fatal'),
  );
});
afterAll(async () => {
  await worker?.stop();
  await remote?.stop();
  await api?.close();
  await access?.connection.close();
  await temporal?.stop();
});

async function send(to: string[], more: Parameters<typeof handIn>[3] = {}): Promise<string> {
  const accepted = await api.apiDatabase.withOrganization(ours.id, (sql) => handIn(sql, ours, to, more));
  return accepted.messageId;
}

interface Shown {
  status: string;
  outgoing: { submittedBy: string; stream: string; counts: { status: string; count: number }[] } | null;
  recipients: {
    address: string;
    status: string;
    remoteQueueId: string | null;
    bounceClass: string | null;
    attempts: { number: number; outcome: string; remote: string; reply: string }[];
    timeline: { kind: string; text: string }[];
  }[];
  runs: { stages: { name: string; status: string; steps: { name: string }[] }[] }[];
}

interface RecipientPage {
  edges: { node: { address: string } }[];
  pageInfo: { hasNextPage: boolean; endCursor: string };
}

const QUERY = `query ($id: ID!) { message(id: $id) { status outgoing { submittedBy stream counts { status count } }
  recipients { address status remoteQueueId bounceClass attempts { number startedAt outcome remote reply } timeline { at kind text } }
  runs { stages { name status steps { name } } } } }`;

async function show(id: string, token = ours.token): Promise<Shown | null> {
  const { data, errors } = await api.graphql<{ message: Shown | null }>(token, QUERY, { id });
  expect(errors).toBeUndefined();
  return data!.message;
}

const ended = (id: string, status: string) =>
  eventually(async () => expect((await show(id))?.status).toBe(status), 20_000);

const command = (mutation: string, id: string, token = ours.token) =>
  api.graphql<Record<string, { status: string }>>(token, `mutation ($id: ID!) { ${mutation} { status } }`, { id });

test('each recipient shows its attempts, its reply and all that happened on the way to it', async () => {
  const id = await send(['bea@one.example', 'gone@two.example', 'slow@three.example']);
  await ended(id, 'PARTIAL');
  const message = (await show(id))!;
  expect(message.outgoing).toMatchObject({ submittedBy: 'token tests', stream: 'TRANSACTIONAL' });
  const [bea, gone, slow] = message.recipients;
  expect(bea).toMatchObject({
    status: 'DELIVERED',
    remoteQueueId: '4XyZ',
    attempts: [{ number: 1, outcome: 'DELIVERED' }],
  });
  expect(gone).toMatchObject({ status: 'BOUNCED', bounceClass: 'userUnknown', attempts: [{ outcome: 'FAILED' }] });
  expect(slow!.attempts.map(({ number, outcome }) => [number, outcome])).toEqual([
    [1, 'DEFERRED'],
    [2, 'DELIVERED'],
  ]);
  const kinds = slow!.timeline.map(({ kind }) => kind);
  expect(kinds[0]).toBe('accepted');
  expect(kinds.slice(-2)).toEqual(['deferred', 'delivered']);
  expect(kinds).toContain('routed');
});

test('the run shows the stages of the outgoing flow, each with its four steps', async () => {
  const id = await send(['bea@one.example']);
  await ended(id, 'DELIVERED');
  const stages = (await show(id))!.runs[0]!.stages;
  expect(stages.map(({ name, steps }) => [name, steps.length])).toEqual([
    ['preparation', 4],
    ['optimization', 4],
    ['delivery', 4],
  ]);
});

test('nobody else sees a message, nor may change it', async () => {
  const id = await send(['bea@one.example'], { sendAt: new Date(Date.now() + 3_600_000) });
  await ended(id, 'SCHEDULED');
  expect(await show(id, theirs.token)).toBeNull();
  for (const mutation of ['hold(messageId: $id)', 'cancel(messageId: $id)', 'undoSend(messageId: $id)']) {
    const { errors } = await command(mutation, id, theirs.token);
    expect(errors?.[0]?.extensions.code, mutation).toBe('NOT_FOUND');
  }
  expect((await command('cancel(messageId: $id)', id)).errors).toBeUndefined();
  await ended(id, 'CANCELED');
});

test('a command that cannot be done says why', async () => {
  const id = await send(['bea@one.example'], { sendAt: new Date(Date.now() + 3_600_000) });
  await ended(id, 'SCHEDULED');
  const refusals = {
    'approve(messageId: $id)': /not held/,
    'undoSend(messageId: $id)': /without time to take it back/,
    'reschedule(messageId: $id, sendAt: "2001-01-01T00:00:00Z")': /must be in the future/,
    'confirmDelivery(messageId: $id)': /in doubt/,
    'reprocess(messageId: $id)': /outgoing mail/,
  };
  for (const [mutation, reason] of Object.entries(refusals)) {
    const { errors } = await command(mutation, id);
    expect(errors?.[0], mutation).toMatchObject({ extensions: { code: 'COMMAND_REFUSED' } });
    expect(errors?.[0]?.message).toMatch(reason);
  }
  expect((await command('retryNow(messageId: $id)', id)).errors).toBeUndefined();
  await ended(id, 'DELIVERED');
});

test('the recipients of a message to many come in pages, by where they are', async () => {
  const to = Array.from({ length: 45 }, (_, n) => `${n % 9 === 0 ? 'gone' : `reader${n}`}@list${n}.example`);
  const id = await send(to, { stream: 'BULK' });
  await ended(id, 'PARTIAL');
  const seen: string[] = [];
  let after: string | null = null;
  do {
    const answer: GraphQLAnswer<{ message: { recipientPage: RecipientPage } }> = await api.graphql(
      ours.token,
      `query ($id: ID!, $after: String) { message(id: $id) { recipientPage(first: 20, after: $after, status: DELIVERED) {
        edges { node { address } } pageInfo { hasNextPage endCursor } } } }`,
      { id, after },
    );
    const { edges, pageInfo } = answer.data!.message.recipientPage;
    seen.push(...edges.map(({ node }) => node.address));
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
  } while (after !== null);
  expect(seen).toEqual(to.filter((address) => !address.startsWith('gone')));
});
