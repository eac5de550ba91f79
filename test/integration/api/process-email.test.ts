import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../../src/adapters/database/database.js';
import { createOrganization, type TestOrganization } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { newestRun, SimulatedWorker } from './simulated-worker.js';
import { startTestApi, type TestApi } from './test-api.js';

let api: TestApi;
let organization: TestOrganization;
let app: Database;
let worker: SimulatedWorker;

beforeAll(async () => {
  // Longer than any of these tests may take: what answers has not waited for it.
  api = await startTestApi({ patienceMs: 600_000 });
  organization = await createOrganization(api.database.open('owner'), 'process.example');
  app = api.database.open('everpost_app');
  worker = new SimulatedWorker(app);
});
afterAll(() => api.close());

interface Payload {
  messageId: string;
  status: string;
  coreProcessing: { securityScan: unknown; spamScore: number | null; threadId: string | null };
  aiEnhancements: Record<string, unknown> | null;
  autonomousActions: Record<string, unknown> | null;
  processingTime: number;
  confidence: number | null;
}

const PROCESS = `mutation ($input: ProcessEmailInput!) { processEmail(input: $input) {
  messageId status coreProcessing { securityScan spamScore threadId }
  aiEnhancements { suggestions summary routing translation }
  autonomousActions { optimizations predictions actions } processingTime confidence } }`;

const mail = () => ({
  sender: 'Ada Lovelace <ada@sender.example>',
  recipient: `team@${organization.domain}`,
  subject: 'Zahlen für Grüße\r\nBcc: victim@elsewhere.example',
  content: 'Could you send me the figures?\r\n',
});

const process = (input: Record<string, unknown>) =>
  api.graphql<{ processEmail: Payload }>(organization.token, PROCESS, { input: { ...mail(), ...input } });

/** The run that the next processEmail opens. */
async function nextRun(before: string | undefined) {
  return eventually(async () => {
    const run = await newestRun(app, organization.id);
    if (run === null || run.runId === before) throw new Error('no new run yet');
    return run;
  });
}
const latest = async () => (await newestRun(app, organization.id))?.runId;

/** The answer once a worker has the run wait for a person. */
async function held(input: Record<string, unknown>) {
  const before = await latest();
  const answer = process(input);
  const run = await nextRun(before);
  await worker.begin(run);
  await worker.wait(run, 'HELD');
  return answer;
}

test('answers with what the steps found as soon as the run ends', async () => {
  const before = await latest();
  const answer = process({ operations: ['ai', 'autonomous', 'translation'] });
  const run = await nextRun(before);
  await worker.begin(run);
  await worker.step(run, { name: 'securityScan', confidence: 0.9, outcome: { threatLevel: 'info' } });
  await worker.step(run, { name: 'spamDetection', confidence: 0.8, outcome: { score: 0.12 } });
  await worker.step(run, { name: 'summary', confidence: 0.7, outcome: { summary: 'Send the figures.' } });
  await worker.step(run, { name: 'translation', status: 'UNAVAILABLE', outcome: { reason: 'no provider' } });
  await worker.step(run, { name: 'actionSuggestions', outcome: { suggestions: [{ action: 'reply' }] } });
  await worker.step(run, { name: 'predictiveActions', outcome: { dueAt: null } });
  await worker.end(run, 'DELIVERED', 0.81);
  const { data, errors } = await answer;
  expect(errors).toBeUndefined();
  expect(data!.processEmail).toMatchObject({
    messageId: run.messageId,
    status: 'DELIVERED',
    coreProcessing: { securityScan: { threatLevel: 'info' }, spamScore: 0.12 },
    aiEnhancements: {
      suggestions: [{ action: 'reply' }],
      summary: 'Send the figures.',
      routing: null,
      translation: { reason: 'no provider' },
    },
    autonomousActions: {
      predictions: { dueAt: null },
      actions: [{ action: 'disposition', value: 'deliver', explanation: 'nothing speaks against it' }],
    },
    confidence: 0.81,
  });
  expect(data!.processEmail.processingTime).toBeGreaterThan(0);
});

test('stores an honest message: what was asked, the session as it was, no header that the subject smuggled in', async () => {
  const attachment = { filename: 'note.txt', content: Buffer.from('hello').toString('base64') };
  const { data } = await held({ operations: ['translation', 'voice'], attachments: [attachment] });
  const stored = await api.graphql<{ message: { session: unknown; rawSource: string; runs: { lane: string }[] } }>(
    organization.token,
    `{ message(id: "${data!.processEmail.messageId}") { intake session rawSource recipients { mailbox { id } } } }`,
  );
  expect(stored.data!.message).toMatchObject({
    intake: 'api',
    session: {
      clientAddress: '127.0.0.1',
      helo: null,
      tls: null,
      authenticatedAs: 'test',
      mailFrom: 'ada@sender.example',
    },
    recipients: [{ mailbox: { id: organization.mailboxId } }],
  });
  const source = Buffer.from(stored.data!.message.rawSource, 'base64').toString();
  expect(source).toMatch(/^Received: from \[127\.0\.0\.1\] by everpost \(GraphQL API\) with HTTP\r\n id /);
  expect(source).not.toMatch(/^Bcc:/m);
  expect(source).toMatch(/filename=note\.txt/);
  const [run] = await app.withOrganization(organization.id, (sql) =>
    sql('select asked, waited_for from runs order by id desc limit 1'),
  );
  expect(run).toEqual({ asked: ['translation', 'voice'], waited_for: true });
  // Only what was asked for is reported.
  expect(data!.processEmail.autonomousActions).toBeNull();
  expect(data!.processEmail.aiEnhancements).toEqual({
    suggestions: null,
    summary: null,
    routing: null,
    translation: null,
  });
});

test('answers with id and status when the run has not ended in time', async () => {
  const impatient = await startTestApi({ patienceMs: 500 });
  try {
    const { token, domain } = await createOrganization(impatient.database.open('owner'), 'process.example');
    const input = { ...mail(), recipient: `team@${domain}` };
    const { data, errors } = await impatient.graphql<{ processEmail: Payload }>(token, PROCESS, { input });
    expect(errors).toBeUndefined();
    expect(data!.processEmail).toMatchObject({
      status: 'RECEIVED',
      confidence: null,
      coreProcessing: { spamScore: null },
    });
    expect(data!.processEmail.processingTime).toBeGreaterThanOrEqual(450);
  } finally {
    await impatient.close();
  }
});

test.each(['HELD', 'PAUSED'] as const)('answers at once when the run is %s', async (status) => {
  const before = await latest();
  const answer = process({});
  const run = await nextRun(before);
  await worker.begin(run);
  await worker.wait(run, status);
  expect((await answer).data!.processEmail).toMatchObject({ messageId: run.messageId, status });
});

test('takes a message of many chunks whole', async () => {
  const content = Buffer.alloc(3 * 1024 * 1024, 'x').toString('base64');
  const { data } = await held({ attachments: [{ filename: 'large.bin', content }] });
  const { data: read } = await api.graphql<{ message: { size: number; rawSource: string } }>(
    organization.token,
    `{ message(id: "${data!.processEmail.messageId}") { size rawSource } }`,
  );
  const source = Buffer.from(read!.message.rawSource, 'base64').toString();
  expect(source.slice(source.indexOf('From:'))).toHaveLength(read!.message.size);
});

test('names every wrong field at once and the operations and workflow types that there are; nothing is accepted', async () => {
  const before = await latest();
  const { data, errors } = await process({
    sender: 'nobody',
    recipient: 'team@elsewhere.example',
    operations: ['ai', 'telepathy'],
    workflowType: 'sideways',
    attachments: [{ filename: '', content: '%%%' }],
  });
  expect(data).toBeNull();
  expect(errors).toHaveLength(1);
  expect(errors![0]!.extensions).toMatchObject({
    code: 'BAD_USER_INPUT',
    problems: [
      { field: 'sender' },
      { field: 'recipient', problem: 'the organization does not receive for team@elsewhere.example' },
      { field: 'attachments[0].content' },
      { field: 'attachments[0].filename' },
      { field: 'operations', problem: 'unknown operation "telepathy": allowed are ai, autonomous, translation, voice' },
      { field: 'workflowType', problem: 'unknown workflow type "sideways": allowed are incoming' },
    ],
  });
  expect(errors![0]!.message).toContain('allowed are ai, autonomous, translation, voice');
  expect(await latest()).toBe(before);
});
