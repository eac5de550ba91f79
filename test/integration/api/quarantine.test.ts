import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { randomUUID } from 'node:crypto';
import type { Database } from '../../../src/adapters/database/database.js';
import { createOrganization, type TestOrganization } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { IncomingFlow } from '../../support/incoming-flow.js';
import { plainMail } from '../../support/messages.js';
import { startTemporal } from '../../support/servers.js';
import { bundleWorkflows } from '../../support/workflow-build.js';
import type { WorkerProcess } from '../../../src/workers/worker-process.js';
import { startTestApi, type TestApi } from './test-api.js';

let temporal: Awaited<ReturnType<typeof startTemporal>>;
let api: TestApi;
let flow: IncomingFlow;
let worker: WorkerProcess;
let owner: Database;
let organization: TestOrganization;
let other: TestOrganization;

beforeAll(async () => {
  let build;
  [temporal, api, build] = await Promise.all([startTemporal(), startTestApi(), bundleWorkflows()]);
  owner = api.database.open('owner');
  organization = await createOrganization(owner, 'example.org');
  other = await createOrganization(owner, 'other.example');
  flow = new IncomingFlow({
    databaseUrl: api.database.url,
    app: api.database.open('everpost_app'),
    system: api.database.open('everpost_system'),
    temporal,
    build,
  });
  worker = await flow.startWorker();
});
afterAll(async () => {
  await worker?.stop();
  await flow?.close();
  await api?.close();
  await temporal?.stop();
});
let spam: Buffer;
beforeEach(async () => {
  const sample = await readFile(path.resolve(import.meta.dirname, '../../../samples/spam-gtube.eml'));
  spam = Buffer.concat([Buffer.from(`X-Test: ${randomUUID()}\r\n`), sample]);
});

const ask = async <Data>(query: string, variables: Record<string, unknown> = {}, of = organization): Promise<Data> => {
  const { data, errors } = await api.graphql<Data>(of.token, query, variables);
  expect(errors).toBeUndefined();
  return data!;
};

interface Result {
  id: string;
  done: boolean;
  learned: boolean;
  problem: string | null;
  message: { status: string; deletedAt: string | null; deletedBy: string | null } | null;
}
const RESULT = '{ id done learned problem message { status deletedAt deletedBy } }';
const release = (ids: string[], learn = false, of = organization) =>
  ask<{ releaseQuarantined: Result[] }>(
    `mutation ($ids: [ID!]!, $learn: Boolean) { releaseQuarantined(ids: $ids, learn: $learn) ${RESULT} }`,
    { ids, learn },
    of,
  ).then(({ releaseQuarantined }) => releaseQuarantined);
const remove = (ids: string[], of = organization) =>
  ask<{ deleteQuarantined: Result[] }>(
    `mutation ($ids: [ID!]!) { deleteQuarantined(ids: $ids) ${RESULT} }`,
    { ids },
    of,
  ).then(({ deleteQuarantined }) => deleteQuarantined);
const listed = async (more = '', of = organization) => {
  const { quarantine } = await ask<{ quarantine: { totalCount: number; edges: { node: { id: string } }[] } }>(
    `{ quarantine(first: 50${more}) { totalCount edges { node { id dispositionReason labels } } } }`,
    {},
    of,
  );
  const ids = quarantine.edges.map(({ node }) => node.id);
  expect(quarantine.totalCount).toBe(ids.length);
  return ids;
};
const chunksOf = async (sha256: Buffer) => {
  const [row] = await owner.query<{ count: number }>('select count(*) from blob_chunks where sha256 = $1', [sha256]);
  return row!.count;
};
const hashOf = async (id: string) => {
  const [row] = await owner.query<{ sha256: Buffer }>('select sha256 from messages where id = $1', [id]);
  return row!.sha256;
};

test('lists what is quarantined, narrowed by mailbox, label and words', async () => {
  const id = await flow.receiveAndEnd(organization, spam);
  await flow.receiveAndEnd(organization, plainMail());
  await ask('mutation ($id: ID!) { labelMessage(messageId: $id, add: ["to check", "old"]) { labels } }', { id });
  const { labelMessage } = await ask<{ labelMessage: { labels: string[] } }>(
    'mutation ($id: ID!) { labelMessage(messageId: $id, add: [" to check "], remove: ["old"]) { labels } }',
    { id },
  );
  expect(labelMessage.labels).toEqual(['to check']);
  expect(await listed()).toContain(id);
  expect(await listed(', label: "to check"')).toEqual([id]);
  expect(await listed(', label: "old"')).toEqual([]);
  expect(await listed(`, mailboxId: "${organization.mailboxId}"`)).toContain(id);
  expect(await listed(`, mailboxId: "${randomUUID()}"`)).toEqual([]);
  expect(await listed('', other)).toEqual([]);
  const { messages } = await ask<{ messages: { edges: unknown[] } }>(
    '{ messages(filter: { label: "to check" }) { edges { node { id } } } }',
  );
  expect(messages.edges).toEqual([{ node: { id } }]);
  const { errors } = await api.graphql(other.token, `mutation { labelMessage(messageId: "${id}", add: ["x"]) { id } }`);
  expect(errors?.[0]?.extensions.code).toBe('NOT_FOUND');
});

test('releases, and teaches the spam filter by it where asked', async () => {
  const [released, taught, ham] = [
    await flow.receiveAndEnd(organization, spam),
    await flow.receiveAndEnd(organization, Buffer.concat([Buffer.from('X-Second: yes\r\n'), spam])),
    await flow.receiveAndEnd(organization, plainMail()),
  ];
  expect(await release([released, ham, 'x', randomUUID()])).toMatchObject([
    { id: released, done: true, learned: false, problem: null, message: { status: 'RECEIVED' } },
    { id: ham, done: false, problem: 'it is not in the quarantine: it is DELIVERED' },
    { id: 'x', done: false, problem: 'there is no such message', message: null },
    { done: false, problem: 'there is no such message' },
  ]);
  expect(await release([taught], false, other)).toMatchObject([{ done: false, message: null }]);
  expect(await release([taught], true)).toMatchObject([{ done: true, learned: true }]);
  for (const id of [released, taught]) {
    await eventually(async () =>
      expect(await flow.message(organization, id)).toMatchObject({ status: 'DELIVERED', disposition: 'deliver' }),
    );
  }
  const lessons = await owner.query(
    'select message_id as id, is_spam as spam, mailbox_id as mailbox from spam_lessons',
  );
  expect(lessons).toEqual([{ id: taught, spam: false, mailbox: null }]);
});

test('deletes bytes for good, but not those that another message has; the row says who and when', async () => {
  const [first, second] = [await flow.receiveAndEnd(organization, spam), await flow.receiveAndEnd(organization, spam)];
  const elsewhere = await flow.receive(other, spam, {
    recipients: [{ address: 'team@other.example', mailboxId: other.mailboxId }],
  });
  const sha256 = await hashOf(first);
  expect(sha256.equals(await hashOf(second))).toBe(true);
  expect(await remove([first])).toMatchObject([
    { id: first, done: true, message: { status: 'QUARANTINED', deletedBy: 'test', deletedAt: expect.any(String) } },
  ]);
  // Ours of the second message, and the other organization's own.
  expect(await chunksOf(sha256)).toBe(2);
  expect(await remove([first])).toMatchObject([{ done: false, problem: 'it was deleted before' }]);
  expect(await remove([second], other)).toMatchObject([{ done: false, message: null }]);
  expect(await remove([second])).toMatchObject([{ done: true }]);
  expect(await chunksOf(sha256)).toBe(1);
  expect(await hashOf(elsewhere)).toEqual(sha256);
  expect(await listed()).not.toContain(second);

  const raw = await fetch(`${api.api.url}/messages/${first}/raw`, {
    headers: { authorization: `Bearer ${organization.token}` },
  });
  expect(raw.status).toBe(404);
  expect(await release([first])).toMatchObject([{ done: false, problem: expect.stringContaining('deleted') }]);
  expect(await flow.command(organization, first, 'reprocess')).toMatchObject({ result: 'refused' });
  const { data, errors } = await api.graphql(organization.token, `{ testRules(messageId: "${first}") { reason } }`);
  expect({ data, code: errors?.[0]?.extensions.code }).toEqual({ data: null, code: 'BAD_USER_INPUT' });
  const [left] = await owner.query(
    `select (select count(*) from steps where message_id = $1 and outcome is not null) as outcomes,
       (select count(*) from message_words where message_id = $1) as words,
       (select count(*) from event_queue where message_id = $1 and kind = 'message.deleted')
         + (select count(*) from events where message_id = $1 and kind = 'message.deleted') as events`,
    [first],
  );
  expect(left).toEqual({ outcomes: 0, words: 0, events: 1 });

  // The same mail once more is taken with its bytes, and the deleted message does not come back by it.
  const again = await flow.receiveAndEnd(organization, spam);
  expect(await chunksOf(sha256)).toBe(2);
  expect(await flow.rawHash(organization, again)).toMatch(/^[\da-f]{64}$/);
  const { message } = await ask<{ message: { rawSource: string | null } }>(`{ message(id: "${first}") { rawSource } }`);
  expect(message.rawSource).toBeNull();
});

test('a digest goes through the flow as our own mail: delivered, and nothing answers it', async () => {
  const digestHour = 0;
  const { updateQuarantine } = await ask<{ updateQuarantine: { quarantine: object } }>(
    'mutation ($input: UpdateQuarantineInput!) { updateQuarantine(input: $input) { quarantine { digestHour retentionDays } } }',
    { input: { digestHour, retentionDays: null } },
  );
  expect(updateQuarantine.quarantine).toEqual({ digestHour: 0, retentionDays: null });
  const id = await flow.receiveAndEnd(organization, spam);
  // The last minute is left to the next digest.
  await owner.query(`update runs set ended_at = ended_at - interval '5 minutes' where message_id = $1`, [id]);
  await owner.query('delete from quarantine_digests');
  // A worker of its own: its duty looks when it starts.
  const second = await flow.startWorker();
  await worker.stop();
  worker = second;
  await eventually(async () => {
    const [digest] = await owner.query<{ id: string }>(`select id from messages where source = 'system'`);
    expect(await flow.message(organization, digest!.id)).toMatchObject({
      status: 'DELIVERED',
      reason: 'Everpost itself wrote it',
    });
    const steps = await flow.steps(organization, digest!.id);
    expect(steps.find(({ name }) => name === 'parsing')?.outcome).toMatchObject({
      origin: expect.not.stringMatching('person'),
    });
    const templates = steps.find(({ name }) => name === 'responseTemplates')?.outcome as { templates: unknown[] };
    expect(templates.templates).toEqual([]);
  });
  const { errors } = await api.graphql(
    organization.token,
    'mutation { updateQuarantine(input: { digestHour: 25, retentionDays: 0 }) { id } }',
  );
  expect(errors?.[0]?.extensions['problems']).toHaveLength(2);
});
