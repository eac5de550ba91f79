import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../src/adapters/database/database.js';
import { createLogger } from '../../src/adapters/logger.js';
import type { ParserPoolOptions } from '../../src/adapters/parser-pool.js';
import { applyCommand } from '../../src/adapters/runs/commands.js';
import { startWorkerProcess, type WorkerProcess } from '../../src/workers/worker-process.js';
import {
  createOrganization,
  createTestDatabase,
  type TestDatabase,
  type TestOrganization,
} from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { deliverAll } from '../support/mail-senders.js';
import { plainMail } from '../support/messages.js';
import { startTemporal } from '../support/servers.js';
import { startTestIntake, type TestIntake } from '../support/test-intake.js';
import { ONWARD_SETTINGS } from '../support/onward-settings.js';

let database: TestDatabase;
let owner: Database;
let organization: TestOrganization;
let temporal: Awaited<ReturnType<typeof startTemporal>>;
let intake: TestIntake;
let worker: WorkerProcess;

const DEADLINE_MS = 8_000;

beforeAll(async () => {
  [database, temporal] = await Promise.all([createTestDatabase(), startTemporal()]);
  owner = database.open('owner');
  organization = await createOrganization(owner, 'example.org');
  intake = await startTestIntake(database);
  worker = await startWorker({ thread: new URL('../support/hanging-parser-thread.ts', import.meta.url) });
});

afterAll(async () => {
  await worker?.stop();
  await intake?.stop();
  await database?.drop();
  await temporal?.stop();
});

/** With one parser thread, the default: nothing but what makes way can keep others from waiting. */
function startWorker(parser: Pick<ParserPoolOptions, 'thread'>): Promise<WorkerProcess> {
  return startWorkerProcess(
    {
      databaseUrl: database.url,
      databasePool: 5,
      worker: { port: 0, queues: ['mail'], concurrency: 20 },
      parser: { threads: 1, deadlineMs: DEADLINE_MS, memoryMb: 256, ...parser },
      dns: { mode: 'off', servers: null },
      ...ONWARD_SETTINGS,
      authentication: { authservId: 'mx.example.org', trustedRelays: [], trustedSealers: [] },
      scanners: { clamd: null, rspamd: null, spamassassin: null },
      temporal: { address: temporal.address, namespace: temporal.namespace, searchBySender: false },
    },
    createLogger('worker', 'error'),
  );
}

const statusOf = async (id: string) =>
  (await owner.query<{ status: string }>('select status from messages where id = $1', [id]))[0]!.status;
const runsOf = (id: string) =>
  owner.query('select number, status from runs where message_id = $1 order by number', [id]);

test('a message that hangs its parser fails alone, delays no other, and can be reprocessed', async () => {
  await deliverAll(intake.port, [plainMail()]); // its thread is up and warm
  await eventually(async () =>
    expect((await owner.query(`select from messages where status = 'DELIVERED'`)).length).toBe(1),
  );

  const [hanging] = await deliverAll(intake.port, [plainMail({ headers: ['X-Parser: hang'] })]);
  await eventually(async () => expect(await statusOf(hanging!.id)).toBe('PROCESSING'));
  const others = await deliverAll(
    intake.port,
    Array.from({ length: 20 }, () => plainMail()),
  );
  await eventually(async () => {
    for (const { id } of others) expect(await statusOf(id)).toBe('DELIVERED');
  }, DEADLINE_MS - 1_000);
  expect(await statusOf(hanging!.id), 'while the others ended').toBe('PROCESSING');

  await eventually(async () => expect(await statusOf(hanging!.id)).toBe('FAILED'));
  const [step] = await owner.query(`select status, error from steps where message_id = $1 and name = 'parsing'`, [
    hanging!.id,
  ]);
  expect(step).toMatchObject({
    status: 'FAILED',
    error: { code: 'message', message: `the parser took longer than ${DEADLINE_MS} ms` },
  });

  await worker.stop();
  worker = await startWorker({});
  const app = database.open('everpost_app');
  const answer = await app.withOrganization(organization.id, (sql) =>
    applyCommand(sql, hanging!.id, 'reprocess', 'test'),
  );
  expect(answer.result).toBe('accepted');
  await eventually(async () =>
    expect(await runsOf(hanging!.id)).toEqual([
      { number: 1, status: 'FAILED' },
      { number: 2, status: 'DELIVERED' },
    ]),
  );
  expect(await statusOf(hanging!.id)).toBe('DELIVERED');
}, 90_000);
