import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { AnsweredBy } from '../../../src/domain/ai.js';
import { freePort } from '../../../src/stack/ports.js';
import type { WorkerProcess } from '../../../src/workers/worker-process.js';
import { operatorAi } from '../../support/ai-settings.js';
import { createOrganization, type TestOrganization } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { startFlowServers, type FlowServers } from '../../support/flow-servers.js';
import type { IncomingFlow } from '../../support/incoming-flow.js';
import { plainMail } from '../../support/messages.js';
import { startModelServer, type ModelCall, type ModelReply, type ModelServer } from '../../support/model-server.js';

let servers: FlowServers;
let flow: IncomingFlow;
let organization: TestOrganization;
let worker: WorkerProcess | null = null;
let models: ModelServer[] = [];
let mails = 0;

beforeAll(async () => {
  servers = await startFlowServers();
  ({ flow } = servers);
}, 120_000);
afterEach(async () => {
  await worker?.stop();
  worker = null;
  await Promise.all(models.map((model) => model.close()));
  models = [];
});
afterAll(() => servers?.stop());

const SUMMARY = 'The harbour office asks for the figures of the crane by Tuesday.';
const TEXT = [
  'Dear team,',
  'the harbour office asks for the figures of the crane by Tuesday, since the surveyor visits on Wednesday morning.',
  'We had sent the drawings already in October, and the report of the gearbox a week later, but the figures are missing.',
  'Could you send us the figures of the crane, and tell us who answers questions of the surveyor on the day of the visit?',
  'The visit begins at nine, in the small hall beside the dry dock, and takes about two hours.',
  'Kind regards, Ada',
].join('\r\n');

/** Each mail another text, or the answer to one would serve the others. */
const mail = (text = TEXT) => plainMail({ subject: `The crane ${++mails}`, text });

function wellAnswer({ schema }: ModelCall): ModelReply {
  const isSummary = schema?.properties['summary'] !== undefined;
  const answer = isSummary
    ? { summary: SUMMARY }
    : {
        type: 'request',
        typeConfidence: 0.9,
        priority: 'normal',
        priorityReason: 'The figures are asked for by Tuesday.',
        sentiment: 0,
        questions: [],
        actionItems: ['Send the figures of the crane.'],
      };
  return { text: JSON.stringify(answer), usage: { input: 1_000, output: 100 } };
}

/** A model that is ill until told otherwise. */
async function startIll(ill: (call: ModelCall) => ModelReply) {
  const health = { isWell: false };
  const model = await startModelServer((call) => (health.isWell ? wellAnswer(call) : ill(call)));
  models.push(model);
  return { model, health };
}

async function work(...settings: Parameters<typeof operatorAi>): Promise<void> {
  worker = await flow.startWorker({ ai: operatorAi(...settings) });
}

async function stepOf(id: string, name: string, attempt: number) {
  const steps = await servers.read(organization, (sql) =>
    sql<{ status: string; attempt: number; outcome: Outcome; error: { code: string; message: string } | null }>(
      `select status, attempt, outcome, error from steps where message_id = $1 and name = $2 and attempt = $3`,
      [id, name, attempt],
    ),
  );
  if (steps[0] === undefined) throw new Error(`there is no attempt ${attempt} of ${name}`);
  return steps[0];
}

type Outcome = { answeredBy: AnsweredBy; summary?: string; embedded?: unknown };

const owedOf = (id: string) =>
  servers.read(organization, (sql) =>
    sql<{ capability: string; failure: string; tries: number; dueAt: string }>(
      'select capability, failure, tries, due_at as "dueAt" from ai_owed where message_id = $1 order by capability',
      [id],
    ),
  );

/** What a run did that must not be done again. */
const deedsOf = (id: string) =>
  servers.read(organization, (sql) =>
    sql<{ effects: number; notifications: number; ended: number }>(
      `select (select count(*) from side_effects where message_id = $1) as effects,
         (select count(*) from notifications where message_id = $1) as notifications,
         (select count(*) from events where message_id = $1 and kind = 'run.ended') as ended`,
      [id],
    ),
  );

async function repaired(id: string): Promise<void> {
  await eventually(async () => {
    const owed = await owedOf(id);
    if (owed.length > 0) throw new Error(`still owed: ${JSON.stringify(owed)}`);
  }, 60_000);
  for (const name of ['contentAnalysis', 'summary']) {
    const rows = await servers.read(organization, (sql) =>
      sql<{ status: string; outcome: Outcome; attempt: number }>(
        'select status, outcome, attempt from steps where message_id = $1 and name = $2 order by attempt',
        [id, name],
      ),
    );
    expect(rows.map(({ status, attempt }) => ({ status, attempt }))).toEqual([
      { status: 'DEGRADED', attempt: 1 },
      { status: 'DONE', attempt: 2 },
    ]);
    expect(rows[1]!.outcome.answeredBy).toMatchObject({ provider: 'openai', model: 'test-model', insteadOf: [] });
  }
  expect((await stepOf(id, 'summary', 2)).outcome.summary).toBe(SUMMARY);
}

async function processedWithout(id: string, failure: string): Promise<void> {
  expect(await flow.message(organization, id)).toMatchObject({ status: 'DELIVERED' });
  for (const name of ['contentAnalysis', 'summary']) {
    const step = await stepOf(id, name, 1);
    expect(step, JSON.stringify(step.error)).toMatchObject({ status: 'DEGRADED', error: { code: `ai.${failure}` } });
    expect(step.outcome.answeredBy).toMatchObject({
      provider: 'embedded',
      insteadOf: [{ provider: 'openai', failure, reason: expect.any(String) as string }],
    });
  }
}

test('a model that answers is read, and what it said stands beside what the embedded engines found', async () => {
  organization = await createOrganization(servers.owner, 'well.example');
  const model = await startModelServer(wellAnswer);
  models.push(model);
  await work(model.openai);
  const id = await flow.receiveAndEnd(organization, mail());
  const analysis = await stepOf(id, 'contentAnalysis', 1);
  expect(analysis).toMatchObject({ status: 'DONE', error: null });
  expect(analysis.outcome).toMatchObject({
    type: 'request',
    proposedActionItems: ['Send the figures of the crane.'],
    answeredBy: { provider: 'openai', tokens: { input: 1_000, output: 100 }, cost: 0.0014, disclosure: 'everything' },
    embedded: { priority: expect.any(String) as string },
  });
  const summary = await stepOf(id, 'summary', 1);
  expect(summary.outcome).toMatchObject({ summary: SUMMARY, answeredBy: { provider: 'openai' } });
  for (const name of ['languageDetection', 'routingAnalysis']) {
    expect((await stepOf(id, name, 1)).outcome.answeredBy).toMatchObject({ provider: 'embedded', insteadOf: [] });
  }
  expect(model.calls).toHaveLength(2);
  expect(await owedOf(id)).toEqual([]);
  const [usage] = await servers.read(organization, (sql) =>
    sql<{ requests: number; input: number; cost: number; reserved: number }>(
      `select requests, input_tokens as input, cost, reserved_tokens as reserved from ai_days where capability = 'all'`,
    ),
  );
  expect(usage).toMatchObject({ requests: 2, input: 2_000, reserved: 0 });
  expect(usage!.cost).toBeCloseTo(0.0028);
});

test('identical content is not asked for again within an organization, and is within another', async () => {
  const model = await startModelServer(wellAnswer);
  models.push(model);
  organization = await createOrganization(servers.owner, 'cache.example');
  const other = await createOrganization(servers.owner, 'other-cache.example');
  await work(model.openai);
  const bytes = mail();
  await flow.receiveAndEnd(organization, bytes);
  expect(model.calls).toHaveLength(2);
  const again = await flow.receiveAndEnd(organization, bytes);
  expect(model.calls).toHaveLength(2);
  expect((await stepOf(again, 'summary', 1)).outcome).toMatchObject({ summary: SUMMARY });
  await flow.receiveAndEnd(other, bytes);
  expect(model.calls).toHaveLength(4);
});

test('an endpoint that is down leaves the embedded answer, marked, and is asked again when it is back', async () => {
  organization = await createOrganization(servers.owner, 'down.example');
  const port = await freePort();
  await work(`http://127.0.0.1:${port}/v1`);
  const id = await flow.receiveAndEnd(organization, mail());
  await processedWithout(id, 'unreachable');
  const before = await deedsOf(id);
  const { status } = await flow.message(organization, id);
  const model = await startModelServer(wellAnswer, port);
  models.push(model);
  await repaired(id);
  expect(await deedsOf(id)).toEqual(before);
  expect(await flow.message(organization, id)).toMatchObject({ status });
});

test.each<[string, string, (call: ModelCall) => ModelReply]>([
  ['slow past its time-out', 'timeout', () => ({ serve: () => undefined })],
  [
    'answering with an error of its own',
    'unreachable',
    () => ({ serve: (_request, response) => response.writeHead(503).end('no') }),
  ],
  ['answering nonsense', 'nonsense', () => ({ text: 'I would rather talk about the weather.' })],
  ['answering by another schema', 'nonsense', () => ({ text: JSON.stringify({ verdict: 'fine' }) })],
  [
    'answering 200 with an error page',
    'nonsense',
    () => ({
      serve: (_request, response) =>
        response.writeHead(200, { 'content-type': 'text/html' }).end('<html><body>Bad gateway</body></html>'),
    }),
  ],
  [
    'cut off in the middle of its answer',
    'unreachable',
    () => ({
      serve: (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
        response.write('{"id":"chatcmpl-1","choices":[{"message":{"content":"{\\"summ');
        setTimeout(() => response.destroy(), 50);
      },
    }),
  ],
])('an endpoint that is %s does not keep the message, and repairs it later', async (_what, failure, ill) => {
  organization = await createOrganization(servers.owner, `ill-${++mails}.example`);
  const { model, health } = await startIll(ill);
  await work(model.openai, undefined, { timeoutMs: 1_000 });
  const id = await flow.receiveAndEnd(organization, mail());
  await processedWithout(id, failure);
  const before = await deedsOf(id);
  health.isWell = true;
  await repaired(id);
  expect(await deedsOf(id)).toEqual(before);
});

test('an answer that makes no sense is shown to the model once, and its repair is taken', async () => {
  organization = await createOrganization(servers.owner, 'repair.example');
  const model = await startModelServer((call) =>
    call.user.includes('EARLIER ANSWER') ? wellAnswer(call) : { text: 'Here you are: {' },
  );
  models.push(model);
  await work(model.openai);
  const id = await flow.receiveAndEnd(organization, mail());
  expect(await stepOf(id, 'summary', 1)).toMatchObject({ status: 'DONE', outcome: { summary: SUMMARY } });
  expect(model.calls).toHaveLength(4);
});

test('an endpoint that asks for a pause gets it: not asked before, repaired after', async () => {
  organization = await createOrganization(servers.owner, 'pause.example');
  const asked: number[] = [];
  let until = 0;
  const model = await startModelServer((call) => {
    asked.push(Date.now());
    until ||= Date.now() + 4_000;
    if (Date.now() >= until) return wellAnswer(call);
    return { serve: (_request, response) => response.writeHead(429, { 'retry-after': '4' }).end('{}') };
  });
  models.push(model);
  await work(model.openai);
  const id = await flow.receiveAndEnd(organization, mail());
  await processedWithout(id, 'rateLimited');
  await repaired(id);
  // Two may go out side by side before the first is answered.
  expect(asked.filter((at) => at > asked[0]! + 1_000 && at < until - 500)).toEqual([]);
});

test('over the budget nothing is asked, the message is marked, and it waits for the next day', async () => {
  organization = await createOrganization(servers.owner, 'budget.example');
  const model = await startModelServer(wellAnswer);
  models.push(model);
  await work(model.openai, undefined, {}, { tokensPerDay: 10 });
  const id = await flow.receiveAndEnd(organization, mail());
  await processedWithout(id, 'overBudget');
  expect(model.calls).toEqual([]);
  const owed = await owedOf(id);
  expect(owed.map(({ capability, failure }) => [capability, failure])).toEqual([
    ['contentAnalysis', 'overBudget'],
    ['summary', 'overBudget'],
  ]);
  const [day] = await servers.read(organization, (sql) =>
    sql<{ next: string }>(
      `select (((now() at time zone time_zone)::date + 1)::timestamp at time zone time_zone) as next from organizations`,
    ),
  );
  for (const { dueAt } of owed) {
    const late = Date.parse(dueAt) - Date.parse(day!.next);
    expect(late).toBeGreaterThanOrEqual(-1_000);
    expect(late).toBeLessThan(1_000);
  }
});

test('one provider that fails takes no other with it', async () => {
  organization = await createOrganization(servers.owner, 'beside.example');
  const model = await startModelServer((call) =>
    call.schema?.properties['summary'] === undefined
      ? { serve: (_request, response) => response.writeHead(500).end('no') }
      : wellAnswer(call),
  );
  models.push(model);
  await work(model.openai);
  const id = await flow.receiveAndEnd(organization, mail());
  expect(await stepOf(id, 'contentAnalysis', 1)).toMatchObject({ status: 'DEGRADED' });
  expect(await stepOf(id, 'summary', 1)).toMatchObject({ status: 'DONE', outcome: { summary: SUMMARY } });
});
