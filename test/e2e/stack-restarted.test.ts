import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../src/adapters/database/database.js';
import { eventually } from '../support/eventually.js';
import { deliverAll, type Delivered, urgentMail } from '../support/mail-senders.js';
import { PROCESSES, Processes } from '../support/processes.js';
import { allEnded, expectEachOnce, runsInTheMiddle } from '../support/settled.js';

let processes: Processes;
let database: Database;

beforeAll(async () => {
  processes = await Processes.prepare();
  database = processes.openDatabase();
  await Promise.all(PROCESSES.map((name) => processes.start(name)));
});

afterAll(async () => {
  await database?.close();
  await processes?.end();
});

test('runs that were in their middle when everything was stopped go on when everything is started again', async () => {
  const delivered: Delivered[] = [];
  const mails = Array.from({ length: 80 }, () => urgentMail());
  delivered.push(...(await deliverAll(processes.ports.ingress, mails, 8)));
  await eventually(async () => expect(await runsInTheMiddle(database)).toBeGreaterThan(0));

  const codes = await Promise.all(PROCESSES.map((name) => processes.stop(name)));
  expect(codes).toEqual([0, 0, 0]);
  const [open] = await database.query('select count(*) as runs from runs where ended_at is null');
  expect(open!['runs'], 'that go on after the restart').toBeGreaterThan(0);
  await Promise.all([processes.temporal.shutDown(), processes.postgres.shutDown()]);

  await Promise.all([processes.temporal.start(), processes.postgres.start()]);
  await Promise.all(PROCESSES.map((name) => processes.start(name)));
  await allEnded(database);
  await expectEachOnce(database, delivered);
}, 120_000);
