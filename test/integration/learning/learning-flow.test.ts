import { afterAll, beforeAll, expect, test } from 'vitest';
import type { WorkerProcess } from '../../../src/workers/worker-process.js';
import { createOrganization, type TestOrganization } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { plainMail } from '../../support/messages.js';
import { startLearningServers, type LearningServers } from './learning-servers.js';

let servers: LearningServers;
let workers: WorkerProcess[];
let organization: TestOrganization;
let stranger: TestOrganization;

beforeAll(async () => {
  servers = await startLearningServers();
  const owner = servers.api.database.open('owner');
  organization = await createOrganization(owner, 'learning.example');
  stranger = await createOrganization(owner, 'stranger.example');
  workers = [await servers.flow.startWorker(), await servers.flow.startWorker()];
});
afterAll(async () => {
  await Promise.all((workers ?? []).map((worker) => worker.stop()));
  await servers?.stop();
});

let number = 0;
/** Every mail another one: identical content would be answered from what is kept. */
const report = (of = organization) => {
  number += 1;
  const mail = plainMail({
    from: 'Turbine watch <watch@plant.example>',
    subject: `Turbine ${number} readings`,
    text: `Readings of turbine ${number}: vibration and bearing temperature are within their limits.\r\n`,
  });
  return servers.flow.receiveAndEnd(of, mail);
};

interface Seen {
  id: string;
  label: { name: string; confidence: number; source: string; explanation: string | null };
}
const seen = async (id: string, of = organization): Promise<Seen> =>
  (
    await servers.ask<{ message: Seen }>(
      of.token,
      '{ message(id: "' + id + '") { id label { name confidence source explanation } } }',
    )
  ).message;

const CORRECT = `mutation ($input: CorrectionInput!) {
  correct(input: $input) { changed message { id } corrections { id said value givenBy endedAt saidByEngine } } }`;
interface Corrected {
  correct: { changed: boolean; corrections: { id: string; said: string | null; value: string; givenBy: string }[] };
}
const correct = (input: Record<string, unknown>, of = organization) =>
  servers.ask<Corrected>(of.token, CORRECT, { input }).then((data) => data.correct);
const withdraw = (id: string) =>
  servers.ask<{ withdrawCorrection: { changed: boolean } }>(
    organization.token,
    `mutation { withdrawCorrection(id: "${id}") { changed correction { endedAt endedBy } } }`,
  );

/** What was said is in force within about a second: for one of the next messages. */
const becomes = (name: string, of = organization) =>
  eventually(async () => {
    const { label } = await seen(await report(of), of);
    expect(label.name).toBe(name);
    return label;
  }, 20_000);

test('one correction to an own label names the next mail like it, for this organization alone, until it is taken back', async () => {
  await servers.ask(organization.token, 'mutation { saveTypeLabel(input: { name: "Plant" }) { name builtIn } }');
  const first = await seen(await report());
  expect(first.label.source).toBe('rules');
  const given = await correct({ messageId: first.id, kind: 'TYPE', value: 'plant' });
  expect(given).toMatchObject({
    changed: true,
    corrections: [{ said: first.label.name, value: 'Plant', givenBy: 'test', saidByEngine: 'content-rules 3' }],
  });
  expect(await correct({ messageId: first.id, kind: 'TYPE', value: 'Plant' })).toMatchObject({ changed: false });
  const label = await becomes('Plant');
  expect(label).toMatchObject({
    source: 'organization',
    explanation: expect.stringContaining('learned from 1 correction'),
  });
  const elsewhere = await seen(await report(stranger), stranger);
  expect(elsewhere.label).toMatchObject({ name: first.label.name, source: 'rules' });

  expect(await withdraw(given.corrections[0]!.id)).toMatchObject({ withdrawCorrection: { changed: true } });
  expect(await withdraw(given.corrections[0]!.id)).toMatchObject({ withdrawCorrection: { changed: false } });
  await becomes(first.label.name);
  const left = await servers.api.database
    .open('owner')
    .query('select 1 from correction_features where organization_id = $1', [organization.id]);
  expect(left, 'nothing is kept of a mail that no correction names').toEqual([]);
});

test('a stranger can neither correct nor see what is corrected here', async () => {
  const id = await report();
  await expect(correct({ messageId: id, kind: 'TYPE', value: 'invoice' }, stranger)).rejects.toThrow(
    /no incoming message/,
  );
  const given = await correct({ messageId: id, kind: 'PRIORITY', value: 'urgent' });
  const listed = await servers.ask(stranger.token, '{ corrections(ended: true) { id } learnedModels { id } }');
  expect(listed).toEqual({ corrections: [], learnedModels: [] });
  await expect(
    servers.ask(stranger.token, `mutation { withdrawCorrection(id: "${given.corrections[0]!.id}") { changed } }`),
  ).rejects.toThrow(/no correction/);
  await withdraw(given.corrections[0]!.id);
});

test('loses no correction where many are given at the same moment, and two workers answer by all of them', async () => {
  const ids = await Promise.all(Array.from({ length: 8 }, () => report()));
  await Promise.all(ids.map((messageId) => correct({ messageId, kind: 'TYPE', value: 'Plant' })));
  const { learnedModels } = await servers.ask<{ learnedModels: { kind: string; examples: number; updates: number }[] }>(
    organization.token,
    '{ learnedModels { kind examples updates } }',
  );
  expect(learnedModels.find(({ kind }) => kind === 'TYPE')).toEqual({ kind: 'TYPE', examples: 8, updates: 8 });
  const numbers = await servers.api.database
    .open('owner')
    .query<{ number: number }>(
      `select number from corrections where organization_id = $1 and kind = 'TYPE' order by number`,
      [organization.id],
    );
  expect(numbers.map((row) => row.number)).toEqual(numbers.map((_, at) => at + 1));
  await becomes('Plant');
  // A busy machine may keep one of them from the new model for a message or two; then both answer by it.
  await eventually(async () => {
    const labels = await Promise.all(Array.from({ length: 6 }, async () => (await seen(await report())).label.name));
    expect(labels).toEqual(Array.from({ length: 6 }, () => 'Plant'));
  }, 20_000);
});

test('spam, priority and suggestions are corrected the same way, and what was said before is kept', async () => {
  const id = await report();
  expect(await correct({ messageId: id, kind: 'SPAM', value: 'spam' })).toMatchObject({
    changed: true,
    corrections: [{ said: 'ham', value: 'spam' }],
  });
  expect(await correct({ messageId: id, kind: 'PRIORITY', value: 'high' })).toMatchObject({ changed: true });
  const { message } = await servers.ask<{
    message: { runs: { stages: { steps: { name: string; outcome: Record<string, unknown> | null }[] }[] }[] };
  }>(organization.token, `{ message(id: "${id}") { runs { stages { steps { name outcome } } } } }`);
  const steps = message.runs[0]!.stages.flatMap((stage) => stage.steps);
  const suggestions = steps.find(({ name }) => name === 'actionSuggestions')!.outcome as unknown as {
    suggestions: { action: string }[];
  };
  const [suggested] = suggestions.suggestions;
  expect(suggested).toBeDefined();
  expect(await correct({ messageId: id, kind: 'ACTION', action: suggested!.action, value: 'dismissed' })).toMatchObject(
    { changed: true, corrections: [{ said: 'accepted', value: 'dismissed' }] },
  );
  await expect(correct({ messageId: id, kind: 'ACTION', action: 'unheardOf', value: 'accepted' })).rejects.toThrow(
    /was not suggested/,
  );
  await expect(correct({ messageId: id, kind: 'TYPE', value: 'nonsense' })).rejects.toThrow(/must be one of/);
  await correct({ messageId: id, kind: 'SPAM', value: 'ham' });
  const { corrections } = await servers.ask<{ corrections: { kind: string; value: string; endedAt: string | null }[] }>(
    organization.token,
    `{ corrections(messageId: "${id}", ended: true) { kind value endedAt } }`,
  );
  expect(corrections.filter(({ kind }) => kind === 'SPAM')).toEqual([
    { kind: 'SPAM', value: 'ham', endedAt: null },
    { kind: 'SPAM', value: 'spam', endedAt: expect.any(String) },
  ]);
});
