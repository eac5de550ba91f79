import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../src/adapters/database/database.js';
import { createLogger } from '../../src/adapters/logger.js';
import { acceptMessages } from '../../src/adapters/messages/accept-messages.js';
import { applyCommand } from '../../src/adapters/runs/commands.js';
import { readOwnBuild, type WorkflowBuild } from '../../src/workers/workflow-bundle.js';
import { startWorkerProcess, type WorkerProcess } from '../../src/workers/worker-process.js';
import {
  createOrganization,
  createTestDatabase,
  type TestDatabase,
  type TestOrganization,
} from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { acceptedMail, plainMail } from '../support/messages.js';
import { startTemporal } from '../support/servers.js';
import { ONWARD_SETTINGS } from '../support/onward-settings.js';

let database: TestDatabase;
let temporal: Awaited<ReturnType<typeof startTemporal>>;
let owner: Database;
let organization: TestOrganization;
const workers: WorkerProcess[] = [];

beforeAll(async () => {
  [database, temporal] = await Promise.all([createTestDatabase(), startTemporal()]);
  owner = database.open('owner', 1);
  organization = await createOrganization(owner, 'example.org');
});
afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.stop()));
  await database?.drop();
  await temporal?.stop();
});

async function startWorker(build: WorkflowBuild): Promise<WorkerProcess> {
  const worker = await startWorkerProcess(
    {
      databaseUrl: database.url,
      databasePool: 5,
      worker: { port: 0, queues: ['mail'], concurrency: 20 },
      parser: { threads: 1, deadlineMs: 5_000, memoryMb: 256 },
      dns: { mode: 'off', servers: null },
      ...ONWARD_SETTINGS,
      authentication: { authservId: 'mx.example.org', trustedRelays: [], trustedSealers: [] },
      scanners: { clamd: null, rspamd: null, spamassassin: null },
      temporal: { address: temporal.address, namespace: temporal.namespace, searchBySender: false },
    },
    createLogger('worker', 'error'),
    build,
  );
  workers.push(worker);
  return worker;
}

async function receive(from: string): Promise<string> {
  const message = acceptedMail(organization, plainMail({ from }));
  await database.open('everpost_system', 1).asSystem((sql) => acceptMessages(sql, [message]));
  return message.id;
}

const runOf = async (id: string) => {
  const [run] = await owner.query<{ status: string; build_id: string }>(
    'select status, build_id from runs where message_id = $1',
    [id],
  );
  return run!;
};

test('a message in flight ends on the code that it began on, while new ones begin on the next release', async () => {
  const first = await readOwnBuild();
  // At its head: the source map at its end is read as base64, whatever follows it.
  const next = { buildId: 'next-release', code: `// the next release\n${first.code}` };
  const before = await startWorker(first);
  const held = await receive('Accounts <accounts@secure-example.com>');
  await eventually(async () => expect(await runOf(held)).toEqual({ status: 'HELD', build_id: first.buildId }));
  await before.stop();

  await startWorker(next);
  const later = await receive('Ada <ada@sender.example>');
  await eventually(async () => expect(await runOf(later)).toEqual({ status: 'DELIVERED', build_id: next.buildId }));

  const app = database.open('everpost_app', 1);
  const released = await app.withOrganization(organization.id, (sql) => applyCommand(sql, held, 'release', 'a test'));
  expect(released.result).toBe('accepted');
  // Nobody tells the workflow but the reconciler, which sees that the command is not heeded.
  await eventually(async () => expect(await runOf(held)).toEqual({ status: 'DELIVERED', build_id: first.buildId }));
});
