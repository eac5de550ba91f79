import { env } from 'node:process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { unpackFeatures } from '../../src/engines/learning/packed-features.js';
import type { WorkerProcess } from '../../src/workers/worker-process.js';
import { createOrganization, type TestOrganization } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { plainMail } from '../support/messages.js';
import { startLearningServers, type LearningServers } from './learning/learning-servers.js';

let servers: LearningServers;
let worker: WorkerProcess;
let organization: TestOrganization;
let stranger: TestOrganization;

beforeAll(async () => {
  servers = await startLearningServers();
  const owner = servers.api.database.open('owner');
  organization = await createOrganization(owner, 'similar.example');
  stranger = await createOrganization(owner, 'stranger.example');
  worker = await servers.flow.startWorker();
});
afterAll(async () => {
  await worker?.stop();
  await servers?.stop();
});

let number = 10;
const receive = (subject: string, text: string, of = organization) =>
  servers.flow.receiveAndEnd(of, plainMail({ subject, text: `${text}\r\n` }));
const similar = async (id: string, first: number, of = organization) =>
  (
    await servers.ask<{ similarMessages: { likeness: number; message: { id: string } }[] }>(
      of.token,
      `{ similarMessages(messageId: "${id}", first: ${first}) { likeness message { id } } }`,
    )
  ).similarMessages;

test('finds the mail that is about the same, never a stranger’s, and says so where nothing is known', async () => {
  const turbine = 'The turbine at the north plant vibrates since Monday. Please send a mechanic with bearings.';
  const asked = await receive('Turbine', turbine);
  const reply = await receive('Mechanic', 'A mechanic with new bearings goes to the turbine at the north plant today.');
  const others = [
    await receive('Invoice', 'Your invoice over 300 euros is due. Kindly transfer the amount to our account.'),
    await receive('Lunch', 'Shall we have lunch together on Thursday? The new place has noodles.'),
  ];
  const theirs = await receive('Turbine', turbine, stranger);
  const found = await similar(asked, 10);
  expect(found.map(({ message }) => message.id)).toEqual(expect.arrayContaining([reply, ...others]));
  expect(found).toHaveLength(3);
  expect(found[0]!.message.id).toBe(reply);
  expect(found[0]!.likeness).toBeGreaterThan(found[1]!.likeness + 0.2);
  expect(await similar(asked, 1)).toHaveLength(1);
  expect(await similar(theirs, 10, stranger)).toEqual([]);
  await expect(similar(asked, 10, stranger)).rejects.toThrow(/there is no message/);
  await servers.api.database.open('owner').query('delete from message_embeddings where message_id = $1', [asked]);
  await expect(similar(asked, 10)).rejects.toThrow(/reprocess it/);
});

test('mail that came before meanings were known is found by its words, and finds by them', async () => {
  const own = await createOrganization(servers.api.database.open('owner'), 'earlier.example');
  const earlier = await receive('Pump', 'The pump of the west hall leaks; please order two seals.', own);
  const later = await receive('Seals', 'Two seals for the pump of the west hall were ordered today.', own);
  await receive('Lunch', 'Shall we have lunch together on Thursday?', own);
  await servers.api.database
    .open('owner')
    .query(
      `update message_embeddings set space = 'words-1', vector = substring(vector from 257) where message_id = $1`,
      [earlier],
    );
  const ask = (id: string) =>
    servers.ask<{ similarMessages: { space: string; message: { id: string } }[] }>(
      own.token,
      `{ similarMessages(messageId: "${id}") { space message { id } } }`,
    );
  expect((await ask(later)).similarMessages[0]).toEqual({ space: 'words-1', message: { id: earlier } });
  const [first, second] = (await ask(earlier)).similarMessages;
  expect(first).toEqual({ space: 'words-1', message: { id: later } });
  expect(second!.space).toBe('words-1');
});

test('with a model folder mail is compared by what it means, and corrections learn from that too', async (context) => {
  const embeddingModel = env['EVERPOST_EMBEDDING_MODEL'] ?? null;
  if (embeddingModel === null) return context.skip('EVERPOST_EMBEDDING_MODEL names no model folder');
  await worker.stop();
  worker = await servers.flow.startWorker({ embeddingModel });
  const asked = await receive('Car', 'My automobile broke down on the motorway.');
  const related = await receive('Vehicle', 'The vehicle needs to be repaired by a garage.');
  await receive('Music', 'The orchestra plays a symphony tonight.');
  const [likest] = await similar(asked, 1);
  expect(likest!.message.id).toBe(related);
  const subjects: Record<string, string[]> = {
    Garage: ['My van broke down near the bridge.', 'The brakes of the truck squeal.', 'Our lorry has a flat tyre.'],
    Concert: ['The orchestra plays tonight.', 'Two tickets for the opera.', 'The band rehearses its songs.'],
    Doctor: ['I have a fever and a cough.', 'My knee hurts since the fall.', 'The nurse took a blood sample.'],
    Kitchen: ['We bake bread with rye flour.', 'The soup needs more salt.', 'Chop the onions and fry them.'],
  };
  for (const [name, texts] of Object.entries(subjects)) {
    await servers.ask(organization.token, `mutation { saveTypeLabel(input: { name: "${name}" }) { name } }`);
    for (const text of texts) {
      const messageId = await receive('Note', text);
      const input = { messageId, kind: 'TYPE', value: name };
      await servers.ask(
        organization.token,
        'mutation ($input: CorrectionInput!) { correct(input: $input) { changed } }',
        {
          input,
        },
      );
    }
  }
  const kept = await servers.api.database
    .open('owner')
    .query<{ features: Buffer }>('select features from correction_features where organization_id = $1', [
      organization.id,
    ]);
  expect(kept).toHaveLength(12);
  for (const { features } of kept) expect(unpackFeatures(features).blocks.map(({ kind }) => kind)).toContain('meaning');
  // None of its words is in an example.
  await eventually(async () => {
    const next = await receive('Note', `An automobile engine overheated, so it was towed ${number++} miles.`);
    const { message } = await servers.ask<{ message: { label: { name: string } } }>(
      organization.token,
      `{ message(id: "${next}") { label { name } } }`,
    );
    expect(message.label.name).toBe('Garage');
  }, 20_000);
});
