import nodemailer from 'nodemailer';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '../../../src/adapters/database/database.js';
import { readBlob } from '../../../src/adapters/messages/blobs.js';
import { hashPassword } from '../../../src/adapters/submission/password-hash.js';
import {
  createOrganization,
  createTestDatabase,
  type TestDatabase,
  type TestOrganization,
} from '../../support/database.js';
import { IngressProcess } from '../../support/ingress-process.js';
import { acceptedIds, SmtpDialogue } from '../../support/smtp-dialogue.js';
import { startTestSubmission, type TestSubmission } from '../../support/test-submission.js';

let database: TestDatabase;
let owner: Database;
let submission: TestSubmission;
let organization: TestOrganization;
let organizations = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = database.open('owner');
  submission = await startTestSubmission(database);
});
afterAll(async () => {
  await submission?.stop();
  await database?.drop();
});
beforeEach(async () => {
  organization = await createOrganization(owner, `sender${++organizations}.example`);
});

const plain = (user: string, password: string) => Buffer.from(`\0${user}\0${password}`).toString('base64');

/** A connection that has signed in by the organization's token. */
async function signedIn(port = submission.port, token = organization.token): Promise<SmtpDialogue> {
  const dialogue = await SmtpDialogue.open(port);
  await dialogue.command('EHLO client.example');
  expect(await dialogue.command(`AUTH PLAIN ${plain('apikey', token)}`)).toMatch(/^235 /);
  return dialogue;
}

const mail = (more: string[] = [], from = `ada@${organization.domain}`) =>
  Buffer.from(
    [
      `From: Ada <${from}>`,
      'To: Bea <bea@one.example>',
      'Subject: The figures',
      ...more,
      '',
      'Here they are.',
      '',
    ].join('\r\n'),
  );

interface Recipient extends Record<string, unknown> {
  address: string;
  name: string | null;
  role: string;
  destination: string;
}

const recipientsOf = (id: string) =>
  owner.asSystem((sql) =>
    sql<Recipient>(
      'select address, name, role, destination from outgoing_recipients where message_id = $1 order by id',
      [id],
    ),
  );

const bytesOf = async (id: string) => {
  const [row] = await owner.query<{ sha256: Buffer; organization_id: string }>(
    'select sha256, organization_id from messages where id = $1',
    [id],
  );
  const app = database.open('everpost_app', 1);
  const bytes = await app.withOrganization(row!.organization_id, (sql) => readBlob(sql, row!.sha256));
  return bytes!.toString();
};

const countMessages = async () => {
  const [row] = await owner.query<{ count: number }>('select count(*) from messages where organization_id = $1', [
    organization.id,
  ]);
  return row!.count;
};

describe('the submission port', () => {
  test('offers AUTH and STARTTLS, and takes nothing from who has not signed in', async () => {
    const dialogue = await SmtpDialogue.open(submission.port);
    const greeting = await dialogue.command('EHLO client.example');
    expect(greeting).toMatch(/^250.AUTH PLAIN LOGIN\r?$/m);
    expect(greeting).toMatch(/^250.STARTTLS\r?$/m);
    expect(await dialogue.command(`MAIL FROM:<ada@${organization.domain}>`)).toMatch(/^530 5\.7\.0 sign in first/);
    await dialogue.quit();
  });

  test('is opened by the intake process, and what it accepted outlives its death', async () => {
    const intake = new IngressProcess('real', database.url, { EVERPOST_DNS: 'off' });
    await intake.start();
    const dialogue = await signedIn(intake.submissionPort);
    const [id] = acceptedIds(await dialogue.send(mail(), `ada@${organization.domain}`, 'bea@one.example'));
    await intake.kill();
    expect(await recipientsOf(id!)).toHaveLength(1);
    await intake.stop();
  });

  test('asks for TLS before a password, save in networks that are trusted', async () => {
    const strict = await startTestSubmission(database, {}, ['10.0.0.0/8']);
    const dialogue = await SmtpDialogue.open(strict.port);
    expect(await dialogue.command('EHLO client.example')).not.toContain('AUTH');
    const auth = `AUTH PLAIN ${plain('apikey', organization.token)}`;
    expect(await dialogue.command(auth)).toMatch(/^538 5\.7\.11 /);
    await dialogue.startTls();
    expect(await dialogue.command('EHLO client.example')).toContain('AUTH PLAIN LOGIN');
    expect(await dialogue.command(auth)).toMatch(/^235 /);
    await dialogue.quit();
    await strict.stop();
    expect(JSON.stringify(strict.log)).not.toContain(organization.token);
  });

  test('accepts a message for good, with each recipient where the header names it and what is for us alone taken out', async () => {
    const dialogue = await signedIn();
    const reply = await dialogue.send(
      mail(['Cc: cid@Two.Example', 'Bcc: dan@three.example', 'Idempotency-Key: order-7']),
      `ada@${organization.domain}`,
      'bea@one.example',
      'cid@two.example',
      'dan@three.example',
    );
    const [id] = acceptedIds(reply);
    expect(await recipientsOf(id!)).toEqual([
      { address: 'bea@one.example', name: 'Bea', role: 'to', destination: 'one.example' },
      { address: 'cid@two.example', name: null, role: 'cc', destination: 'two.example' },
      { address: 'dan@three.example', name: null, role: 'bcc', destination: 'three.example' },
    ]);
    const bytes = await bytesOf(id!);
    expect(bytes).toMatch(/^Received: from submit\.test \(\[unknown\]\)/);
    expect(bytes).not.toMatch(/bcc|idempotency|dan@|127\.0\.0\.1/i);
    expect(bytes).toContain('Here they are.');
    await dialogue.quit();
  });

  test('sends once what a client hands in again because it got no answer', async () => {
    const sender = `ada@${organization.domain}`;
    const lost = await signedIn();
    await lost.envelope(sender, 'bea@one.example');
    lost.write(Buffer.concat([mail(['Idempotency-Key: order-7']), Buffer.from('.\r\n')]));
    while ((await countMessages()) === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    lost.abort();
    const again = await signedIn();
    const [first] = acceptedIds(await again.send(mail(['Idempotency-Key: order-7']), sender, 'bea@one.example'));
    expect(await countMessages()).toBe(1);
    const [quoted] = acceptedIds(await again.send(mail(['Idempotency-Key: "order-7"']), sender, 'bea@one.example'));
    expect(quoted).toBe(first);
    const other = await again.send(mail(['Idempotency-Key: order-7', 'X-Other: 1']), sender, 'bea@one.example');
    expect(other).toMatch(/^550 5\.7\.0 the Idempotency-Key was used for another message/);
    expect(other).toContain(first);
    const wider = await again.send(mail(['Idempotency-Key: order-7']), sender, 'bea@one.example', 'eve@two.example');
    expect(wider).toMatch(/^550 5\.7\.0/);
    expect(await countMessages()).toBe(1);
    await again.quit();
  });

  test('answers a wrong password later each time, and then takes the right one', async () => {
    const before = Date.now();
    const dialogue = await SmtpDialogue.open(submission.port);
    await dialogue.command('EHLO client.example');
    for (const _ of [1, 2]) {
      expect(await dialogue.command(`AUTH PLAIN ${plain('ada@nowhere.example', 'wrong')}`)).toMatch(/^535 5\.7\.8 /);
    }
    const delays = submission.log.flatMap(({ msg, delayMs }) => (msg === 'a sign-in failed' ? [Number(delayMs)] : []));
    expect(delays.slice(-2)).toEqual([500, 1_000]);
    expect(Date.now() - before).toBeGreaterThanOrEqual(1_400);
    expect(await dialogue.command(`AUTH PLAIN ${plain('ada@nowhere.example', organization.token)}`)).toMatch(/^235 /);
    const swapped = await SmtpDialogue.open(submission.port);
    await swapped.command('EHLO client.example');
    expect(await swapped.command(`AUTH PLAIN ${plain(organization.token, 'apikey')}`)).toMatch(/^535 /);
    expect(JSON.stringify(submission.log)).not.toContain(organization.token);
    await swapped.quit();
    await dialogue.quit();
  });

  test('lets a mailbox in by its password, in its own name alone', async () => {
    await owner.asSystem(async (sql) => {
      const [domain] = await sql<{ id: string }>('select id from domains where organization_id = $1', [
        organization.id,
      ]);
      const [sales] = await sql<{ id: string }>(
        `insert into mailboxes (organization_id, domain_id, name, pattern) values ($1, $2, 'Sales', $3) returning id`,
        [organization.id, domain!.id, `sales@${organization.domain}`],
      );
      await sql(
        `insert into mailbox_passwords (mailbox_id, organization_id, hash, set_by) values ($1, $2, $3, 'test')`,
        [sales!.id, organization.id, await hashPassword('correct horse battery')],
      );
    });
    const sales = `sales@${organization.domain}`;
    const dialogue = await SmtpDialogue.open(submission.port);
    await dialogue.command('EHLO client.example');
    expect(await dialogue.command('AUTH LOGIN')).toMatch(/^334 /);
    expect(await dialogue.command(Buffer.from(sales.toUpperCase()).toString('base64'))).toMatch(/^334 /);
    expect(await dialogue.command(Buffer.from('correct horse battery').toString('base64'))).toMatch(/^235 /);
    expect(await dialogue.command('MAIL FROM:<>')).toMatch(/^550 5\.7\.1 a mailbox sends in its own name/);
    expect(await dialogue.command(`MAIL FROM:<ada@${organization.domain}>`)).toMatch(
      /^550 5\.7\.1 .*not of the mailbox/,
    );
    expect(await dialogue.send(mail([]), sales, 'bea@one.example')).toMatch(
      /^550 5\.7\.1 the address in the From field/,
    );
    const [id] = acceptedIds(await dialogue.send(mail([], sales), sales, 'bea@one.example'));
    const [row] = await owner.query<{ submitted_by: string }>(
      'select submitted_by from outgoing_messages where message_id = $1',
      [id],
    );
    expect(row!.submitted_by).toBe(`mailbox ${sales}`);
    await owner.query('delete from mailbox_passwords where organization_id = $1', [organization.id]);
    expect(await dialogue.command(`MAIL FROM:<${sales}>`)).toMatch(/^421 4\.7\.0 .*does not hold any more/);
  });

  test('refuses senders of other organizations, in the envelope and in the header', async () => {
    const dialogue = await signedIn();
    expect(await dialogue.command('MAIL FROM:<eve@elsewhere.example>')).toMatch(/^550 5\.7\.1 .*elsewhere\.example/);
    const forged = await dialogue.send(
      mail([], 'eve@elsewhere.example'),
      `ada@${organization.domain}`,
      'bea@one.example',
    );
    expect(forged).toMatch(/^550 5\.7\.1 the address in the From field/);
    const none = Buffer.from('Subject: no author\r\n\r\nHello\r\n');
    expect(await dialogue.send(none, `ada@${organization.domain}`, 'bea@one.example')).toMatch(/^550 5\.6\.0 .*0 From/);
    expect(await countMessages()).toBe(0);
    const [id] = acceptedIds(await dialogue.send(mail(), '', 'bea@one.example'));
    expect(id).toBeDefined();
    await dialogue.quit();
  });

  test.each([
    ['bea@one', 'a domain that is none'],
    ['bea@-one.example', 'a domain that is none'],
    ['bea@one..example', 'a domain that is none'],
    ['bea@[192.0.2.1]', 'a network address'],
    ['be..a@one.example', 'a local part that is none'],
    [`${'b'.repeat(65)}@one.example`, 'a local part of more than 64'],
  ])('refuses the recipient %s, and goes on', async (address) => {
    const dialogue = await signedIn();
    await dialogue.command(`MAIL FROM:<ada@${organization.domain}>`);
    expect(await dialogue.command(`RCPT TO:<${address}>`)).toMatch(/^5(?:01|53) /);
    expect(await dialogue.command('RCPT TO:<bea@one.example>')).toMatch(/^250 /);
    await dialogue.quit();
  });

  test('takes addresses of other scripts, their domains in A-labels', async () => {
    const dialogue = await signedIn();
    await dialogue.command(`MAIL FROM:<ada@${organization.domain}> SMTPUTF8`);
    expect(await dialogue.command('RCPT TO:<bea@bücher.example>')).toMatch(/^250 /);
    await dialogue.command('DATA');
    dialogue.write(mail());
    const [id] = acceptedIds(await dialogue.command('.'));
    expect(await recipientsOf(id!)).toMatchObject([
      { address: 'bea@xn--bcher-kva.example', destination: 'xn--bcher-kva.example' },
    ]);
    await dialogue.quit();
  });

  test('takes so many recipients a message and says so beyond, and so many bytes', async () => {
    const small = await startTestSubmission(database, { recipients: 2, messageBytes: 1_500 });
    const dialogue = await signedIn(small.port);
    await dialogue.command(`MAIL FROM:<ada@${organization.domain}>`);
    expect(await dialogue.command('RCPT TO:<a@one.example>')).toMatch(/^250 /);
    expect(await dialogue.command('RCPT TO:<b@one.example>')).toMatch(/^250 /);
    expect(await dialogue.command('RCPT TO:<c@one.example>')).toMatch(/^452 4\.5\.3 /);
    await dialogue.command('RSET');
    const large = Buffer.concat([mail(), Buffer.from(`${'x'.repeat(70)}\r\n`.repeat(30))]);
    expect(await dialogue.send(large, `ada@${organization.domain}`, 'a@one.example')).toMatch(/^552 5\.3\.4 /);
    await dialogue.quit();
    await small.stop();
  });

  test('refuses what SMTP smuggling is made of', async () => {
    const dialogue = await signedIn();
    await dialogue.envelope(`ada@${organization.domain}`, 'bea@one.example');
    dialogue.write(Buffer.concat([mail(), Buffer.from('one\n.\nMAIL FROM:<eve@one.example>\r\n')]));
    expect(await dialogue.command('.')).toMatch(/^554 5\.6\.0 /);
    expect(await countMessages()).toBe(0);
    await dialogue.quit();
  });

  test('serves an ordinary client over STARTTLS and over implicit TLS, a large message too', async () => {
    const from = `ada@${organization.domain}`;
    for (const { port, secure } of [
      { port: submission.port, secure: false },
      { port: submission.tlsPort, secure: true },
    ]) {
      const transport = nodemailer.createTransport({
        host: '127.0.0.1',
        port,
        secure,
        requireTLS: !secure,
        tls: { rejectUnauthorized: false },
        auth: { user: 'apikey', pass: organization.token },
      });
      const attachments = [{ filename: 'large.bin', content: Buffer.alloc(3 * 1024 * 1024, 7) }];
      const { response } = await transport.sendMail({ from, to: 'bea@one.example', text: 'Hello', attachments });
      const [id] = acceptedIds(response);
      expect((await bytesOf(id!)).length).toBeGreaterThan(4 * 1024 * 1024);
      const [row] = await owner.query<{ tls: string | null }>(
        `select session->'tls'->>'protocol' as tls from messages where id = $1`,
        [id],
      );
      expect(row!.tls).toMatch(/^TLSv1\.[23]$/);
      transport.close();
    }
  });
});
