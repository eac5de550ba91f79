import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Database } from '../../src/adapters/database/database.js';
import { createOrganization, createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { plainMail } from '../support/messages.js';
import { acceptedIds, dotStuffed, SmtpDialogue } from '../support/smtp-dialogue.js';
import { startTestIntake, type TestIntake } from '../support/test-intake.js';

let database: TestDatabase;
let owner: Database;
let intake: TestIntake;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = database.open('owner');
  await createOrganization(owner, 'example.org');
  intake = await startTestIntake(database);
});

beforeEach(() => owner.query('truncate unconfirmed_acceptances'));

afterAll(async () => {
  await intake?.stop();
  await database?.drop();
});

const FROM = 'ada@sender.example';
const TO = 'team@example.org';

const rows = () =>
  owner.query<{ session: string; closed_at: string | null }>('select session, closed_at from unconfirmed_acceptances');

const sessionsEnded = () => intake.log.filter(({ msg }) => msg === 'session ended').length;

/** Runs what ends a connection and waits until the intake has seen it. */
async function untilSeen(end: () => unknown): Promise<void> {
  const before = sessionsEnded();
  end();
  await eventually(() => expect(sessionsEnded()).toBeGreaterThan(before));
}

async function open(): Promise<SmtpDialogue> {
  return SmtpDialogue.open(intake.port);
}

/** Delivers, reads the 250 and dies. */
async function deliverAndDie(mail: Buffer, ...recipients: string[]): Promise<string> {
  const client = await open();
  const [id] = acceptedIds(await client.send(mail, FROM, ...recipients));
  await untilSeen(() => client.abort());
  return id!;
}

async function deliverAndQuit(mail: Buffer, from: string, ...recipients: string[]): Promise<string> {
  const client = await open();
  const [id] = acceptedIds(await client.send(mail, from, ...recipients));
  await client.quit();
  return id!;
}

test('a message whose 250 was not followed by a command is given the same reply when it comes again, once', async () => {
  const mail = plainMail();
  const first = await deliverAndDie(mail, TO);
  expect(await deliverAndQuit(mail, FROM, TO)).toBe(first);
  expect(await deliverAndQuit(mail, FROM, TO)).not.toBe(first);
  const stored = await owner.query('select id from messages where id = $1', [first]);
  expect(stored).toHaveLength(1);
});

test('it is matched again as long as no reply to it was confirmed', async () => {
  const mail = plainMail();
  const first = await deliverAndDie(mail, TO);
  expect(await deliverAndDie(mail, TO)).toBe(first);
  expect(await deliverAndDie(mail, TO)).toBe(first);
  expect(await deliverAndQuit(mail, FROM, TO)).toBe(first);
  await eventually(async () => expect(await rows()).toEqual([]));
});

test('the order of recipients does not matter; other recipients, another sender or other bytes do', async () => {
  const mail = plainMail();
  const first = await deliverAndDie(mail, 'a@example.org', 'b@example.org');
  expect(await deliverAndQuit(mail, FROM, 'a@example.org')).not.toBe(first);
  expect(await deliverAndQuit(mail, 'eve@sender.example', 'a@example.org', 'b@example.org')).not.toBe(first);
  expect(
    await deliverAndQuit(Buffer.concat([mail, Buffer.from('x\r\n')]), FROM, 'a@example.org', 'b@example.org'),
  ).not.toBe(first);
  expect(await deliverAndQuit(mail, FROM, 'b@example.org', 'a@example.org')).toBe(first);
});

test.each(['NOOP', 'RSET', 'MAIL FROM:<x@sender.example>', 'nonsense'])(
  'any command after the 250 confirms it: %s',
  async (command) => {
    const mail = plainMail();
    const client = await open();
    const [first] = acceptedIds(await client.send(mail, FROM, TO));
    await client.command(command);
    await untilSeen(() => client.abort());
    expect(await deliverAndQuit(mail, FROM, TO)).not.toBe(first);
    await eventually(async () => expect(await rows()).toEqual([]));
  },
);

test('over TLS, the end of the TLS session is no command', async () => {
  const mail = plainMail();
  const client = await open();
  await client.command('EHLO client.example');
  await client.startTls();
  const [first] = acceptedIds(await client.send(mail, FROM, TO));
  await untilSeen(() => client.close());
  expect(await deliverAndQuit(mail, FROM, TO)).toBe(first);
});

test('a QUIT that was sent before the 250 confirms when the client closes in good order, not when it dies', async () => {
  for (const ends of ['close', 'abort'] as const) {
    const mail = plainMail();
    const client = await open();
    await client.envelope(FROM, TO);
    client.write(Buffer.concat([dotStuffed(mail), Buffer.from('.\r\nQUIT\r\n')]));
    const [first] = acceptedIds(await client.reply());
    expect(await client.reply()).toMatch(/^221/);
    await untilSeen(() => client[ends]());
    const again = await deliverAndQuit(mail, FROM, TO);
    if (ends === 'close') expect(again).not.toBe(first);
    else expect(again).toBe(first);
  }
});

test('identical mail on connections that are open at the same time is different mail', async () => {
  const mail = plainMail();
  const clients = await Promise.all([open(), open(), open()]);
  for (const client of clients) await client.envelope(FROM, TO);
  const replies = await Promise.all(
    clients.map((client) => {
      client.write(dotStuffed(mail));
      return client.command('.');
    }),
  );
  expect(new Set(replies.flatMap(acceptedIds)).size).toBe(3);
  const late = await open();
  expect(replies.flatMap(acceptedIds)).not.toContain(acceptedIds(await late.send(mail, FROM, TO))[0]);
  for (const client of [...clients, late]) await client.quit();
});

test('a delivery that began before the other connection ended is new, also when it is committed after', async () => {
  const mail = plainMail();
  const parallel = await open();
  await parallel.envelope(FROM, TO);
  const first = await deliverAndDie(mail, TO);
  parallel.write(dotStuffed(mail));
  expect(acceptedIds(await parallel.command('.'))).not.toContain(first);
  await parallel.quit();
  expect(await deliverAndQuit(mail, FROM, TO)).toBe(first);
});

test('two that come again at the same time: each unseen acceptance is matched by one', async () => {
  const mail = plainMail();
  const first = await deliverAndDie(mail, TO);
  const clients = await Promise.all([open(), open()]);
  for (const client of clients) await client.envelope(FROM, TO);
  const replies = await Promise.all(
    clients.map((client) => {
      client.write(dotStuffed(mail));
      return client.command('.');
    }),
  );
  const ids = replies.flatMap(acceptedIds);
  expect(ids.filter((id) => id === first)).toHaveLength(1);
  expect(new Set(ids).size).toBe(2);
  for (const client of clients) await client.quit();
});

test('a client that gave up while the commit hung is recognised when it comes again', async () => {
  const mail = plainMail();
  const blocker = await database.open('owner').asSystem(async (sql) => {
    await sql('lock table messages in access exclusive mode');
    const client = await open();
    await client.envelope(FROM, TO);
    client.write(dotStuffed(mail));
    client.write('.\r\n');
    await sleep(300);
    await untilSeen(() => client.abort());
    const again = await open();
    await again.envelope(FROM, TO);
    again.write(Buffer.concat([dotStuffed(mail), Buffer.from('.\r\n')]));
    await sleep(200);
    return again;
  });
  acceptedIds(await blocker.reply());
  await blocker.quit();
  const [subject] = await owner.query(
    `select count(*) from messages where sha256 = (select sha256 from messages order by id desc limit 1)`,
  );
  expect(subject).toEqual({ count: 1 });
});

test('the rows of a process that is gone count as closed, those of a living one do not', async () => {
  const mail = plainMail();
  const first = await deliverAndDie(mail, TO);
  await eventually(async () => expect((await rows())[0]?.closed_at).toEqual(expect.any(String)));
  await owner.query('update unconfirmed_acceptances set closed_at = null, instance = $1', [randomUUID()]);
  expect(await deliverAndDie(mail, TO)).toBe(first);

  await eventually(async () => expect((await rows())[0]?.closed_at).toEqual(expect.any(String)));
  const living = await startTestIntake(database);
  const instance = living.log.find(({ msg }) => msg === 'listening')?.['instance'];
  await owner.query('update unconfirmed_acceptances set closed_at = null, instance = $1', [instance]);
  expect(await deliverAndQuit(mail, FROM, TO)).not.toBe(first);
  await living.stop();
  expect(await deliverAndQuit(mail, FROM, TO)).toBe(first);
});

test('a commit whose answer was lost is not doubled by the delivery that follows', async () => {
  const mail = plainMail();
  // Holds the commit back, as a slow disk does, until the connection that waits for it is ended.
  await owner.query(`create function hang() returns trigger language plpgsql as $$ begin
    perform pg_sleep(0.5); return null; end $$`);
  await owner.query(`create constraint trigger hang after insert on messages deferrable initially deferred
    for each row execute function hang()`);
  const client = await open();
  await client.envelope(FROM, TO);
  client.write(Buffer.concat([dotStuffed(mail), Buffer.from('.\r\n')]));
  await sleep(250);
  await owner.query(`select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = 'test-everpost_system' and query = 'commit' and datname = current_database()`);
  expect(await client.reply()).toMatch(/^451 4\.3\.0 /);
  await owner.query('drop trigger hang on messages');
  acceptedIds(await client.send(mail, FROM, TO));
  await client.quit();
  const [stored] = await owner.query(`select count(*) from messages where size = $1 and sha256 = sha256($2::bytea)`, [
    mail.length,
    mail,
  ]);
  expect(stored).toEqual({ count: 1 });
});
