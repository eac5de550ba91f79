import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../src/adapters/database/database.js';
import { administer } from '../support/administer.js';
import { eventually } from '../support/eventually.js';
import { deliverAll, deliverUntilStopped, type Delivered, urgentMail } from '../support/mail-senders.js';
import { Processes } from '../support/processes.js';
import { allEnded, expectEachOnce, lostOf, runsInTheMiddle } from '../support/settled.js';

let processes: Processes;
let database: Database;
let rspamd: Server;

const RSPAMD_TAKES_MS = 3_000;

beforeAll(async () => {
  processes = await Processes.prepare();
  database = processes.openDatabase();
  // What is not flushed by a commit stays in memory as long as Postgres lets it: a kill then loses it for certain.
  await administer(
    processes.postgres.url,
    `alter system set wal_writer_delay = '10s'`,
    `alter system set wal_writer_flush_after = '2GB'`,
    'select pg_reload_conf()',
  );
  rspamd = createServer((request, response) => {
    request.resume().once('end', () => setTimeout(() => response.end(ANSWER), RSPAMD_TAKES_MS));
  });
  await new Promise<void>((resolve) => rspamd.listen(0, '127.0.0.1', resolve));
});

const ANSWER = JSON.stringify({ score: 1, required_score: 15, action: 'no action', symbols: {} });

afterAll(async () => {
  await database?.close();
  await processes?.end();
  rspamd?.close();
});

async function killPostgres(): Promise<void> {
  await processes.postgres.kill();
  await processes.postgres.start();
}

/** Kills Postgres `kills` times while mail comes in. */
async function mailThroughKills(kills: number, beforeKill: () => Promise<void>): Promise<Delivered[]> {
  const senders = deliverUntilStopped(processes.ports.ingress, { sessions: 4, pauseMs: 80 });
  for (let kill = 0; kill < kills; kill++) {
    const before = senders.delivered.length;
    while (senders.delivered.length < before + 20) await sleep(1);
    await beforeKill();
    await killPostgres();
  }
  return senders.stop();
}

test('a database that dies while mail comes in and runs go on keeps all that was promised, once', async () => {
  await Promise.all([processes.start('ingress'), processes.start('worker')]);
  const delivered = await mailThroughKills(3, async () => {
    await eventually(async () => expect(await runsInTheMiddle(database)).toBeGreaterThan(0));
  });
  await allEnded(database);
  await expectEachOnce(database, delivered);
}, 120_000);

test('a run whose last steps the database has lost does them again', async () => {
  await processes.stop('worker');
  const { port } = rspamd.address() as AddressInfo;
  await processes.start('worker', { environment: { RSPAMD_URL: `http://127.0.0.1:${port}` } });
  const [mail] = await deliverAll(processes.ports.ingress, [urgentMail()]);
  const stepsOfMail = () => database.query('select name from steps where message_id = $1', [mail!.id]);
  // The commits of its sequencer would put the steps on the disk.
  await processes.kill('ingress');
  await eventually(async () => expect(await stepsOfMail()).toHaveLength(2));
  await killPostgres();
  expect((await stepsOfMail()).length, 'steps that were not on the disk').toBeLessThan(2);
  await processes.start('ingress');
  await allEnded(database);
  expect(await stepsOfMail()).toHaveLength(15);
}, 120_000);

test('control: with synchronous_commit off it does lose mail', async () => {
  await processes.stop('ingress');
  await administer(processes.postgres.url, 'alter database postgres set synchronous_commit = off');
  await processes.start('ingress');
  let lost: Delivered[] = [];
  for (let round = 0; round < 5 && lost.length === 0; round++) {
    lost = await lostOf(database, await mailThroughKills(1, () => Promise.resolve()));
  }
  expect(lost.length).toBeGreaterThan(0);
}, 120_000);
