import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../src/adapters/database/database.js';
import { eventually } from '../support/eventually.js';
import { deliverAll, type Delivered, urgentMail } from '../support/mail-senders.js';
import { Processes } from '../support/processes.js';
import { allEnded, expectEachOnce, runsInTheMiddle } from '../support/settled.js';

let processes: Processes;
let database: Database;

beforeAll(async () => {
  processes = await Processes.prepare();
  database = processes.openDatabase();
  await Promise.all([processes.start('ingress'), processes.start('worker')]);
});

afterAll(async () => {
  await database?.close();
  await processes?.end();
});

const KILLS = 3;
const MAILS = 40;

test('a worker that dies in the middle of runs, again and again, costs no message, no step and no side effect', async () => {
  const delivered: Delivered[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
    const mails = Array.from({ length: MAILS }, () => urgentMail());
    const sending = deliverAll(processes.ports.ingress, mails);
    await eventually(async () => expect(await runsInTheMiddle(database)).toBeGreaterThan(2));
    await processes.kill('worker');
    expect(await runsInTheMiddle(database)).toBeGreaterThan(0);
    delivered.push(...(await sending));
    await processes.start('worker');
  }
  await allEnded(database);
  await expectEachOnce(database, delivered);
}, 120_000);
