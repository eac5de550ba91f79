import { createHash, randomBytes } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../src/adapters/database/database.js';
import { readBlob } from '../../src/adapters/messages/blobs.js';
import {
  createOrganization,
  createTestDatabase,
  type TestDatabase,
  type TestOrganization,
} from '../support/database.js';
import { plainMail } from '../support/messages.js';
import { acceptedIds, SmtpDialogue } from '../support/smtp-dialogue.js';
import { startTestIntake, type TestIntake } from '../support/test-intake.js';

let database: TestDatabase;
let owner: Database;
let home: TestOrganization;
let other: TestOrganization;
let intake: TestIntake;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = database.open('owner');
  home = await createOrganization(owner, 'example.org');
  other = await createOrganization(owner, 'other.example');
  await owner.query(
    `with d as (insert into domains (organization_id, name) values ($1, 'picky.example') returning id)
     insert into mailboxes (organization_id, domain_id, name, pattern)
     select $1, d.id, p, p from d, unnest(array['ada@picky.example', 'support+*@picky.example']) p`,
    [home.id],
  );
  intake = await startTestIntake(database);
});

afterAll(async () => {
  await intake?.stop();
  await database?.drop();
});

const FROM = 'ada@sender.example';

async function stored(id: string) {
  const [row] = await owner.query<{
    size: number;
    sha256: Buffer;
    trace: string;
    session: Record<string, unknown>;
    organization_id: string;
  }>('select size, sha256, trace, session, organization_id from messages where id = $1', [id]);
  return row!;
}

async function deliver(mail: Buffer, ...recipients: string[]): Promise<string[]> {
  const client = await SmtpDialogue.open(intake.port);
  const reply = await client.send(mail, FROM, ...recipients);
  await client.quit();
  return acceptedIds(reply);
}

async function bytesOf(sha256: Buffer): Promise<Buffer> {
  return (await owner.asSystem((sql) => readBlob(sql, sha256)))!;
}

describe('what is accepted', () => {
  test('is stored whole, with the session, the run and the event, when the 250 names its id', async () => {
    const mail = plainMail({ text: 'Dots:\r\n.\r\n..leading\r\n' });
    const [id] = await deliver(mail, 'team@example.org');
    const message = await stored(id!);
    expect(await bytesOf(message.sha256)).toEqual(mail);
    expect(message.sha256).toEqual(createHash('sha256').update(mail).digest());
    expect(message.session).toMatchObject({
      clientAddress: '127.0.0.1',
      helo: 'client.example',
      mailFrom: FROM,
      recipients: ['team@example.org'],
      tls: null,
    });
    expect(message.trace).toMatch(
      /^Received: from client\.example \(\[127\.0\.0\.1\]\)\r\n by mx\.test \(Everpost\) with ESMTP\r\n id \S+\r\n for <team@example\.org>;\r\n \w{3}, \d\d \w{3} \d{4} [\d:]+ \+0000\r\n$/,
    );
    const [run] = await owner.query('select status, started_at from runs where message_id = $1', [id]);
    expect(run).toEqual({ status: 'RECEIVED', started_at: null });
    expect(await owner.query('select kind from event_queue where message_id = $1', [id])).toEqual([
      { kind: 'message.received' },
    ]);
  });

  test('keeps NUL bytes, 8-bit bytes and bytes that are no UTF-8', async () => {
    const mail = Buffer.concat([plainMail(), Buffer.from([0, 0xff, 0xfe, 0, 0xc3, 0x28, 0x0d, 0x0a])]);
    const [id] = await deliver(mail, 'team@example.org');
    expect(await bytesOf((await stored(id!)).sha256)).toEqual(mail);
  });

  test('may be empty, or one line of megabytes without a header', async () => {
    const [empty] = await deliver(Buffer.alloc(0), 'team@example.org');
    expect((await stored(empty!)).size).toBe(0);
    const line = Buffer.concat([Buffer.alloc(3_000_000, 'a'), Buffer.from('\r\n')]);
    const [long] = await deliver(line, 'team@example.org');
    expect((await bytesOf((await stored(long!)).sha256)).equals(line)).toBe(true);
  });

  test('is spooled to a file when it is large, and leaves none behind', async () => {
    const lines = Array.from({ length: 120_000 }, () => randomBytes(36).toString('base64')).join('\r\n');
    const mail = plainMail({ text: `${lines}\r\n` });
    const [id] = await deliver(mail, 'team@example.org');
    const message = await stored(id!);
    expect(message.size).toBe(mail.length);
    expect((await bytesOf(message.sha256)).equals(mail)).toBe(true);
    const [folder] = await readdir(path.join(intake.home, 'spool'));
    expect(await readdir(path.join(intake.home, 'spool', folder!))).toEqual([]);
  });

  test('becomes one message for each organization, which sees its own recipients alone', async () => {
    const ids = await deliver(plainMail(), 'a@example.org', 'b@other.example', 'c@example.org');
    expect(ids).toHaveLength(2);
    const messages = await Promise.all(ids.map(stored));
    expect(messages.map((message) => [message.organization_id, message.session['recipients']])).toEqual([
      [home.id, ['a@example.org', 'c@example.org']],
      [other.id, ['b@other.example']],
    ]);
    expect(messages[0]!.trace).not.toContain('for <');
    expect(messages[1]!.trace).not.toContain('example.org');
  });

  test('may come over a pipelining client, from the null sender and with SMTPUTF8', async () => {
    const client = await SmtpDialogue.open(intake.port);
    await client.command('EHLO client.example');
    client.write('MAIL FROM:<> BODY=8BITMIME SMTPUTF8\r\nRCPT TO:<jürgen@example.org>\r\nDATA\r\n');
    const replies = [await client.reply(), await client.reply(), await client.reply()];
    expect(replies.map((reply) => reply.slice(0, 3))).toEqual(['250', '250', '354']);
    client.write(`${plainMail().toString()}.\r\nMAIL FROM:<${FROM}>\r\nRCPT TO:<team@example.org>\r\nDATA\r\n`);
    const [id] = acceptedIds(await client.reply());
    expect(await client.reply()).toMatch(/^250/);
    expect(await client.reply()).toMatch(/^250/);
    expect(await client.reply()).toMatch(/^354/);
    client.write(`${plainMail().toString()}.\r\nQUIT\r\n`);
    acceptedIds(await client.reply());
    expect(await client.reply()).toMatch(/^221/);
    const { session } = await stored(id!);
    expect(session).toMatchObject({ mailFrom: '', recipients: ['jürgen@example.org'], smtpUtf8: true });
  });

  test('over STARTTLS says so, in the session and in the trace', async () => {
    const client = await SmtpDialogue.open(intake.port);
    expect(await client.command('EHLO client.example')).toContain('STARTTLS');
    await client.startTls();
    expect(await client.command('EHLO client.example')).not.toContain('STARTTLS');
    const [id] = acceptedIds(await client.send(plainMail(), FROM, 'team@example.org'));
    await client.quit();
    const { session, trace } = await stored(id!);
    expect(session['tls']).toMatchObject({ protocol: 'TLSv1.3' });
    expect(trace).toContain('with ESMTPS');
    expect((await stat(path.join(intake.home, 'tls', 'smtp.pem'))).mode & 0o777).toBe(0o600);
  });
});

describe('what is refused', () => {
  async function rcpt(recipient: string): Promise<string> {
    const client = await SmtpDialogue.open(intake.port);
    await client.command('EHLO client.example');
    await client.command(`MAIL FROM:<${FROM}>`);
    const reply = await client.command(`RCPT TO:<${recipient}>`);
    await client.quit();
    return reply;
  }

  test('is decided for each recipient', async () => {
    expect(await rcpt('ada@picky.example')).toMatch(/^250 2\.1\.5/);
    expect(await rcpt('Support+Eu@PICKY.example')).toMatch(/^250/);
    expect(await rcpt('nobody@picky.example')).toMatch(/^550 5\.1\.1 /);
    expect(await rcpt('ada@elsewhere.example')).toMatch(/^550 5\.7\.1 /);
    expect(await rcpt('postmaster@picky.example')).toMatch(/^250/);
    expect(await rcpt('Postmaster')).toMatch(/^250/);
    expect(await rcpt('jürgen@example.org')).toMatch(/^553 5\.6\.7/);
  });

  test('a second after it was made, a mailbox receives', async () => {
    expect(await rcpt('new@picky.example')).toMatch(/^550/);
    await owner.query(
      `insert into mailboxes (organization_id, domain_id, name, pattern)
       select organization_id, id, 'new', 'new@picky.example' from domains where name = 'picky.example'`,
    );
    await sleep(1_100);
    expect(await rcpt('new@picky.example')).toMatch(/^250/);
  });

  test('AUTH is not offered, and not taken', async () => {
    const client = await SmtpDialogue.open(intake.port);
    expect(await client.command('EHLO client.example')).not.toContain('AUTH');
    expect(await client.command('AUTH PLAIN AGEAYg==')).toMatch(/^5/);
    client.close();
  });
});
