import * as openpgp from 'openpgp';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { ProviderAnswerStore } from '../../../src/adapters/ai/answers.js';
import { ReplyStore, writeReplyRequest } from '../../../src/adapters/composition/reply-requests.js';
import type { Database } from '../../../src/adapters/database/database.js';
import { putMailKey } from '../../../src/adapters/mail-keys/mail-keys.js';
import { readMailKey } from '../../../src/adapters/mail-keys/read-key.js';
import { embeddedAnswer } from '../../../src/domain/ai.js';
import type { RunKey } from '../../../src/domain/run.js';
import type { WorkerProcess } from '../../../src/workers/worker-process.js';
import { operatorAi } from '../../support/ai-settings.js';
import { createOrganization, type TestOrganization } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { startFlowServers, type FlowServers } from '../../support/flow-servers.js';
import { plainMail } from '../../support/messages.js';
import { startModelServer, type ModelServer } from '../../support/model-server.js';
import { ONWARD_SETTINGS } from '../../support/onward-settings.js';
import { encryptedOpenPgp, protectedMail, textEntity } from '../../support/protected-mail.js';

const { secretKey } = ONWARD_SETTINGS;
const SUMMARY = 'The harbour office asks for the figures of the zeppelin by Tuesday.';
const text = (of: string) =>
  `The harbour office asks for the figures of the ${of} by Tuesday, since the surveyor comes. `.repeat(8);
let servers: FlowServers;
let app: Database;
let model: ModelServer;
let worker: WorkerProcess;
let organization: TestOrganization;
let pgp: { privateKey: string; publicKey: string };

beforeAll(async () => {
  [servers, model] = await Promise.all([
    startFlowServers(),
    startModelServer(({ user }) => ({
      text: JSON.stringify({ summary: user.includes('zeppelin') ? SUMMARY : SUMMARY.replace('zeppelin', 'crane') }),
    })),
  ]);
  app = servers.database.open('everpost_app');
  organization = await createOrganization(servers.owner, 'sealed.example');
  pgp = await openpgp.generateKey({ userIDs: [{ email: 'team@sealed.example' }] });
  const facts = await readMailKey(pgp.privateKey, null);
  await servers.read(organization, (sql) =>
    putMailKey(sql, { organizationId: organization.id, createdBy: 'test', secretKey, facts }),
  );
  worker = await servers.flow.startWorker({ ai: operatorAi(model.openai, ['summary']) });
}, 120_000);
afterEach(async () => {
  await servers.owner.query('drop trigger if exists damage on ai_answers');
  model.calls.length = 0;
});
afterAll(async () => {
  await worker?.stop();
  await model?.close();
  await servers?.stop();
});

async function encrypted(content: string): Promise<Buffer> {
  const message = await openpgp.createMessage({ text: textEntity(content) });
  const encryptionKeys = await openpgp.readKey({ armoredKey: pgp.publicKey });
  const armored = await openpgp.encrypt({ message, encryptionKeys });
  return protectedMail(encryptedOpenPgp(armored), { to: 'team@sealed.example', id: `m-${Math.random()}` });
}

const rowsOf = (id: string) =>
  servers.owner.query<{ answer: unknown; sealed: Buffer | null; whole: string }>(
    'select answer, sealed, a::text as whole from ai_answers a where message_id = $1',
    [id],
  );

async function runOf(id: string): Promise<RunKey> {
  const [row] = await servers.owner.query<{ id: string; number: number }>(
    'select id, number from runs where message_id = $1',
    [id],
  );
  return { organizationId: organization.id, messageId: id, runId: row!.id, runNumber: row!.number };
}

const summaryStep = async (id: string) =>
  (await servers.flow.steps(organization, id)).find(({ name }) => name === 'summary')!;

test('an answer about mail that arrived encrypted is kept under the secret key, that about other mail is not', async () => {
  const closed = await servers.flow.receiveAndEnd(organization, await encrypted(text('zeppelin')), 60_000);
  expect(await summaryStep(closed)).toMatchObject({
    status: 'DONE',
    outcome: { summary: SUMMARY, answeredBy: { provider: 'openai' } },
  });
  const [row] = await rowsOf(closed);
  expect(row).toMatchObject({ answer: null, sealed: expect.any(Buffer) as Buffer });
  expect(row!.whole).not.toMatch(/zeppelin|harbour/);
  expect(row!.sealed!.toString('latin1')).not.toMatch(/zeppelin|harbour/);
  const run = await runOf(closed);
  const read = (key: Buffer | null) => new ProviderAnswerStore(app, key).ofRun(organization.id, run.runId);
  expect((await read(secretKey)).summary).toMatchObject({ answer: { summary: SUMMARY } });
  expect(await read(null)).toEqual({});
  expect(await read(Buffer.alloc(32, 9)), 'under another key it is none').toEqual({});

  const open = await servers.flow.receiveAndEnd(organization, plainMail({ text: text('crane') }), 60_000);
  expect(await rowsOf(open)).toMatchObject([
    { answer: { summary: expect.stringContaining('crane') as string }, sealed: null },
  ]);
});

test('what was answered to encrypted mail serves its twin, sealed there as well', async () => {
  const content = text('zeppelin').replace('Tuesday', 'Friday');
  const first = await servers.flow.receiveAndEnd(organization, await encrypted(content), 60_000);
  const asked = model.calls.length;
  const second = await servers.flow.receiveAndEnd(organization, await encrypted(content), 60_000);
  expect(model.calls).toHaveLength(asked);
  expect(await rowsOf(first)).toMatchObject([{ answer: null }]);
  expect(await rowsOf(second)).toMatchObject([{ answer: null }]);
  expect((await summaryStep(second)).outcome?.['summary']).toBe(SUMMARY);
});

test('replies to encrypted mail are kept under the secret key as well', async () => {
  const id = await servers.flow.receiveAndEnd(organization, plainMail({ text: text('balloon') }), 60_000);
  const store = new ReplyStore(app, secretKey);
  const ask = async () => {
    const requestId = await servers.read(organization, (sql) => writeReplyRequest(sql, id, null));
    return { run: await runOf(id), requestId };
  };
  const replies = { replies: ['The balloon is ready.'], removed: [], answeredBy: embeddedAnswer(1) };
  const request = await ask();
  await store.keep(request, Buffer.alloc(32, 1), replies, true);
  const [row] = await servers.owner.query<{ whole: string }>(
    'select r::text as whole from reply_requests r where message_id = $1',
    [id],
  );
  expect(row!.whole).not.toContain('balloon');
  expect(await store.replies(request)).toEqual(replies);
  expect(await new ReplyStore(app, null).replies(request)).toBeNull();
  // The same wish again: the answer that is sealed still counts as given.
  const again = await ask();
  expect(again.requestId).not.toBe(request.requestId);
  expect((await store.request(again))?.inputHash).toEqual(Buffer.alloc(32, 1));
  expect((await new ReplyStore(app, null).request(again))?.inputHash, 'what cannot be read is asked anew').toBeNull();
});

test.each([
  ['of another version', '{"summary": {"de": "x", "en": "y"}}'],
  ['damaged', '[]'],
  ['of no meaning', '"summary"'],
])('an answer that is %s costs its step no more than the fallback, and is asked for again', async (what, json) => {
  await servers.owner.query(`create or replace function damage() returns trigger language plpgsql as
    $$ begin new.answer := '${json}'; return new; end $$`);
  await servers.owner.query(
    'create trigger damage before insert or update on ai_answers for each row execute function damage()',
  );
  const mail = plainMail({ text: text(`crane ${what}`) });
  const id = await servers.flow.receiveAndEnd(organization, mail, 60_000);
  expect((await servers.flow.message(organization, id)).status).toBe('DELIVERED');
  expect(await summaryStep(id)).toMatchObject({
    status: 'DEGRADED',
    error: { code: 'ai.unreachable', message: expect.stringContaining('cannot be read') as string },
    outcome: { answeredBy: { provider: 'embedded', insteadOf: [{ provider: 'openai' }] } },
  });
  await servers.owner.query('drop trigger damage on ai_answers');
  await eventually(async () => {
    const steps = await servers.owner.query<{ status: string; provider: string }>(
      `select status, outcome->'answeredBy'->>'provider' as provider from steps
       where message_id = $1 and name = 'summary' order by attempt desc limit 1`,
      [id],
    );
    expect(steps).toEqual([{ status: 'DONE', provider: 'openai' }]);
  }, 30_000);
  // An answer that cannot be read serves no twin either.
  await servers.owner.query(`update ai_answers set answer = '${json}' where message_id = $1`, [id]);
  const asked = model.calls.length;
  const twin = await servers.flow.receiveAndEnd(organization, plainMail({ text: text(`crane ${what}`) }), 60_000);
  expect(await summaryStep(twin)).toMatchObject({ status: 'DONE', outcome: { answeredBy: { provider: 'openai' } } });
  expect(model.calls.length).toBe(asked + 1);
});
