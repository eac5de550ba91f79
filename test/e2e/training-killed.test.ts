import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Database } from '../../src/adapters/database/database.js';
import { recordCorrection } from '../../src/adapters/learning/correction-record.js';
import { packFeatures } from '../../src/engines/learning/packed-features.js';
import { featuresOf } from '../../src/engines/learning/text-features.js';
import { eventually } from '../support/eventually.js';
import { Processes } from '../support/processes.js';

let processes: Processes;
let database: Database;
let app: Database;

beforeAll(async () => {
  processes = await Processes.prepare();
  database = processes.openDatabase();
  app = new Database({
    url: processes.postgres.url,
    role: 'everpost_app',
    poolSize: 2,
    applicationName: 'test',
    onIdleError: () => undefined, // the test ends the server
  });
});

afterAll(async () => {
  await Promise.all([app?.close(), database?.close()]);
  await processes?.end();
});

const EXAMPLES = 400;
const LABELS = ['invoice', 'meeting', 'order', 'complaint'] as const;

test('a training whose worker is killed is done by the next one, once, and answers with its version', async () => {
  const [organization] = await database.query<{ id: string }>('select id from organizations');
  const { id } = organization!;
  await app.withOrganization(id, async (sql) => {
    for (let at = 0; at < EXAMPLES; at += 1) {
      const value = LABELS[at % LABELS.length]!;
      const text = `${value} ${at} ${value}s of the week ${at % 7}, as agreed with the people of ${value} desk ${at % 11}`;
      await recordCorrection(sql, {
        messageId: randomUUID(),
        kind: 'TYPE',
        action: '',
        mailboxId: null,
        value,
        answered: { said: 'information', confidence: 0.6, by: {}, rules: { information: 0.6, personal: 0.4 } },
        features: packFeatures(featuresOf({ subject: value, text })),
        by: 'ada',
      });
    }
  });
  const model = async () => {
    const [row] = await database.query<{ training: number; running: boolean; versions: number; current: boolean }>(
      `select training, training_since is not null as running, current_version is not null as current,
         (select count(*)::int from model_versions) as versions from learned_models`,
    );
    return row!;
  };
  await processes.start('worker');
  await eventually(async () => expect(await model()).toMatchObject({ training: 1, running: true }), 30_000);
  await processes.kill('worker');
  expect(await model()).toMatchObject({ training: 1, running: true, versions: 0 });
  await processes.start('worker');
  await eventually(async () => expect((await model()).running).toBe(false), 90_000);
  expect(await model()).toEqual({ training: 1, running: false, versions: 1, current: true });
}, 180_000);
