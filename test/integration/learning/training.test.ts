import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LearningThreads } from '../../../src/adapters/learning/learning-threads.js';
import { acceptMessages } from '../../../src/adapters/messages/accept-messages.js';
import { endCorrection, recordCorrection } from '../../../src/adapters/learning/correction-record.js';
import type { WorkerProcess } from '../../../src/workers/worker-process.js';
import { trainingWorkflowId } from '../../../src/domain/training.js';
import { createOrganization, type TestOrganization } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { acceptedMail, plainMail } from '../../support/messages.js';
import { startLearningServers, type LearningServers } from './learning-servers.js';

const WORDS = {
  invoice: ['payment', 'amount', 'invoice', 'bank', 'account', 'balance', 'due'],
  meeting: ['meeting', 'agenda', 'room', 'calendar', 'attend', 'schedule', 'minutes'],
  order: ['order', 'shipment', 'parcel', 'tracking', 'warehouse', 'delivery', 'stock'],
  complaint: ['broken', 'refund', 'angry', 'disappointed', 'unacceptable', 'complaint', 'fault'],
} as const;
type Label = keyof typeof WORDS;
const LABELS = Object.keys(WORDS) as Label[];
/** The rules call all of them information. */
const RULES = { information: 0.7, invoice: 0.1, meeting: 0.1, order: 0.05, complaint: 0.05 };

let servers: LearningServers;
let worker: WorkerProcess;
let organization: TestOrganization;
const threads = new LearningThreads();

beforeAll(async () => {
  servers = await startLearningServers();
  organization = await createOrganization(servers.api.database.open('owner'), 'training.example');
  worker = await servers.flow.startWorker();
});
afterAll(async () => {
  await worker?.stop();
  await threads.close();
  await servers?.stop();
});

let number = 0;
/** A correction of a mail with words of one label. */
async function teach(label: Label, of = organization, messageId: string = randomUUID()): Promise<string> {
  number += 1;
  const words = Array.from({ length: 5 }, (_, at) => WORDS[label][(number * 3 + at * 2) % WORDS[label].length]);
  const mail = {
    subject: `${words[0]} ${words[1]}`,
    newText: `Dear team, ${words.join(' ')} number ${number}, kind regards`,
    from: [{ name: '', address: `sender${number}@example.com` }],
    to: [{ name: '', address: 'team@example.org' }],
    cc: [],
    listId: null,
    links: [],
    attachments: [],
  };
  const features = await threads.features({ mail, origin: 'person' });
  await servers.api.apiDatabase.withOrganization(of.id, (sql) =>
    recordCorrection(sql, {
      messageId,
      kind: 'TYPE',
      action: '',
      mailboxId: null,
      value: label,
      answered: { said: 'information', confidence: 0.7, by: {}, rules: RULES },
      features,
      by: 'ada',
    }),
  );
  return messageId;
}

interface Model {
  id: string;
  kind: string;
  examples: number;
  updates: number;
  untilTraining: number;
  trainingSince: string | null;
  versions: {
    id: string;
    number: number;
    parentId: string | null;
    promoted: boolean;
    current: boolean;
    reason: string;
    examples: number;
    withdrawnExamples: number;
    figures: { heldOut: number; accuracy: number | null; accuracyBefore: number | null; chance: number };
  }[];
}
const MODEL = `id kind examples updates untilTraining trainingSince versions { id number parentId promoted current reason
  examples withdrawnExamples figures { heldOut accuracy accuracyBefore chance } }`;
const model = async (of = organization): Promise<Model> => {
  const data = await servers.ask<{ learnedModels: Model[] }>(of.token, `{ learnedModels { ${MODEL} } }`);
  return data.learnedModels.find(({ kind }) => kind === 'TYPE')!;
};
const trained = (versions: number, of = organization) =>
  eventually(async () => {
    const now = await model(of);
    expect(now.versions).toHaveLength(versions);
    expect(now.trainingSince).toBeNull();
    return now;
  }, 60_000);

test('trains by itself after enough corrections and promotes what is better than the rules on held-out examples', async () => {
  for (let round = 0; round < 7; round += 1) for (const label of LABELS) await teach(label);
  const { versions, updates, examples } = await trained(1);
  expect(versions[0]).toMatchObject({ number: 1, parentId: null, promoted: true, current: true });
  expect(versions[0]!.figures.heldOut).toBeGreaterThanOrEqual(25);
  expect(versions[0]!.figures.accuracy!).toBeGreaterThan(versions[0]!.figures.accuracyBefore!);
  expect(versions[0]!.figures.chance).toBeLessThan(0.1);
  expect(examples).toBe(28);
  expect(updates).toBe(28 - versions[0]!.examples);
});

test('a training that is no better is rejected, kept with its figures, and changes no answer', async () => {
  const before = await model();
  // More of the same: what answers now gets them all right, and so nothing can be better.
  for (let at = 0; at < 24; at += 1) await teach(LABELS[at % 4]!);
  await servers.ask(organization.token, `mutation { trainModel(modelId: "${before.id}") { id } }`);
  const after = await eventually(async () => {
    const now = await model();
    expect(now.versions.length).toBeGreaterThan(1);
    expect(now.trainingSince).toBeNull();
    return now;
  }, 60_000);
  expect(after.versions[0]).toMatchObject({ promoted: false, current: false, parentId: before.versions[0]!.id });
  expect(after.versions[0]!.reason).toMatch(/not better|prove nothing/);
  expect(after.versions.find(({ current }) => current)!.id).toBe(before.versions[0]!.id);
});

test('a person goes back to no version and to the old one again, and a rejected one is refused', async () => {
  const { id, versions } = await model();
  const first = versions.find(({ promoted }) => promoted)!;
  const rejected = versions.find(({ promoted }) => !promoted)!;
  const answerWith = (version: string | null) =>
    servers.ask<{ answerWithVersion: Model }>(
      organization.token,
      `mutation ($version: ID) { answerWithVersion(modelId: "${id}", versionId: $version) { ${MODEL} } }`,
      { version },
    );
  const none = (await answerWith(null)).answerWithVersion;
  expect(none.versions.every(({ current }) => !current)).toBe(true);
  expect(none.updates).toBe(none.examples);
  const back = (await answerWith(first.id)).answerWithVersion;
  expect(back.versions.find(({ current }) => current)!.id).toBe(first.id);
  expect(back.untilTraining, 'the next one waits for new corrections').toBe(25);
  await expect(answerWith(rejected.id)).rejects.toThrow(/no version/);
});

test('answers that are contradicted more than at the promotion are told of, and so is their end', async () => {
  const owner = servers.api.database.open('owner');
  const { id } = await model();
  await owner.query(
    `update model_versions v set agreement = '{"answers": 200, "contradicted": 4}' from learned_models m
     where m.id = $1 and v.id = m.current_version`,
    [id],
  );
  const mails = Array.from({ length: 40 }, () => acceptedMail(organization, plainMail()));
  await servers.api.apiDatabase.withOrganization(organization.id, (sql) => acceptMessages(sql, mails));
  await eventually(async () => {
    const delivered = await owner.query(`select 1 from messages where organization_id = $1 and status = 'DELIVERED'`, [
      organization.id,
    ]);
    expect(delivered).toHaveLength(40);
  }, 60_000);
  const drift = async () => {
    const data = await servers.ask<{
      learnedModels: {
        kind: string;
        driftingSince: string | null;
        agreement: { answers: number; contradicted: number };
      }[];
    }>(organization.token, '{ learnedModels { kind driftingSince agreement { answers contradicted } } }');
    return data.learnedModels.find(({ kind }) => kind === 'TYPE')!;
  };
  for (const mail of mails.slice(0, 12)) await teach('order', organization, mail.id);
  expect(await drift()).toMatchObject({
    driftingSince: expect.any(String),
    agreement: { answers: 40, contradicted: 12 },
  });
  for (const mail of mails.slice(0, 12))
    await servers.api.apiDatabase.withOrganization(organization.id, (sql) =>
      endCorrection(sql, { messageId: mail.id, kind: 'TYPE', action: '', mailboxId: null }, 'ada'),
    );
  expect(await drift()).toMatchObject({ driftingSince: null, agreement: { answers: 40, contradicted: 0 } });
  const told = await owner.query<{ kind: string }>(
    `select kind from (select kind, organization_id from events union all select kind, organization_id from event_queue) e
     where organization_id = $1 and kind in ('model.drifting', 'model.recovered') order by kind`,
    [organization.id],
  );
  expect(told.map(({ kind }) => kind)).toEqual(['model.drifting', 'model.recovered']);
});

test('what is taken back is forgotten by a training at once, though it is no better', async () => {
  const { versions } = await model();
  const [oldest] = await servers.api.database
    .open('owner')
    .query<{ id: string }>(
      'select id from corrections where organization_id = $1 and ended_at is null order by number limit 1',
      [organization.id],
    );
  await servers.ask(organization.token, `mutation { withdrawCorrection(id: "${oldest!.id}") { changed } }`);
  const after = await trained(versions.length + 1);
  expect(after.versions[0]).toMatchObject({ promoted: true, current: true, withdrawnExamples: 0 });
  expect(after.versions.find(({ number: of }) => of === 1)!.withdrawnExamples).toBe(1);
});

test('a training whose worker stops in the middle goes on with another one, and is done once', async () => {
  const other = await createOrganization(servers.api.database.open('owner'), 'killed.example');
  await worker.stop();
  for (let round = 0; round < 30; round += 1) for (const label of LABELS) await teach(label, other);
  worker = await servers.flow.startWorker();
  const [row] = await eventually(async () => {
    const rows = await servers.api.database
      .open('owner')
      .query<{ id: string; training: number }>(
        'select id, training from learned_models where organization_id = $1 and training_since is not null',
        [other.id],
      );
    expect(rows).toHaveLength(1);
    return rows;
  }, 30_000);
  const workflow = servers.flow.client.workflow.getHandle(
    trainingWorkflowId({ modelId: row!.id, training: row!.training }),
  );
  await eventually(async () => {
    const { folds } = await workflow.query<{ folds: number }>('progress');
    expect(folds).toBeGreaterThan(0);
  }, 30_000);
  await worker.stop();
  worker = await servers.flow.startWorker();
  expect(await workflow.result()).toMatchObject({ result: 'promoted' });
  const { versions } = await trained(1, other);
  expect(versions[0]).toMatchObject({ promoted: true, examples: 120, figures: { heldOut: 120 } });
});
