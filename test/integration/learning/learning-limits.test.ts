import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { recordCorrection } from '../../../src/adapters/learning/correction-record.js';
import { Trainings } from '../../../src/adapters/learning/trainings.js';
import { NO_EVALUATION } from '../../../src/domain/promotion.js';
import { acceptMessages } from '../../../src/adapters/messages/accept-messages.js';
import { acceptedMail, plainMail } from '../../support/messages.js';
import { createOrganization, type TestOrganization } from '../../support/database.js';
import { startTestApi, type TestApi } from '../api/test-api.js';

let api: TestApi;
let organization: TestOrganization;

beforeAll(async () => {
  api = await startTestApi();
  organization = await createOrganization(api.database.open('owner'), 'limits.example');
});
afterAll(() => api?.close());

const correct = (messageId: string, mailboxId: string | null) =>
  api.apiDatabase.withOrganization(organization.id, (sql) =>
    recordCorrection(sql, {
      messageId,
      kind: 'TYPE',
      action: '',
      mailboxId,
      value: 'invoice',
      answered: { said: 'newsletter', confidence: 0.5, by: {}, rules: {} },
      features: Buffer.from([1]),
      by: 'ada',
    }),
  );

const code = async (query: string) => (await api.graphql(organization.token, query)).errors?.[0]?.extensions.code;

test('a mailbox that is removed takes along what was kept of mail that no other correction names', async () => {
  const [own, shared] = [randomUUID(), randomUUID()];
  await correct(own, organization.mailboxId);
  await correct(shared, organization.mailboxId);
  await correct(shared, null);
  expect(await code(`mutation { removeMailbox(id: "${organization.mailboxId}") { id } }`)).toBeUndefined();
  const kept = await api.database
    .open('owner')
    .query<{ id: string }>('select message_id as id from correction_features where organization_id = $1', [
      organization.id,
    ]);
  expect(kept.map(({ id }) => id)).toEqual([shared]);
});

test('the last label that messages are called by can neither be switched off nor removed', async () => {
  const { data } = await api.graphql<{ typeLabels: { name: string }[] }>(organization.token, '{ typeLabels { name } }');
  await api.graphql(organization.token, 'mutation { saveTypeLabel(input: { name: "Ours" }) { name } }');
  for (const { name } of data!.typeLabels)
    expect(await code(`mutation { saveTypeLabel(input: { name: "${name}", enabled: false }) { name } }`)).toBe(
      undefined,
    );
  expect(await code('mutation { saveTypeLabel(input: { name: "Ours", enabled: false }) { name } }')).toBe(
    'BAD_USER_INPUT',
  );
  expect(await code('mutation { removeTypeLabel(name: "ours") }')).toBe('CONFLICT');
  expect(await code(`mutation { removeTypeLabel(name: "${data!.typeLabels[0]!.name}") }`)).toBe(undefined);
  expect(await code('mutation { removeTypeLabel(name: "ours") }')).toBe(undefined);
});

test.each([
  ['description', 'description: "one\\u0000two"'],
  ['words', 'words: ["one\\u0000two"]'],
  ['words', 'words: ["one\\ntwo"]'],
])('refuses a label whose %s cannot be kept', async (_field, fields) => {
  expect(await code(`mutation { saveTypeLabel(input: { name: "Odd", ${fields} }) { name } }`)).toBe('BAD_USER_INPUT');
  expect(await code('mutation { removeTypeLabel(name: "no\\u0000name") }')).toBe(undefined);
});

test('says of a message that was deleted that it was, not that it waits for its run', async () => {
  const other = await createOrganization(api.database.open('owner'), 'deleted.example');
  const accepted = acceptedMail(other, plainMail({ text: 'Gone by now.\r\n' }));
  await api.apiDatabase.withOrganization(other.id, (sql) => acceptMessages(sql, [accepted]));
  const problem = async () =>
    (
      await api.graphql(
        other.token,
        `mutation { correct(input: { messageId: "${accepted.id}", kind: TYPE, value: "newsletter" }) { changed } }`,
      )
    ).errors?.[0];
  expect(await problem()).toMatchObject({ message: expect.stringContaining('not analysed yet') as string });
  await api.database.open('owner').query('update messages set deleted_at = now() where id = $1', [accepted.id]);
  expect(await problem()).toMatchObject({
    message: expect.stringContaining('deleted') as string,
    extensions: { code: 'CONFLICT' },
  });
});

test('keeps the weights of the newest promoted versions, and says so of older ones', async () => {
  const trainings = new Trainings(api.apiDatabase);
  await correct(randomUUID(), null);
  const [model] = await api.database
    .open('owner')
    .query<{ id: string }>(`select id from learned_models where organization_id = $1 and mailbox_id is null`, [
      organization.id,
    ]);
  const modelId = model!.id;
  for (let training = 1; training <= 22; training += 1) {
    const input = { organizationId: organization.id, modelId, training };
    await api.database
      .open('owner')
      .query('update learned_models set training = $2, training_since = now() where id = $1', [modelId, training]);
    const plan = await trainings.plan(input);
    const verdict = { promoted: true, reason: 'a test' };
    const trained = { weights: Buffer.from([training]), labels: ['invoice'] };
    const report = await trainings.conclude(
      { ...input, plan: plan!, evaluation: NO_EVALUATION, verdict },
      { engine: 'test', version: '1' },
      trained,
    );
    expect(report.result).toBe('promoted');
  }
  const versions = await api.database
    .open('owner')
    .query<{ id: string; number: number; kept: boolean }>(
      'select id, number, weights is not null as kept from model_versions where model_id = $1 order by number',
      [modelId],
    );
  expect(versions.filter(({ kept }) => !kept).map(({ number }) => number)).toEqual([1, 2]);
  const answerWith = (id: string) =>
    code(`mutation { answerWithVersion(modelId: "${modelId}", versionId: "${id}") { id } }`);
  expect(await answerWith(versions[0]!.id)).toBe('CONFLICT');
  expect(await answerWith(versions[2]!.id)).toBe(undefined);
});
