import type { ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { changeAi } from '../../../src/adapters/ai/ai-settings.js';
import { readDimensions } from '../../../src/adapters/embedding/message-embeddings.js';
import type { Database } from '../../../src/adapters/database/database.js';
import type { AnsweredBy } from '../../../src/domain/ai.js';
import type { OperatorAi } from '../../../src/domain/ai-settings.js';
import type { WorkerProcess } from '../../../src/workers/worker-process.js';
import { operatorAi } from '../../support/ai-settings.js';
import { createOrganization, type TestOrganization } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { plainMail } from '../../support/messages.js';
import { startModelServer, type ModelCall, type ModelReply, type ModelServer } from '../../support/model-server.js';
import { startLearningServers, type LearningServers } from '../learning/learning-servers.js';

const SPACE = 'openai test-model';
const DIMENSIONS = 32;
/** What a model knows and words do not: which of them mean the same. */
const MATTERS = [/automobile|vehicle|motorway|garage/gi, /orchestra|symphony|violin/gi, /bread|flour|oven/gi];

let servers: LearningServers;
let app: Database;
let worker: WorkerProcess | null = null;
let models: ModelServer[] = [];
let organizations = 0;

beforeAll(async () => {
  servers = await startLearningServers();
  app = servers.api.database.open('everpost_app');
}, 120_000);
afterEach(async () => {
  await worker?.stop();
  worker = null;
  await Promise.all(models.map((model) => model.close()));
  models = [];
});
afterAll(() => servers?.stop());

function meant({ user }: ModelCall): ModelReply {
  const vector = Array.from<number, number>({ length: DIMENSIONS }, (_, at) => (at === DIMENSIONS - 1 ? 0.05 : 0));
  for (const [at, matter] of MATTERS.entries()) vector[at] = user.match(matter)?.length ?? 0;
  return { vector };
}

async function startModel(answer: (call: ModelCall) => ModelReply): Promise<ModelServer> {
  const started = await startModelServer(answer);
  models.push(started);
  return started;
}

async function work(ai: OperatorAi): Promise<void> {
  worker = await servers.flow.startWorker({ ai });
}

const newOrganization = () =>
  createOrganization(servers.api.database.open('owner'), `vectors${++organizations}.example`);

const receive = (organization: TestOrganization, subject: string, text: string) =>
  servers.flow.receiveAndEnd(organization, plainMail({ subject, text: `${text}\r\n` }), 60_000);

async function similar(organization: TestOrganization, id: string) {
  const { similarMessages } = await servers.ask<{
    similarMessages: { likeness: number; space: string; message: { id: string } }[];
  }>(organization.token, `{ similarMessages(messageId: "${id}", first: 10) { likeness space message { id } } }`);
  return similarMessages.map(({ likeness, space, message }) => ({ id: message.id, likeness, space }));
}

interface SeenAttempt extends Record<string, unknown> {
  status: string;
  confidence: number;
  error: { code: string; message: string } | null;
  outcome: { counters: Record<string, number>; vectorSpace: string; answeredBy: AnsweredBy };
}

const attempts = (organization: TestOrganization, id: string) =>
  app.withOrganization(organization.id, (sql) =>
    sql<SeenAttempt>(
      `select status, confidence, error, outcome from steps where message_id = $1 and name = 'dashboardUpdate'
       order by attempt`,
      [id],
    ),
  );

const spaces = async (organization: TestOrganization, id: string) =>
  (
    await app.withOrganization(organization.id, (sql) =>
      sql<{ space: string }>('select space from message_embeddings where message_id = $1 order by by_provider', [id]),
    )
  ).map(({ space }) => space);

const counted = async (organization: TestOrganization) =>
  (
    await app.withOrganization(organization.id, (sql) =>
      sql<{ value: number }>(`select value from counters where name = 'incoming.messages'`),
    )
  ).map(({ value }) => value);

const CAR = ['Car', 'My automobile broke down on the motorway.'] as const;
const VEHICLE = ['Workshop', 'The vehicle needs to be repaired by a garage.'] as const;
const MUSIC = ['Car music', 'My orchestra broke down the symphony on the violin.'] as const;

test('mail is compared by the vectors of the provider, who sees redacted text and is asked once for the same', async () => {
  const server = await startModel(meant);
  const organization = await newOrganization();
  await work(operatorAi(server.openai, ['embedding'], { disclosure: 'redacted' }));
  const car = await receive(organization, CAR[0], `${CAR[1]} Pay with 4111 1111 1111 1111.`);
  const vehicle = await receive(organization, ...VEHICLE);
  const music = await receive(organization, ...MUSIC);
  const found = await similar(organization, car);
  // By words the music would be the likest.
  expect(found.map(({ id, space }) => [id, space])).toEqual([
    [vehicle, SPACE],
    [music, SPACE],
  ]);
  expect(found[0]!.likeness).toBeGreaterThan(0.9);
  expect(found[1]!.likeness).toBeLessThan(0.1);
  expect(server.calls).toHaveLength(3);
  expect(server.calls[0]).toMatchObject({ api: 'embeddings', model: 'test-model' });
  expect(server.calls[0]!.headers.authorization).toBe('Bearer sk-test-key');
  expect(server.calls[0]!.user).toMatch(/automobile/);
  expect(server.calls[0]!.user).not.toMatch(/4111/);
  expect(await attempts(organization, car)).toMatchObject([
    {
      status: 'DONE',
      error: null,
      outcome: {
        vectorSpace: SPACE,
        answeredBy: { provider: 'openai', model: 'test-model', disclosure: 'redacted', insteadOf: [] },
      },
    },
  ]);
  const [{ outcome }] = (await attempts(organization, vehicle)) as [SeenAttempt];
  expect(outcome.answeredBy.tokens).toEqual({ input: expect.any(Number) as number, output: 0 });
  expect(outcome.answeredBy.cost).toBeGreaterThan(0);
  expect(await spaces(organization, car)).toEqual(['words-2', SPACE]);

  const again = await receive(organization, ...VEHICLE);
  expect(server.calls).toHaveLength(3);
  expect(await spaces(organization, again)).toEqual(['words-2', SPACE]);

  const [run] = await servers.flow.runs(organization, car);
  const history = await servers.flow.client.workflow.getHandle(run!.workflowId).fetchHistory();
  const [{ bytes }] = (await app.withOrganization(organization.id, (sql) =>
    sql<{ bytes: string }>(`select answer->>'bytes' as bytes from ai_answers where message_id = $1`, [car]),
  )) as [{ bytes: string }];
  const payloads = (history.events ?? []).map((event) => JSON.stringify(event, asText)).join('\n');
  expect(payloads).toContain('askAi');
  expect(payloads).not.toContain(bytes);
});

/** Payloads of a history as they read. */
function asText(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString() : value;
}

test('an organization that wants none is not asked for, and waits for nobody', async () => {
  const server = await startModel(meant);
  const organization = await newOrganization();
  await app.withOrganization(organization.id, (sql) =>
    changeAi(sql, organization.id, { capability: 'embedding', enabled: false }, null),
  );
  await work(operatorAi(server.openai, ['embedding']));
  const car = await receive(organization, ...CAR);
  const music = await receive(organization, ...MUSIC);
  expect(server.calls).toEqual([]);
  expect(await similar(organization, car)).toMatchObject([{ id: music, space: 'words-2' }]);
  expect(await attempts(organization, car)).toMatchObject([
    { status: 'DONE', outcome: { vectorSpace: 'words-2', answeredBy: { provider: 'embedded', insteadOf: [] } } },
  ]);
  const [run] = await servers.flow.runs(organization, car);
  const history = await servers.flow.client.workflow.getHandle(run!.workflowId).fetchHistory();
  expect((history.events ?? []).map((event) => JSON.stringify(event, asText)).join()).not.toContain('askAi');
});

test('while the endpoint is down the vector of this process stands, and the other one follows', async () => {
  const health = { isWell: true };
  const server = await startModel((call) =>
    health.isWell ? meant(call) : { serve: (_request, response) => void response.writeHead(503).end() },
  );
  const organization = await newOrganization();
  await work(operatorAi(server.openai, ['embedding']));
  const vehicle = await receive(organization, ...VEHICLE);
  const music = await receive(organization, ...MUSIC);
  health.isWell = false;
  const car = await receive(organization, ...CAR);
  expect(await servers.flow.message(organization, car)).toMatchObject({ status: 'DELIVERED' });
  expect((await attempts(organization, car))[0]).toMatchObject({
    status: 'DEGRADED',
    error: { code: 'ai.unreachable' },
    outcome: {
      vectorSpace: 'words-2',
      answeredBy: { provider: 'embedded', insteadOf: [{ provider: 'openai', failure: 'unreachable' }] },
    },
  });
  expect((await similar(organization, car)).map(({ id, space }) => [id, space])).toEqual([
    [music, 'words-2'],
    [vehicle, 'words-2'],
  ]);
  health.isWell = true;
  await eventually(async () => expect(await spaces(organization, car)).toEqual(['words-2', SPACE]), 60_000);
  const tried = await attempts(organization, car);
  expect(tried.map(({ status }) => status)).toEqual(['DEGRADED', 'DONE']);
  expect(tried[1]!.outcome).toMatchObject({ vectorSpace: SPACE, counters: tried[0]!.outcome.counters });
  expect((await similar(organization, car))[0]).toMatchObject({ id: vehicle, space: SPACE });
  expect(await counted(organization)).toEqual([3]);

  await app.withOrganization(organization.id, (sql) =>
    changeAi(sql, organization.id, { capability: 'embedding', enabled: false }, null),
  );
  await servers.flow.command(organization, car, 'reprocess');
  await eventually(async () => expect(await spaces(organization, car)).toEqual(['words-2']), 60_000);
}, 180_000);

const json = (body: string) => (_request: unknown, response: ServerResponse) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(body);
};
const sent = (...embeddings: string[]) =>
  json(`{"data":[${embeddings.map((embedding) => `{"embedding":${embedding}}`).join(',')}]}`);
const many = (value: string, times = DIMENSIONS) => `[${Array.from({ length: times }, () => value).join(',')}]`;

const WRONG: Record<string, (request: unknown, response: ServerResponse) => void> = {
  'a vector of another length than before': sent(many('0.5', 64)),
  'a vector that is too short to be one': sent('[0.1,0.2,0.3]'),
  'no vector': sent(),
  'two vectors for one text': sent(many('0.5'), many('0.5')),
  NaN: sent(many('NaN')),
  'numbers beyond all numbers': sent(many('1e999')),
  'nothing in place of numbers': sent(many('null')),
  'a vector that points nowhere': sent(many('0')),
  'more numbers than are kept': sent(many('0.5', 8_193)),
  'a page with 200': (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end('<html><body>Welcome to the proxy</body></html>');
  },
};

test('an answer that is no vector as before is not taken: the one of this process stands', async () => {
  let wrong: (typeof WRONG)[string] | null = null;
  const server = await startModel((call) => (wrong === null ? meant(call) : { serve: wrong }));
  const organization = await newOrganization();
  const later = { repairs: { retriesMs: [600_000], giveUpMs: 6_000_000 } };
  await work(operatorAi(server.openai, ['embedding'], {}, later));
  const first = await receive(organization, ...VEHICLE);
  for (const [what, answer] of Object.entries(WRONG)) {
    wrong = answer;
    const id = await receive(organization, 'Car', `My automobile broke down on the motorway, and ${what} came.`);
    const [step] = await attempts(organization, id);
    expect(step, what).toMatchObject({
      status: 'DEGRADED',
      error: { code: 'ai.nonsense' },
      outcome: { vectorSpace: 'words-2', answeredBy: { insteadOf: [{ failure: 'nonsense' }] } },
    });
    expect(await spaces(organization, id), what).toEqual(['words-2']);
    expect(
      (await similar(organization, id)).map((one) => one.space),
      what,
    ).toContain('words-2');
  }
  wrong = sent(many('1e308'));
  const large = await receive(organization, 'Car', 'Its numbers are as large as numbers can be.');
  expect(await spaces(organization, large)).toEqual(['words-2', SPACE]);
  expect((await similar(organization, large)).map(({ id }) => id)).toEqual([first]);
  expect(await app.withOrganization(organization.id, (sql) => readDimensions(sql, SPACE))).toBe(DIMENSIONS);

  // As two workers may write them whose first answers came at the same time.
  await app.withOrganization(organization.id, (sql) =>
    sql(`update message_embeddings set vector = vector || vector where message_id = $1 and by_provider`, [large]),
  );
  expect(await similar(organization, first)).toEqual([]);
}, 240_000);
