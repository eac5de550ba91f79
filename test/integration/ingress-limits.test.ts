import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../src/adapters/database/database.js';
import type { IntakeLimits } from '../../src/ingress/limits.js';
import { createOrganization, createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { plainMail } from '../support/messages.js';
import { acceptedIds, SmtpDialogue } from '../support/smtp-dialogue.js';
import { startTestIntake, type TestIntake } from '../support/test-intake.js';

let database: TestDatabase;
let owner: Database;
let intake: TestIntake | null = null;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = database.open('owner');
  await createOrganization(owner, 'example.org');
});

afterEach(async () => {
  await intake?.stop();
  intake = null;
});

afterAll(() => database?.drop());

const FROM = 'ada@sender.example';
const TO = 'team@example.org';

async function start(limits: Partial<IntakeLimits>): Promise<number> {
  intake = await startTestIntake(database, limits);
  return intake.port;
}

async function messageCount(): Promise<number> {
  const [row] = await owner.query<{ count: number }>('select count(*) from messages');
  return row!.count;
}

test('a message above the size limit is refused when it is announced, and when it is sent all the same', async () => {
  const client = await SmtpDialogue.open(await start({ messageBytes: 20_000 }));
  const before = await messageCount();
  expect(await client.command('EHLO client.example')).toContain('SIZE 20000');
  expect(await client.command(`MAIL FROM:<${FROM}> SIZE=20001`)).toMatch(/^552 5\.3\.4 /);
  expect(await client.send(plainMail({ text: 'x'.repeat(70).concat('\r\n').repeat(2_000) }), FROM, TO)).toMatch(
    /^552 5\.3\.4 /,
  );
  acceptedIds(await client.send(plainMail(), FROM, TO));
  await client.quit();
  expect(await messageCount()).toBe(before + 1);
});

test('recipients above the limit are refused for now, those before stay', async () => {
  const client = await SmtpDialogue.open(await start({ recipients: 2 }));
  await client.command('EHLO client.example');
  await client.command(`MAIL FROM:<${FROM}>`);
  expect(await client.command('RCPT TO:<a@example.org>')).toMatch(/^250/);
  expect(await client.command('RCPT TO:<b@example.org>')).toMatch(/^250/);
  expect(await client.command('RCPT TO:<c@example.org>')).toMatch(/^452 4\.5\.3 /);
  expect(await client.command('DATA')).toMatch(/^354/);
  client.write(plainMail());
  acceptedIds(await client.command('.'));
  await client.quit();
});

test('a header without end is refused while it comes, and memory stays flat', async () => {
  const client = await SmtpDialogue.open(await start({}));
  await client.envelope(FROM, TO);
  const block = 'X-Endless: yes, and on it goes without an empty line\r\n'.repeat(2_000);
  for (let i = 0; i < 6; i++) client.write(block);
  expect(await client.reply()).toMatch(/^552 5\.3\.4 the header section/);
  const before = process.memoryUsage().rss;
  for (let i = 0; i < 500; i++) {
    client.write(block);
    await sleep(1);
  }
  expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000);
  client.write('\r\n.\r\nNOOP\r\n');
  expect(await client.reply()).toBe('');
});

test('a client that drips its message is turned out, whatever the idle timeout says', async () => {
  const client = await SmtpDialogue.open(await start({ slowStartMs: 500, bytesPerSecond: 1_000 }));
  await client.envelope(FROM, TO);
  const drip = setInterval(() => client.write('Subject: a\r\n'), 50);
  expect(await client.reply()).toMatch(/^421 4\.4\.2 /);
  clearInterval(drip);
});

test('a message has a deadline even at a good rate', async () => {
  const client = await SmtpDialogue.open(await start({ dataMs: 500 }));
  await client.envelope(FROM, TO);
  const pour = setInterval(() => client.write('Subject: a\r\n'.repeat(500)), 20);
  expect(await client.reply()).toMatch(/^421 4\.4\.2 /);
  clearInterval(pour);
});

test('an idle client is turned out, and so is one that only talks', async () => {
  const port = await start({ idleMs: 300, withoutMailMs: 800 });
  const idle = await SmtpDialogue.open(port);
  expect(await idle.reply()).toMatch(/^421 4\.4\.2 /);
  const talking = await SmtpDialogue.open(port);
  const talk = setInterval(() => talking.write('NOOP\r\n'), 50);
  await eventually(async () => expect(await talking.reply()).toMatch(/^421 4\.4\.2 /));
  clearInterval(talk);
});

test('connections above the limits are turned away, and let in again later', async () => {
  const port = await start({ connections: 10, connectionsPerAddress: 2 });
  const [first] = await Promise.all([SmtpDialogue.open(port), SmtpDialogue.open(port)]);
  expect(await SmtpDialogue.greeting(port)).toMatch(/^421 4\.7\.0 /);
  await first.quit();
  await eventually(async () => expect(await SmtpDialogue.greeting(port)).toMatch(/^220 /));
});

test('messages above the rate of an address are refused for now', async () => {
  const client = await SmtpDialogue.open(await start({ messagesPerMinutePerAddress: 2 }));
  acceptedIds(await client.send(plainMail(), FROM, TO));
  acceptedIds(await client.send(plainMail(), FROM, TO));
  expect(await client.command(`MAIL FROM:<${FROM}>`)).toMatch(/^450 4\.7\.1 /);
  await client.quit();
});

test('a stop lets a message that is coming in come to its 250', async () => {
  const port = await start({});
  const quiet = await SmtpDialogue.open(port);
  const client = await SmtpDialogue.open(port);
  await client.envelope(FROM, TO);
  client.write(plainMail());
  await sleep(50); // until it is read, so that the stop finds it in the middle
  const stopped = intake!.stop();
  expect(await quiet.reply()).toMatch(/^421 4\.3\.2 /);
  acceptedIds(await client.command('.'));
  await client.quit();
  await stopped;
  intake = null;
  const [left] = await owner.query('select count(*) from unconfirmed_acceptances');
  expect(left).toEqual({ count: 0 });
});

test('recipients get a temporary answer while the database is down', async () => {
  const gone = await createTestDatabase();
  const isolated = await startTestIntake(gone);
  await gone.drop();
  const client = await SmtpDialogue.open(isolated.port);
  await client.command('EHLO client.example');
  await client.command(`MAIL FROM:<${FROM}>`);
  expect(await client.command(`RCPT TO:<${TO}>`)).toMatch(/^451 4\.3\.0 /);
  await client.quit();
  await isolated.stop();
});
