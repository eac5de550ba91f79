import { afterAll, beforeAll, expect, test } from 'vitest';
import { acceptMessages } from '../../../src/adapters/messages/accept-messages.js';
import { createOrganization, type TestOrganization } from '../../support/database.js';
import { acceptedMail, plainMail } from '../../support/messages.js';
import { keyOf, SimulatedWorker } from './simulated-worker.js';
import { startTestApi, type TestApi } from './test-api.js';

let api: TestApi;
let ours: TestOrganization;
let theirs: TestOrganization;

beforeAll(async () => {
  api = await startTestApi();
  const owner = api.database.open('owner');
  ours = await createOrganization(owner, 'ours.example');
  theirs = await createOrganization(owner, 'theirs.example');
}, 60_000);
afterAll(() => api?.close());

test('what a message names is told with it, to its own organization alone', async () => {
  const accepted = acceptedMail(ours, plainMail({ text: 'Ann Lee pays on Friday.' }));
  await api.database.open('everpost_system').asSystem((sql) => acceptMessages(sql, [accepted]));
  const ask = (token: string) =>
    api.graphql<{ message: { entities: unknown[] } | null }>(
      token,
      'query($id: ID!) { message(id: $id) { entities { kind text value until confidence at } } }',
      { id: accepted.id },
    );
  expect((await ask(ours.token)).data?.message?.entities).toEqual([]);
  const worker = new SimulatedWorker(api.database.open('everpost_app'));
  await worker.begin(keyOf(accepted));
  const person = { kind: 'person', text: 'Ann Lee', value: 'Ann Lee', confidence: 0.9, at: 0 };
  const week = { kind: 'dateTime', text: 'this week', value: '2026-11-16', until: '2026-11-22', confidence: 0.8 };
  await worker.step(keyOf(accepted), { name: 'contentAnalysis', confidence: 1, outcome: { entities: [person, week] } });
  expect((await ask(ours.token)).data?.message?.entities).toEqual([
    { ...person, until: null },
    { ...week, at: null },
  ]);
  expect((await ask(theirs.token)).data?.message).toBeNull();
});
