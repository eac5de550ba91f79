import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../../src/adapters/database/database.js';
import { acceptMessages, type AcceptedMessage } from '../../../src/adapters/messages/accept-messages.js';
import type { Authentication } from '../../../src/domain/outcomes.js';
import { parseMessage } from '../../../src/engines/mime/parse-message.js';
import { embeddedSpamModel } from '../../../src/engines/spam/embedded-model.js';
import { scoreSpam } from '../../../src/engines/spam/score-spam.js';
import { createOrganization, type TestOrganization } from '../../support/database.js';
import { acceptedMail, plainMail } from '../../support/messages.js';
import { keyOf, SimulatedWorker } from './simulated-worker.js';
import { startTestApi, type TestApi } from './test-api.js';

const unchecked: Authentication = {
  spf: { result: 'skipped', domain: null },
  dkim: [],
  dmarc: { result: 'skipped', domain: null, policy: null },
  arc: { result: 'none' },
};

let api: TestApi;
let organization: TestOrganization;
let stranger: TestOrganization;
let app: Database;
let worker: SimulatedWorker;

beforeAll(async () => {
  api = await startTestApi();
  const owner = api.database.open('owner');
  organization = await createOrganization(owner, 'corrections.example');
  stranger = await createOrganization(owner, 'stranger.example');
  app = api.database.open('everpost_app');
  worker = new SimulatedWorker(app);
});
afterAll(() => api.close());

async function message(analysed = true): Promise<AcceptedMessage> {
  const bytes = plainMail();
  const accepted = acceptedMail(organization, bytes);
  await app.withOrganization(organization.id, (sql) => acceptMessages(sql, [accepted]));
  if (!analysed) return accepted;
  const { outcome } = scoreSpam(await parseMessage(bytes), unchecked, [], embeddedSpamModel());
  await worker.begin(keyOf(accepted));
  await worker.step(keyOf(accepted), { name: 'spamDetection', outcome });
  return accepted;
}

async function ask(field: string, more: { token?: string; mutation?: boolean } = {}) {
  const kind = more.mutation === false ? 'query' : 'mutation';
  const { data, errors } = await api.graphql<Record<string, unknown>>(
    more.token ?? organization.token,
    `${kind} { answer: ${field} }`,
  );
  return { answer: data?.['answer'], code: errors?.[0]?.extensions.code };
}

const LEARNED = 'spamLearnings { scope mailboxId spam ham lastTaughtBy lastLessonAt }';
const learned = async (token = organization.token) => (await ask(LEARNED, { token, mutation: false })).answer;

test('teaches, replaces, takes back and forgets, and shows what was taught and by whom', async () => {
  const { id } = await message();
  const correct = (isSpam: boolean, scope = 'ORGANIZATION') =>
    ask(`correctSpam(messageId: "${id}", isSpam: ${isSpam}, scope: ${scope}) { changed message { id } }`);
  expect((await correct(true)).answer).toEqual({ changed: true, message: { id } });
  expect((await correct(true)).answer).toEqual({ changed: false, message: { id } });
  expect((await correct(false)).answer).toMatchObject({ changed: true });
  expect((await correct(true, 'MAILBOX')).answer).toMatchObject({ changed: true });
  const shown = { lastTaughtBy: 'test', lastLessonAt: expect.any(String) };
  expect(await learned()).toEqual([
    { scope: 'ORGANIZATION', mailboxId: null, spam: 0, ham: 1, ...shown },
    { scope: 'MAILBOX', mailboxId: organization.mailboxId, spam: 1, ham: 0, ...shown },
  ]);
  expect(await learned(stranger.token)).toEqual([]);
  const withdraw = `withdrawSpamCorrection(messageId: "${id}", scope: ORGANIZATION) { changed }`;
  expect((await ask(withdraw)).answer).toEqual({ changed: true });
  expect((await ask(withdraw)).answer).toEqual({ changed: false });
  const reset = `resetSpamLearning(scope: MAILBOX, mailboxId: "${organization.mailboxId}")`;
  expect((await ask(reset, { token: stranger.token })).code).toBe('NOT_FOUND');
  expect((await ask(reset)).answer).toBe(1);
  expect(await learned()).toEqual([]);
});

test('refuses what it cannot learn from, by name', async () => {
  const { id } = await message();
  const correct = (messageId: string, more = 'scope: ORGANIZATION', token = organization.token) =>
    ask(`correctSpam(messageId: "${messageId}", isSpam: true, ${more}) { changed }`, { token });
  expect((await correct((await message(false)).id)).code).toBe('CONFLICT');
  expect((await correct(randomUUID())).code).toBe('NOT_FOUND');
  expect((await correct('nonsense')).code).toBe('NOT_FOUND');
  expect((await correct(id, 'scope: ORGANIZATION', stranger.token)).code).toBe('NOT_FOUND');
  expect((await correct(id, `scope: MAILBOX, mailboxId: "${randomUUID()}"`)).code).toBe('NOT_FOUND');
  expect((await correct(id, `scope: ORGANIZATION, mailboxId: "${organization.mailboxId}"`)).code).toBe(
    'BAD_USER_INPUT',
  );
  expect((await ask('resetSpamLearning(scope: MAILBOX)')).code).toBe('BAD_USER_INPUT');
});
