import { afterAll, beforeAll, expect, test } from 'vitest';
import { Trainings } from '../../../src/adapters/learning/trainings.js';
import type { WorkerProcess } from '../../../src/workers/worker-process.js';
import { createOrganization, type TestOrganization } from '../../support/database.js';
import { plainMail } from '../../support/messages.js';
import { startLearningServers, type LearningServers } from './learning-servers.js';

let servers: LearningServers;
let worker: WorkerProcess;
let organization: TestOrganization;

beforeAll(async () => {
  servers = await startLearningServers();
  organization = await createOrganization(servers.api.database.open('owner'), 'consents.example');
  worker = await servers.flow.startWorker();
}, 120_000);
afterAll(async () => {
  await worker?.stop();
  await servers?.stop();
});

let mails = 0;
const receive = () => {
  mails += 1;
  const text = `Could you tell us when berth ${mails} is free again?\r\n`;
  return servers.flow.receiveAndEnd(organization, plainMail({ subject: `Berth ${mails}`, text }));
};
const correct = (messageId: string, kind: string, value: string) =>
  servers.ask(organization.token, 'mutation ($input: CorrectionInput!) { correct(input: $input) { changed } }', {
    input: { messageId, kind, value, scope: 'ORGANIZATION' },
  });

test('a training reads the mails in between whose type nobody corrected, and no others', async () => {
  await receive();
  const before = await receive();
  await correct(before, 'TYPE', 'complaint');
  const silent = await receive();
  await correct(silent, 'PRIORITY', 'high');
  const last = await receive();
  await correct(last, 'TYPE', 'complaint');
  await receive();
  const database = servers.api.database.open('everpost_app');
  const [model] = await database.oneOfOrganization<{ id: string; kind: string }>(
    organization.id,
    `select id, kind from learned_models where kind = 'TYPE'`,
    [],
  );
  const trainings = new Trainings(database);
  const input = { organizationId: organization.id, modelId: model!.id, training: 0 };
  const plan = (await trainings.plan(input))!;
  const consents = await trainings.consents(input, plan);
  expect(consents.map(({ messageId }) => messageId)).toEqual([silent]);
  expect(consents[0]).toMatchObject({ label: expect.any(String) as string, origin: 'person', isNew: true });
  expect(consents[0]!.rules).toHaveProperty('question');
  expect(await trainings.consents(input, { ...plan, kind: 'PRIORITY' })).toEqual([]);
  expect(await trainings.consents(input, { ...plan, examples: 0 })).toEqual([]);
});
