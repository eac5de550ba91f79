import { rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../src/adapters/database/database.js';
import { eventually } from '../support/eventually.js';
import { deliverAll, deliverUntilStopped, type Delivered, urgentMail } from '../support/mail-senders.js';
import { Processes } from '../support/processes.js';
import { allEnded, expectEachOnce, runsInTheMiddle } from '../support/settled.js';

let processes: Processes;
let database: Database;
/** Of all tests of this file: what is there must be whole after each of them. */
const delivered: Delivered[] = [];

beforeAll(async () => {
  processes = await Processes.prepare();
  database = processes.openDatabase();
  await Promise.all([processes.start('ingress'), processes.start('worker')]);
});

afterEach(async () => {
  await allEnded(database);
  await expectEachOnce(database, delivered);
}, 90_000);

afterAll(async () => {
  await database?.close();
  await processes?.end();
});

/** Long enough for attempts with growing pauses to lose their order. */
const DOWN_MS = 8_000;
const mails = (count: number) => Array.from({ length: count }, () => urgentMail());
const someInTheMiddle = () => eventually(async () => expect(await runsInTheMiddle(database)).toBeGreaterThan(2));

test('a Temporal that dies in the middle of runs goes on with all of them', async () => {
  for (let kill = 0; kill < 2; kill++) {
    const sending = deliverAll(processes.ports.ingress, mails(40));
    await someInTheMiddle();
    await processes.temporal.kill();
    delivered.push(...(await sending));
    await processes.temporal.start();
  }
});

test('without Temporal the intake accepts all the same; runs are started in the order of receipt when it is back', async () => {
  await processes.temporal.kill();
  const senders = deliverUntilStopped(processes.ports.ingress, { sessions: 2, pauseMs: 80 });
  await sleep(DOWN_MS);
  expect(senders.delivered.length).toBeGreaterThan(100);
  await processes.temporal.start();
  const waited = await senders.stop();
  delivered.push(...waited);
  await allEnded(database);
  expect(await displacement(waited), 'of the runs that are started at the same time').toBeLessThanOrEqual(8);
}, 100_000);

test('a Temporal that has lost all its state is given the open runs again', async () => {
  const sending = deliverAll(processes.ports.ingress, mails(40));
  await someInTheMiddle();
  await processes.temporal.kill();
  delivered.push(...(await sending));
  await rm(path.join(processes.temporal.folder, 'temporal'), { recursive: true });
  await processes.temporal.start();
}, 80_000);

/** By how many places, at most, a run was started out of the order of receipt. */
async function displacement(mail: readonly Delivered[]): Promise<number> {
  const rows = await database.query<{ workflowId: string }>(
    'select workflow_id as "workflowId" from runs where message_id = any($1) order by id',
    [mail.map(({ id }) => id)],
  );
  const connection = await Connection.connect({ address: processes.temporal.address });
  const client = new Client({ connection });
  const starts = await Promise.all(
    rows.map(async ({ workflowId }, received) => {
      const { startTime } = await client.workflow.getHandle(workflowId).describe();
      return { received, at: startTime.getTime() };
    }),
  );
  await connection.close();
  const started = starts.sort((a, b) => a.at - b.at || a.received - b.received);
  return Math.max(...started.map(({ received }, place) => Math.abs(received - place)));
}
