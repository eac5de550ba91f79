import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../src/adapters/database/database.js';
import { deliverUntilStopped, type Delivered } from '../support/mail-senders.js';
import { LEAKY_INGRESS, Processes } from '../support/processes.js';
import { allEnded, expectEachOnce, lostOf } from '../support/settled.js';

let processes: Processes;
let database: Database;

beforeAll(async () => {
  processes = await Processes.prepare();
  database = processes.openDatabase();
  await processes.start('worker');
});

afterAll(async () => {
  await database?.close();
  await processes?.end();
});

const KILLS = 4;
const SESSIONS = { sessions: 12, pauseMs: 60 };

/** Kills the intake right after it has answered 250, `kills` times, while many sessions send. */
async function mailThroughKills(kills: number, program?: string[]): Promise<Delivered[]> {
  const start = () => processes.start('ingress', program ? { program } : {});
  await start();
  const senders = deliverUntilStopped(processes.ports.ingress, SESSIONS);
  for (let kill = 0; kill < kills; kill++) {
    const before = senders.delivered.length;
    while (senders.delivered.length < before + 30) await sleep(1);
    await processes.kill('ingress');
    await start();
  }
  const delivered = await senders.stop();
  await processes.stop('ingress');
  return delivered;
}

test('an intake that dies right after a 250 loses no mail that it accepted, and what is sent again is there once', async () => {
  const delivered = await mailThroughKills(KILLS);
  await processes.start('ingress'); // it, or the API, gives events their place in the feed
  await allEnded(database);
  await processes.stop('ingress');
  await expectEachOnce(database, delivered);
}, 120_000);

test('control: one that answers before the commit does lose mail', async () => {
  let lost: Delivered[] = [];
  for (let round = 0; round < 5 && lost.length === 0; round++) {
    lost = await lostOf(database, await mailThroughKills(2, LEAKY_INGRESS));
  }
  expect(lost.length).toBeGreaterThan(0);
}, 120_000);
