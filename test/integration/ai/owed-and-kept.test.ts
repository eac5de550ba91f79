import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type pg from 'pg';
import { changeAi, readChosenAi, readProviderKey } from '../../../src/adapters/ai/ai-settings.js';
import { ProviderAnswerStore } from '../../../src/adapters/ai/answers.js';
import { reserve, settleLost } from '../../../src/adapters/ai/budget.js';
import { commitRepair } from '../../../src/adapters/ai/commit-repair.js';
import { deferOwed, wakeOwed } from '../../../src/adapters/ai/owed.js';
import { ANSWERS_KEPT_DAYS, deleteExpiredAi, REQUESTS_KEPT_DAYS } from '../../../src/adapters/ai/retention.js';
import { inTransaction, sqlOf } from '../../../src/adapters/database/client-sql.js';
import { createClient, type Database } from '../../../src/adapters/database/database.js';
import { embeddedAnswer } from '../../../src/domain/ai.js';
import { effectiveAi, NO_PROVIDERS, type EffectiveAi } from '../../../src/domain/ai-settings.js';
import { startDue } from '../../../src/workers/ai-repair-duty.js';
import { registerSearchAttributes } from '../../../src/workers/namespace.js';
import { operatorAi } from '../../support/ai-settings.js';
import { createOrganization, type TestOrganization } from '../../support/database.js';
import { startFlowServers, type FlowServers } from '../../support/flow-servers.js';
import { plainMail } from '../../support/messages.js';
import { ONWARD_SETTINGS } from '../../support/onward-settings.js';

const GIVE_UP_MS = 3_600_000;
const DAY_MS = 24 * 3_600_000;
let servers: FlowServers;
let app: Database;
let client: pg.Client;
let organization: TestOrganization;
let organizations = 0;

beforeAll(async () => {
  servers = await startFlowServers();
  app = servers.database.open('everpost_app');
  const { connection, options } = servers.flow.client;
  await registerSearchAttributes(connection as never, options.namespace);
}, 120_000);
beforeEach(async () => {
  organization = await createOrganization(servers.owner, `owed-${++organizations}.example`);
  client = createClient({ url: servers.database.url, role: 'everpost_system', applicationName: 'test-duty' });
  await client.connect();
});
afterEach(async () => {
  await servers.owner.query('delete from ai_owed');
  await client.end();
});
afterAll(() => servers?.stop());

/** A run that nobody works at, and what a provider owes it. */
async function owedRun(dueInSeconds = -1) {
  const messageId = await servers.flow.receive(organization, plainMail());
  const [run] = await servers.owner.query<{ id: string; number: number }>(
    'select id, number from runs where message_id = $1',
    [messageId],
  );
  await servers.owner.query(
    `insert into ai_owed (organization_id, run_id, message_id, capability, step, failure, due_at)
     values ($1, $2, $3, 'summary', 'summary', 'unreachable', now() + make_interval(secs => $4))`,
    [organization.id, run!.id, messageId, dueInSeconds],
  );
  return { organizationId: organization.id, messageId, runId: run!.id, runNumber: run!.number };
}

const owed = (runId: string) =>
  servers.owner.query<{ round: number; under_way: boolean; isDue: boolean }>(
    'select round, under_way, due_at <= now() as "isDue" from ai_owed where run_id = $1',
    [runId],
  );

function begin(giveUpMs = GIVE_UP_MS): Promise<number> {
  const { client: temporal } = servers.flow;
  const fail = (error: unknown) => {
    throw error;
  };
  const options = { url: '', applicationName: '', client: temporal, taskQueue: 'nobody', giveUpMs, onError: fail };
  return startDue({ ...options, connection: temporal.connection as never }, client);
}

test('what is being asked for is not asked for a second time when another answer wakes what waits', async () => {
  const asked = await owedRun();
  expect(await begin()).toBe(1);
  const waiting = await owedRun(600);
  await servers.read(organization, (sql) => wakeOwed(sql, 'summary', false));
  expect(await owed(asked.runId)).toEqual([{ round: 1, under_way: true, isDue: false }]);
  expect(await owed(waiting.runId)).toEqual([{ round: 0, under_way: false, isDue: true }]);
  const next = { tries: 1, failure: 'unreachable', dueAt: new Date(Date.now() + 600_000).toISOString() };
  await deferOwed(app, organization.id, { runId: asked.runId, capability: 'summary', round: 1 }, next);
  await servers.read(organization, (sql) => wakeOwed(sql, 'summary', false));
  expect(await owed(asked.runId)).toEqual([{ round: 1, under_way: false, isDue: true }]);
});

test('a provider that is back is asked for a few steps at a time', async () => {
  for (let count = 0; count < 45; count++) await owedRun();
  expect(await begin()).toBe(20);
  expect(await begin()).toBe(20);
  expect(await begin()).toBe(0);
});

test.each([
  ['a deleted message', `update messages set deleted_at = now(), deleted_by = 'test' where id = $1`],
  ['a run that a person canceled', `update runs set status = 'CANCELED', ended_at = now() where message_id = $1`],
  ['a run that another one has overtaken', `update messages set current_run = 2 where id = $1`],
])('no provider is asked for %s, and nothing is written to it', async (_what, change) => {
  const run = await owedRun();
  await servers.owner.query(change, [run.messageId]);
  const place = { capability: 'summary' as const, round: 0 };
  expect(await commitRepair(app, run, place, {} as never)).toBe(false);
  await owedRun();
  const dead = await owedRun();
  await servers.owner.query(change, [dead.messageId]);
  expect(await begin()).toBe(1);
  expect(await owed(dead.runId)).toEqual([]);
});

test('what is never answered to the end is given up', async () => {
  const run = await owedRun();
  await servers.owner.query(`update ai_owed set owed_since = now() - interval '2 hours 1 minute'`);
  expect(await begin()).toBe(0);
  expect(await owed(run.runId)).toEqual([]);
});

const summaryOf = (operator = operatorAi('http://127.0.0.1:9/v1', ['summary'])) =>
  effectiveAi(operator, [], 'summary').applies as EffectiveAi;

test('what a worker that died had reserved is charged once, and budgets are kept meanwhile', async () => {
  const estimate = { input: 80, output: 20 };
  const request = { organizationId: organization.id, messageId: null, applies: summaryOf(), estimate };
  await Promise.all(Array.from({ length: 5 }, () => reserve(app, request)));
  await servers.owner.query(`update ai_requests set started_at = now() - interval '1 hour'`);
  const settling = settleLost((work) => inTransaction(client, work));
  const [lost] = await Promise.all([settling, ...Array.from({ length: 5 }, () => reserve(app, request))]);
  expect(lost).toBe(5);
  expect(await settleLost((work) => inTransaction(client, work))).toBe(0);
  const [day] = await servers.read(organization, (sql) =>
    sql(`select requests, failures, input_tokens as tokens, reserved_tokens as reserved from ai_days
      where capability = 'all'`),
  );
  expect(day).toEqual({ requests: 10, failures: 5, tokens: 500, reserved: 500 });
});

test('requests and answers are kept for their time; sums by day, and answers that a run waits with, are kept', async () => {
  const store = new ProviderAnswerStore(app, null);
  const answered = embeddedAnswer(1);
  const ended = await owedRun();
  const waits = await owedRun();
  const keep = {
    answer: { summary: 'x' },
    answeredBy: answered,
    inputHash: Buffer.alloc(32),
    whole: true,
    sealed: false,
  };
  const place = { ...ended, capability: 'summary' as const, target: '' };
  await store.keep(place, keep);
  await store.keep({ ...place, ...waits }, keep);
  const estimate = { input: 80, output: 20 };
  await reserve(app, { ...ended, applies: summaryOf(), estimate });
  await servers.owner.query(`update runs set ended_at = now() where id = $1`, [ended.runId]);
  await servers.owner.query('update ai_requests set settled_at = now()');
  const expired = (days: number) => deleteExpiredAi(sqlOf(client), new Date(Date.now() + days * DAY_MS));
  expect(await expired(ANSWERS_KEPT_DAYS - 1)).toBe(0);
  expect(await expired(ANSWERS_KEPT_DAYS + 1)).toBe(1);
  const [request] = await servers.owner.query('select count(*)::int as count from ai_requests');
  expect(await expired(REQUESTS_KEPT_DAYS + 1)).toBe(request!['count']);
  expect(await servers.owner.query('select run_id from ai_answers')).toEqual([{ run_id: waits.runId }]);
  const days = await servers.read(organization, (sql) => sql(`select requests from ai_days where capability = 'all'`));
  expect(days).toEqual([{ requests: 1 }]);
});

test('an answer that comes while its message is deleted is not kept', async () => {
  const store = new ProviderAnswerStore(app, null);
  const known = await owedRun();
  const inputHash = Buffer.alloc(32, 9);
  const keep = { answer: { summary: 'x' }, answeredBy: embeddedAnswer(1), inputHash, whole: true, sealed: false };
  await store.keep({ ...known, capability: 'summary' as const, target: '' }, keep);
  const gone = { ...(await owedRun()), capability: 'summary' as const, target: '' };
  await client.query('begin');
  await client.query(`update messages set deleted_at = now(), deleted_by = 'test' where id = $1`, [gone.messageId]);
  const kept = store.keep(gone, keep);
  const taken = store.takeKnown(gone, inputHash, false);
  // Both wait for the one who deletes.
  await servers.owner.query('select pg_sleep(0.2)');
  await client.query('commit');
  await kept;
  expect(await taken).toBe(false);
  expect(await servers.owner.query('select 1 from ai_answers where run_id = $1', [gone.runId])).toEqual([]);
});

test('settings that were read a while ago take no newer key to an older address', async () => {
  const key = ONWARD_SETTINGS.secretKey;
  const choose = (change: Parameters<typeof changeAi>[2]) =>
    servers.read(organization, (sql) => changeAi(sql, organization.id, change, key));
  const own = { capability: 'summary', provider: 'openai', model: 'mine' } as const;
  await choose({ ...own, baseUrl: 'https://attacker.example/v1', key: 'sk-worthless' });
  const stale = await servers.read(organization, readChosenAi);
  await choose({ ...own, baseUrl: 'https://models.example/v1', key: 'sk-precious' });
  const { applies } = effectiveAi(NO_PROVIDERS, stale, 'summary');
  await expect(
    servers.read(organization, (sql) => readProviderKey(sql, organization.id, applies!, NO_PROVIDERS, key)),
  ).rejects.toThrow('changed meanwhile');
});
