import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../src/adapters/database/database.js';
import {
  createOrganization,
  createTestDatabase,
  type TestDatabase,
  type TestOrganization,
} from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { plainMail } from '../support/messages.js';
import { ScriptedImap, type ImapScript } from '../support/scripted-imap.js';
import { startTestImapIntake, TestAccount, type TestImapIntake } from '../support/test-imap.js';

let database: TestDatabase;
let app: Database;
let organization: TestOrganization;
let intake: TestImapIntake;
let server: ScriptedImap;

beforeAll(async () => {
  database = await createTestDatabase();
  app = database.open('everpost_app');
  organization = await createOrganization(database.open('owner', 2), 'ours.example');
});
afterAll(() => database?.drop());
afterEach(async () => {
  await intake?.stop();
  await server?.stop();
  await database.open('owner', 1).query('delete from imap_accounts');
});

async function accountOn(script: ImapScript): Promise<TestAccount> {
  server = await ScriptedImap.start(script);
  intake = await startTestImapIntake(database, { pollMs: 200 });
  return TestAccount.create(
    app,
    organization,
    { port: server.port, user: 'ada' },
    { kind: 'password', password: 'hunter2 and more' },
  );
}

const mails = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ uid: n + 1, bytes: plainMail({ subject: `Mail ${n}` }) }));

test('a server that repeats the password in its refusal does not get it shown, and is not asked again', async () => {
  const account = await accountOn({ messages: [], refuse: (line) => `NO [AUTHENTICATIONFAILED] what is ${line}?` });
  const { stateReason } = await account.state('AUTHENTICATION_FAILED');
  expect(stateReason).toContain('what is');
  expect(JSON.stringify([stateReason, intake.log])).not.toContain('hunter2');
  // Several rounds of those who look for accounts without a leader.
  await eventually(async () => {
    const [row] = await database.open('owner', 1).query<{ locks: number }>(
      `select count(*)::int as locks from pg_locks where locktype = 'advisory'
         and database = (select oid from pg_database where datname = current_database())`,
    );
    expect(row!.locks).toBe(0);
  });
  expect(server.logins).toBe(1);
});

test('a server with a passing problem is asked again', async () => {
  const account = await accountOn({
    messages: mails(1),
    refuse: () => (server.logins < 2 ? 'NO [UNAVAILABLE] the directory is down' : 'OK welcome'),
  });
  await account.takes(1);
  expect(server.logins).toBe(2);
});

test.each([
  ['ends the connection over', (socket: { destroy(): void; write(text: string): void }) => socket.destroy()],
  [
    'announces two gigabytes for',
    (socket: { destroy(): void; write(text: string): void }) =>
      socket.write('* 3 FETCH (UID 3 BODY[]<0> {2000000000}\r\n'),
  ],
])(
  'a message that the server %s is skipped after three attempts, the others are taken',
  async (_how, misbehave) => {
    const account = await accountOn({
      messages: mails(5),
      content: ({ uid }, socket) => {
        if (uid === 3) misbehave(socket);
        return uid === 3;
      },
    });
    await account.takes(4, 60_000);
    await account.state('WATCHING');
    expect((await account.outcomes()).map(({ uid, outcome, reason }) => [uid, outcome, reason])).toEqual([
      [1, 'taken', null],
      [2, 'taken', null],
      [3, 'skipped', 'unreadable'],
      [4, 'taken', null],
      [5, 'taken', null],
    ]);
    expect((await account.read()).folders[0]!.proof).toMatchObject({ server: 5, taken: 4, skipped: 1, missing: 0 });
  },
  90_000,
);

test('a message that the server lists and gives no content for is not taken for a deleted one', async () => {
  const messages = mails(2);
  const account = await accountOn({ messages, withhold: (uid) => uid === 2 });
  await account.takes(1);
  await account.state('WATCHING');
  expect((await account.outcomes()).map(({ outcome, reason }) => [outcome, reason])).toEqual([
    ['taken', null],
    ['skipped', 'unreadable'],
  ]);
});
