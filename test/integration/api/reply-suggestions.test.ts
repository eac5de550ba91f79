import { afterAll, beforeAll, expect, test } from 'vitest';
import type { WorkerProcess } from '../../../src/workers/worker-process.js';
import { operatorAi } from '../../support/ai-settings.js';
import { createOrganization, type TestOrganization } from '../../support/database.js';
import { plainMail } from '../../support/messages.js';
import { startModelServer, type ModelReply, type ModelServer } from '../../support/model-server.js';
import { startLearningServers, type LearningServers } from '../learning/learning-servers.js';

const REPLY = 'Dear Ada, thank you for asking. The lock of the crane is opened on Tuesday.';
const wellAnswer = (): ModelReply => ({ text: JSON.stringify({ replies: [REPLY] }) });

let model: ModelServer;
let answer: () => ModelReply = wellAnswer;
let servers: LearningServers;
let worker: WorkerProcess;
let ours: TestOrganization;
let stranger: TestOrganization;

beforeAll(async () => {
  model = await startModelServer(() => answer());
  const ai = operatorAi(model.openai, ['composition']);
  servers = await startLearningServers({ ai });
  const owner = servers.api.database.open('owner');
  ours = await createOrganization(owner, 'replies.example');
  stranger = await createOrganization(owner, 'stranger.example');
  worker = await servers.flow.startWorker({ ai });
}, 120_000);
afterAll(async () => {
  await worker?.stop();
  await servers?.stop();
  await model?.close();
});

let mails = 0;
const question = (of = ours) => {
  mails += 1;
  const text = `Good morning,\r\n\r\nwhen is the lock of crane ${mails} opened? Our order number is PO-4${mails}.\r\n`;
  return servers.flow.receiveAndEnd(
    of,
    plainMail({ from: 'Ada Lind <ada@harbour.example>', subject: `Lock of crane ${mails}`, text }),
  );
};

interface Suggested {
  templates: { id: string; title: string; subject: string | null; text: string; score: number; explanation: string }[];
  templatesConfidence: number | null;
  templatesAnsweredBy: { provider: string; durationMs: number } | null;
  confidence: number | null;
  replies: string[];
  removed: string[];
  reason: string | null;
  answeredBy: { provider: string; model: string; cost: number } | null;
}
const suggest = async (messageId: string, instruction: string | null = null, of = ours): Promise<Suggested> =>
  (
    await servers.ask<{ suggestReplies: Suggested }>(
      of.token,
      `mutation ($messageId: ID!, $instruction: String) { suggestReplies(messageId: $messageId, instruction: $instruction) {
         templates { id title subject text score explanation } templatesConfidence templatesAnsweredBy
         confidence replies removed reason answeredBy } }`,
      { messageId, instruction },
    )
  ).suggestReplies;

const save = async (input: Record<string, unknown>, of = ours): Promise<string> =>
  (
    await servers.ask<{ saveResponseTemplate: { id: string } }>(
      of.token,
      'mutation ($input: ResponseTemplateInput!) { saveResponseTemplate(input: $input) { id } }',
      { input: { language: 'en', ...input } },
    )
  ).saveResponseTemplate.id;
const use = async (messageId: string, templateId: string, of = ours): Promise<boolean> =>
  (
    await servers.ask<{ useTemplate: boolean }>(
      of.token,
      `mutation { useTemplate(messageId: "${messageId}", templateId: "${templateId}") }`,
    )
  ).useTemplate;
const list = async (of: TestOrganization) =>
  (
    await servers.ask<{ responseTemplates: { id: string; name: string }[] }>(
      of.token,
      '{ responseTemplates { id name } }',
    )
  ).responseTemplates;

test('a wrong slot is refused by its name, with those that there are', async () => {
  const body = 'Hello {{sender.frstName}}, {{order.number}} is {{ there';
  await expect(save({ name: 'Wrong', body })).rejects.toThrow(
    /\{\{sender\.frstName\}\} is no slot; there are sender\.name, sender\.firstName.*\{\{ or \}\} without the other/,
  );
  await expect(save({ name: 'Wrong', body: 'Hello', types: ['nonsense'] })).rejects.toThrow(/"nonsense".*question/);
  expect(await list(ours)).toEqual([]);
});

test('templates of the organization are filled from its mail, for itself alone, and what is used ranks higher', async () => {
  const lock = await save({
    name: 'Opening hours of locks',
    subject: 'Your order {{order.number|}}',
    body: 'Hello {{sender.firstName|there}},\r\n\r\nlocks open at nine. {{invoice.number}}',
    words: ['lock of crane'],
  });
  const any = await save({ name: 'Ring us', body: 'Please ring us, {{sender.lastName}}.' });
  await expect(save({ name: 'ring US', body: 'x' })).rejects.toThrow(/already/);
  expect((await list(ours)).map(({ name }) => name)).toEqual(['Opening hours of locks', 'Ring us']);
  expect(await list(stranger)).toEqual([]);
  await expect(save({ id: any, name: 'Taken over', body: 'x' }, stranger)).rejects.toThrow(/there is no template/);

  const first = await question();
  const before = await suggest(first);
  expect(before.templates.find(({ id }) => id === lock)).toMatchObject({
    title: 'Opening hours of locks',
    subject: expect.stringMatching(/^Your order .*PO-4/) as string,
    text: 'Hello Ada,\n\nlocks open at nine. …',
    explanation: 'it has the words lock of crane; the mail has no invoice.number',
  });
  const foreign = await question(stranger);
  expect((await suggest(foreign, null, stranger)).templates.map(({ id }) => id)).not.toContain(lock);
  await expect(use(foreign, lock, stranger)).rejects.toThrow(/there is no template/);
  await expect(use(first, lock, stranger)).rejects.toThrow(/there is no incoming message/);

  expect(await use(first, any)).toBe(true);
  expect(await use(first, any)).toBe(false);
  for (let more = 0; more < 2; more += 1) expect(await use(await question(), any)).toBe(true);
  await expect
    .poll(async () => (await suggest(await question())).templates.find(({ id }) => id === any)?.explanation, {
      timeout: 20_000,
    })
    .toMatch(/; used 3 times for mail of the type \w+/);
  const after = (await suggest(await question())).templates;
  const scoreOf = (templates: typeof after) => templates.find(({ id }) => id === any)?.score ?? 0;
  expect(scoreOf(after)).toBeGreaterThan(scoreOf(before.templates));
});

test('a model proposes replies beside the templates, as the person wishes, and is asked once for the same', async () => {
  const id = await question();
  const asked = model.calls.length;
  const wish = 'say that it opens on Tuesday';
  const { templates, replies, reason, answeredBy, ...told } = await suggest(id, wish);
  expect(told.confidence).toBeGreaterThan(0);
  expect(told.confidence).toBeLessThanOrEqual(0.85);
  expect(told.templatesConfidence).toBeGreaterThan(0);
  expect(told.templatesConfidence).toBeLessThanOrEqual(templates[0]!.score);
  expect(told.templatesAnsweredBy).toMatchObject({ provider: 'embedded', durationMs: expect.any(Number) as number });
  expect(templates.length).toBeGreaterThan(0);
  expect(replies).toEqual([REPLY]);
  expect(reason).toBeNull();
  expect(answeredBy).toMatchObject({ provider: 'openai', model: 'test-model', cost: expect.any(Number) as number });
  expect(model.calls.at(-1)?.user).toContain(`wishes: "${wish}"`);
  expect(await suggest(id, wish)).toMatchObject({ replies: [REPLY] });
  expect(model.calls).toHaveLength(asked + 1);
  expect(await suggest(id)).toMatchObject({ replies: [REPLY] });
  expect(model.calls).toHaveLength(asked + 2);
  await expect(suggest(id, 'x'.repeat(501))).rejects.toThrow(/instruction/);
  await expect(suggest(id, null, stranger)).rejects.toThrow(/there is no incoming message/);
});

test('replies that are kept and cannot be read are asked for again', async () => {
  const id = await question();
  const wish = 'say that it opens soon';
  await suggest(id, wish);
  const asked = model.calls.length;
  const owner = servers.api.database.open('owner');
  await owner.query(`update reply_requests set report = '{"replies": 7}' where message_id = $1`, [id]);
  expect(await suggest(id, wish)).toMatchObject({ replies: [REPLY], reason: null });
  expect(model.calls).toHaveLength(asked + 1);
});

test('neither the mail nor the replies nor the wish come into the history of the workflow', async () => {
  const wish = 'say that it opens on Wednesday';
  await suggest(await question(), wish);
  const told: string[] = [];
  for await (const { workflowId, runId } of servers.flow.client.workflow.list({
    query: 'WorkflowType = "suggestReplies"',
  })) {
    const { events } = await servers.flow.client.workflow.getHandle(workflowId, runId).fetchHistory();
    const decoded = JSON.stringify(events).replace(/"data":"([A-Za-z\d+/=]*)"/g, (_whole, data: string) =>
      Buffer.from(data, 'base64').toString(),
    );
    told.push(decoded);
  }
  expect(told.length).toBeGreaterThan(0);
  expect(told.join().includes('{"status":"answered"}')).toBe(true);
  expect(/Wednesday|thank you for asking|lock of/i.test(told.join())).toBe(false);
});

test('a model that is down costs the replies and not the templates', async () => {
  answer = () => ({ serve: (_request, response) => void response.writeHead(401).end('{}') });
  const { templates, replies, reason, answeredBy, confidence } = await suggest(await question(), 'anything');
  expect(confidence).toBeNull();
  answer = wellAnswer;
  expect(templates.length).toBeGreaterThan(0);
  expect(replies).toEqual([]);
  expect(answeredBy).toBeNull();
  expect(reason).toMatch(/^openai gave no replies: /);
});
