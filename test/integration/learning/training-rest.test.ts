import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { WorkerProcess } from '../../../src/workers/worker-process.js';
import { TRAINING_WORKFLOW, trainingWorkflowId } from '../../../src/domain/training.js';
import { createOrganization } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { startLearningServers, type LearningServers } from './learning-servers.js';

let servers: LearningServers;
let worker: WorkerProcess | undefined;

beforeAll(async () => {
  servers = await startLearningServers();
});
afterAll(async () => {
  await worker?.stop();
  await servers?.stop();
});

interface Row {
  training: number;
  running: boolean;
  rests: boolean;
}

test('a training that failed is not begun again by itself before a rest, and at once where somebody asks', async () => {
  const owner = servers.api.database.open('owner');
  const organization = await createOrganization(owner, 'resting.example');
  const [failed, other] = [randomUUID(), randomUUID()];
  const input = { organizationId: organization.id, modelId: failed, training: 1 };
  const handle = await servers.flow.client.workflow.start(TRAINING_WORKFLOW, {
    workflowId: trainingWorkflowId(input),
    taskQueue: 'nobody',
    args: [input],
  });
  await handle.terminate('its thread ran out of memory twenty times');
  // Something was taken back that the version had learned: due at once, over and over.
  const insert = `insert into learned_models (id, organization_id, kind, withdrawn, training, training_since, updated_at)
    values ($1, $2, $3, 1, $4, $5, $6)`;
  const ago = (seconds: number) => new Date(Date.now() - seconds * 1_000);
  await owner.query(insert, [failed, organization.id, 'TYPE', 1, ago(120), ago(120)]);
  worker = await servers.flow.startWorker();
  const read = async (id: string): Promise<Row> => {
    const [row] = await owner.query<Row & Record<string, unknown>>(
      `select training, training_since is not null as running, rests_until > now() as rests
       from learned_models where id = $1`,
      [id],
    );
    return row!;
  };
  await eventually(async () => {
    expect(await read(failed)).toEqual({ training: 1, running: false, rests: true });
  }, 30_000);
  // Later rounds begin with the oldest change: where this one is begun, the other was passed over.
  await owner.query(insert, [other, organization.id, 'PRIORITY', 0, null, ago(0)]);
  await eventually(async () => expect((await read(other)).training).toBeGreaterThan(0), 30_000);
  expect(await read(failed)).toMatchObject({ training: 1, running: false });
  await servers.ask(organization.token, `mutation { trainModel(modelId: "${failed}") { id } }`);
  await eventually(async () => expect((await read(failed)).training).toBe(2), 30_000);
});
