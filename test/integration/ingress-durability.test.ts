import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../src/adapters/database/database.js';
import { createOrganization, createTestDatabase, type TestDatabase } from '../support/database.js';
import { IngressProcess } from '../support/ingress-process.js';
import { plainMail } from '../support/messages.js';
import { acceptedIds, dotStuffed, SmtpDialogue } from '../support/smtp-dialogue.js';

let database: TestDatabase;
let owner: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = database.open('owner');
  await createOrganization(owner, 'example.org');
});

afterAll(() => database?.drop());

const CLIENTS = 8;
const KILLS = 3;

interface Report {
  /** Ids that a client read in a 250. */
  answered: string[];
  /** Mails, by their content, that a client delivered until it had a 250 for each. */
  delivered: number;
}

/** Delivers mail after mail until told to stop; one that gets no answer is delivered again, as mail servers do. */
async function deliverOn(port: () => number, state: { over: boolean }, report: Report): Promise<void> {
  let client: SmtpDialogue | null = null;
  while (!state.over) {
    const mail = plainMail();
    for (let answered = false; !answered;) {
      try {
        client ??= await SmtpDialogue.open(port());
        await client.envelope('ada@sender.example', 'team@example.org');
        client.write(Buffer.concat([dotStuffed(mail), Buffer.from('.\r\n')]));
        report.answered.push(...acceptedIds(await client.reply()));
        report.delivered += 1;
        answered = true;
      } catch {
        client = null;
        await sleep(50); // the intake is down: again until it is back
      }
    }
  }
  await client?.quit();
}

async function killOften(ingress: IngressProcess): Promise<Report> {
  await ingress.start();
  const state = { over: false };
  const report: Report = { answered: [], delivered: 0 };
  const clients = Array.from({ length: CLIENTS }, () => deliverOn(() => ingress.port, state, report));
  for (let kill = 0; kill < KILLS; kill++) {
    await sleep(900 + kill * 37);
    await ingress.kill();
    await ingress.start();
  }
  await sleep(300);
  state.over = true;
  await Promise.all(clients);
  await ingress.stop();
  return report;
}

async function lostOf(answered: string[]): Promise<number> {
  const stored = await owner.query<{ id: string }>('select id from messages where id = any($1)', [answered]);
  return new Set(answered).size - stored.length;
}

test('every message that got a 250 is there after kill -9 of the intake, once', async () => {
  await owner.query('truncate messages cascade');
  const { answered, delivered } = await killOften(new IngressProcess('real', database.url));
  expect(delivered).toBeGreaterThan(CLIENTS * KILLS);
  expect(await lostOf(answered)).toBe(0);
  const [stored] = await owner.query('select count(*) as messages, count(distinct sha256) as contents from messages');
  expect(stored).toEqual({ messages: delivered, contents: delivered });
});

test('the control, which answers before the commit, loses some', async () => {
  const { answered } = await killOften(new IngressProcess('leaky', database.url));
  expect(await lostOf(answered)).toBeGreaterThan(0);
});
