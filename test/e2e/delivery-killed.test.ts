import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Database } from '../../src/adapters/database/database.js';
import type { RecipientStatus } from '../../src/domain/outgoing/recipient-status.js';
import { eventually } from '../support/eventually.js';
import { handIn } from '../support/outgoing-mail.js';
import { Processes } from '../support/processes.js';
import { HANG, ScriptedSmtp, type Script } from '../support/scripted-smtp.js';

/** Where a worker may die, by what the server does not answer any more. */
type Stage = 'connect' | 'ehlo' | 'mail' | 'rcpt' | 'data' | 'end' | 'accepted';
/** Those of one death; a server that is new to us gets five conversations at most. */
const DEATHS: Stage[][] = [
  ['connect', 'ehlo', 'mail', 'rcpt'],
  ['data', 'end', 'accepted'],
];
/** The intent is committed, and whether the server has it is not known: a person is asked. */
const IN_DOUBT: readonly Stage[] = ['end', 'accepted'];
const VERBS = { ehlo: 'EHLO', mail: 'MAIL', rcpt: 'RCPT', data: 'DATA' } as const;

const READERS = 600;
const KILLS = 3;
const FINAL: readonly RecipientStatus[] = ['DELIVERED', 'BOUNCED', 'UNCERTAIN'];

interface Ended extends Record<string, unknown> {
  address: string;
  status: RecipientStatus;
}

let processes: Processes;
let database: Database;
let app: Database;
let remote: ScriptedSmtp;
let organization: { id: string; domain: string; mailboxId: string; token: string };

beforeAll(async () => {
  remote = await ScriptedSmtp.start();
  processes = await Processes.prepare({
    EVERPOST_SMARTHOST: `smtp://127.0.0.1:${remote.port}`,
    EVERPOST_OUTGOING_RETRIES: '1s',
  });
  database = processes.openDatabase();
  app = new Database({
    url: processes.postgres.url,
    role: 'everpost_app',
    poolSize: 2,
    applicationName: 'test',
    onIdleError: () => undefined,
  });
  const [domain] = await database.query<{ organization_id: string; name: string }>('select * from domains');
  organization = { id: domain!.organization_id, domain: domain!.name, mailboxId: '', token: '' };
});

afterAll(async () => {
  await Promise.all([app?.close(), database?.close()]);
  await processes?.end();
  await remote?.stop();
});

beforeEach(async () => {
  remote.script = {};
  remote.taken.length = 0;
  await processes.start('worker');
});
afterEach(() => processes.stop('worker'));

async function send(recipients: string[], more: Parameters<typeof handIn>[3] = {}): Promise<string> {
  const accepted = await app.withOrganization(organization.id, (sql) => handIn(sql, organization, recipients, more));
  return accepted.messageId;
}

/** How each recipient ended. */
async function ended(messageIds: readonly string[]): Promise<Map<string, RecipientStatus>> {
  return eventually(async () => {
    const rows = await database.query<Ended>(
      'select address, status from outgoing_recipients where message_id = any($1::uuid[])',
      [messageIds],
    );
    expect(rows.filter(({ status }) => !FINAL.includes(status))).toEqual([]);
    return new Map(rows.map(({ address, status }) => [address, status]));
  }, 120_000);
}

function copies(): Map<string, number> {
  const counted = new Map<string, number>();
  for (const { recipient } of remote.taken) counted.set(recipient, (counted.get(recipient) ?? 0) + 1);
  return counted;
}

/** Nothing is lost and nothing is sent twice: what is delivered came once, what is in doubt at most once. */
function expectOnce(statuses: ReadonlyMap<string, RecipientStatus>): void {
  const taken = copies();
  for (const [address, status] of statuses) {
    const count = taken.get(address) ?? 0;
    if (status === 'UNCERTAIN') expect(count, `copies for ${address}, which is in doubt`).toBeLessThanOrEqual(1);
    else expect(`${status}, ${count} copies`, address).toBe('DELIVERED, 1 copies');
  }
}

/** A conversation that comes to the stage stays there. @returns a promise of its arrival */
function stopAt(stage: Stage): { script: Script; reached: Promise<void> } {
  const { promise: reached, resolve, reject } = Promise.withResolvers<void>();
  const hang = (): typeof HANG => {
    resolve();
    return HANG;
  };
  switch (stage) {
    case 'connect':
      return { script: { greeting: hang }, reached };
    case 'end':
      return { script: { end: hang }, reached };
    case 'accepted':
      return { script: { end: () => acceptUnsettled(resolve, reject) }, reached };
    default:
      return { script: { command: (line) => (line.startsWith(VERBS[stage]) ? hang() : undefined) }, reached };
  }
}

let letGo = (): void => undefined;

/** Takes the mail and says so while the worker, which hears it, cannot write it down. */
async function acceptUnsettled(told: () => void, failed: (error: unknown) => void): Promise<string> {
  const locked = Promise.withResolvers<void>();
  const { promise: held, resolve } = Promise.withResolvers<void>();
  letGo = resolve;
  void database.asSystem(async (sql) => {
    await sql(`select id from outgoing_recipients where address like 'accepted@%' for update`);
    locked.resolve();
    await held;
  });
  await locked.promise;
  // The worker has read it when it waits for the row.
  void eventually(async () => {
    const [waiting] = await database.query<{ count: number }>(
      `select count(*) as count from pg_stat_activity where wait_event_type = 'Lock' and query like '%attempt_reply text%'`,
    );
    expect(waiting!.count).toBeGreaterThan(0);
  }).then(told, failed);
  return '250 2.0.0 Ok: queued as 4X1Y2Z3ABC\r\n';
}

/** One message at each of these stages when the worker dies. @returns the messages */
async function dieAt(stages: readonly Stage[]): Promise<string[]> {
  const messageIds: string[] = [];
  for (const stage of stages) {
    const { script, reached } = stopAt(stage);
    remote.script = script;
    messageIds.push(await send([`${stage}@list.example`]));
    await reached;
  }
  await processes.kill('worker');
  letGo();
  remote.script = {};
  return messageIds;
}

describe('a worker that dies while it sends', () => {
  test.each(DEATHS.map((stages) => [stages.join(', '), stages] as const))(
    'at %s of a delivery loses nothing and sends nothing twice',
    async (_, stages) => {
      const messageIds = await dieAt(stages);
      await processes.start('worker');
      const statuses = await ended(messageIds);
      const expected = stages.map((stage) => [
        `${stage}@list.example`,
        IN_DOUBT.includes(stage) ? 'UNCERTAIN' : 'DELIVERED',
      ]);
      expect(Object.fromEntries(statuses)).toEqual(Object.fromEntries(expected));
      expectOnce(statuses);
      if (stages.includes('accepted')) expect(copies().get('accepted@list.example')).toBe(1);
    },
    180_000,
  );

  test('would send twice without the intent, and this would tell', async () => {
    const messageIds = await dieAt(['accepted']);
    // As if it had not been written before the end of the data.
    await database.query('delete from outgoing_attempts where outcome is null');
    await processes.start('worker');
    const statuses = await ended(messageIds);
    expect(() => expectOnce(statuses)).toThrow('accepted@list.example');
  }, 180_000);

  test('in a send to many skips no recipient and repeats none, however often it dies', async () => {
    // It takes its time over the end of the data: that is where a worker may die without knowing.
    remote.script = {
      end: () => new Promise((resolve) => setTimeout(resolve, 50, '250 2.0.0 Ok: queued as 4X1Y2Z3ABC\r\n')),
    };
    const readers = Array.from({ length: READERS }, (_, at) => `reader${at}@list${at % 7}.example`);
    const messageId = await send(readers, { stream: 'BULK' });
    for (let kill = 1; kill <= KILLS; kill++) {
      const some = (READERS / (KILLS + 1)) * kill;
      await eventually(() => expect(remote.taken.length).toBeGreaterThan(some), 60_000);
      await processes.kill('worker');
      await processes.start('worker');
    }
    const statuses = await ended([messageId]);
    expect(statuses.size).toBe(READERS);
    expectOnce(statuses);
    // Else no kill met an attempt where it hurts, and this has shown nothing.
    expect([...statuses.values()]).toContain('UNCERTAIN');
  }, 300_000);
});
