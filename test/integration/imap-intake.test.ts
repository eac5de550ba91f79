import { createHash, randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Database } from '../../src/adapters/database/database.js';
import { setImapAccountPaused } from '../../src/adapters/imap/accounts.js';
import { isProven } from '../../src/domain/imap-sync.js';
import {
  createOrganization,
  createTestDatabase,
  type TestDatabase,
  type TestOrganization,
} from '../support/database.js';
import { dovecotInstalled, TestDovecot } from '../support/dovecot.js';
import { eventually } from '../support/eventually.js';
import { MailboxOwner } from '../support/imap-mailbox.js';
import { plainMail } from '../support/messages.js';
import { family, killNow } from '../support/process-family.js';
import { lacking } from '../support/summary-reporter.js';
import { startTestImapIntake, TestAccount, type TestImapIntake } from '../support/test-imap.js';

let database: TestDatabase;
let app: Database;
let owner: Database;
let organization: TestOrganization;
let dovecot: TestDovecot;
let intake: TestImapIntake | null = null;
let mailbox: MailboxOwner;
let user = '';
let users = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  app = database.open('everpost_app');
  owner = database.open('owner');
  organization = await createOrganization(owner, 'ours.example');
  const addresses = Array.from({ length: 30 }, (_, n) => ({ address: `user${n + 1}@there.example` }));
  if (dovecotInstalled) dovecot = await TestDovecot.start({ users: addresses });
});
afterAll(async () => {
  await dovecot?.stop();
  await database?.drop();
});
beforeEach(async (context) => {
  if (!dovecotInstalled) return context.skip(lacking('dovecot'));
  // A mailbox of its own for each test.
  user = `user${(users += 1)}@there.example`;
  mailbox = await MailboxOwner.signIn(dovecot, user);
});
afterEach(async () => {
  await intake?.stop();
  intake = null;
  await mailbox?.leave();
  await owner.query('delete from imap_accounts');
});

const account = (draft: Partial<Parameters<typeof TestAccount.create>[2]> = {}) =>
  TestAccount.create(app, organization, { port: dovecot.imapPort, user, ...draft });

const start = async (
  ...given: Parameters<typeof startTestImapIntake> extends [unknown, ...infer Rest] ? Rest : never
) => {
  intake = await startTestImapIntake(database, ...given);
};

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

test('takes what is there, then what arrives while it watches, each with its bytes and its place', async () => {
  const first = plainMail({ subject: 'First' });
  await mailbox.append('INBOX', first);
  const taken = await account();
  await start({ pollMs: 600_000 });
  await taken.takes(1);
  await taken.state('WATCHING');
  const second = Buffer.concat([
    Buffer.from('Return-Path: <bounce@sender.example>\r\n'),
    plainMail({ subject: 'Second' }),
  ]);
  await mailbox.append('INBOX', second); // no poll for ten minutes: IDLE tells of it
  const both = await taken.takes(2);
  expect(both.map((message) => message.sha256)).toEqual([sha256(first), sha256(second)]);
  expect(both.map(({ folder, uid }) => [folder, uid])).toEqual([
    ['INBOX', 1],
    ['INBOX', 2],
  ]);
  expect(both.map(({ mailFrom }) => mailFrom)).toEqual(['ada@sender.example', 'bounce@sender.example']);
  const runs = await owner.query('select status from runs where message_id = any($1::uuid[])', [
    both.map(({ id }) => id),
  ]);
  expect(runs).toEqual([{ status: 'RECEIVED' }, { status: 'RECEIVED' }]);
  const proof = (await taken.reconcile())['INBOX']!;
  expect(proof).toMatchObject({ server: 2, taken: 2, missing: 0, doubled: 0, unaccounted: 0, expunged: 0 });
});

test('a folder with another UIDVALIDITY: what was taken is known again, what is new is taken', async () => {
  await mailbox.create('Work');
  const mails = Array.from({ length: 20 }, (_, n) => ({
    bytes: plainMail({ subject: `Mail ${n}` }),
    at: new Date(Date.UTC(2026, 0, 1, 0, n)),
  }));
  for (const { bytes, at } of mails) await mailbox.append('Work', bytes, at);
  const taken = await account({ folders: ['Work'] });
  await start({ pollMs: 500 });
  await taken.takes(20);
  const before = (await taken.state('WATCHING')).folders[0]!.uidValidity;
  await mailbox.recreate('Work');
  const added = plainMail({ subject: 'Came in between' });
  // In another order, so that no UID is what it was.
  for (const { bytes, at } of [{ bytes: added, at: new Date() }, ...mails.toReversed()])
    await mailbox.append('Work', bytes, at);
  const all = await taken.takes(21);
  expect(all.at(-1)!.sha256).toBe(sha256(added));
  await eventually(async () =>
    expect((await taken.reconcile())['Work']).toMatchObject({ server: 21, taken: 1, known: 20 }),
  );
  const { proof, uidValidity } = (await taken.read()).folders[0]!;
  expect(uidValidity).not.toBe(before);
  expect(isProven(proof!)).toBe(true);
  expect(await taken.taken()).toHaveLength(21);
});

test('a message that is moved or copied between watched folders is taken once', async () => {
  await mailbox.create('Archive');
  await mailbox.append('INBOX', plainMail({ subject: 'Moved' }));
  await mailbox.append('INBOX', plainMail({ subject: 'Copied' }));
  const taken = await account({ folders: ['INBOX', 'Archive'] });
  await start({ pollMs: 500 });
  await taken.takes(2);
  await mailbox.move('INBOX', '1', 'Archive');
  await mailbox.copy('INBOX', '2', 'Archive');
  await mailbox.append('Archive', plainMail({ subject: 'New there' }));
  await taken.takes(3);
  const proofs = await taken.reconcile();
  expect(proofs['INBOX']).toMatchObject({ server: 1, taken: 1, expunged: 1 });
  expect(proofs['Archive']).toMatchObject({ server: 3, taken: 1, known: 2 });
  expect(Object.values(proofs).every(isProven)).toBe(true);
});

test('equal bytes without a Message-ID that arrive at another time are another message', async () => {
  const report = Buffer.from('From: cron@machine.example\r\nSubject: Disk is full\r\n\r\nAgain.\r\n');
  await mailbox.append('INBOX', report, new Date('2026-01-01T00:00:00Z'));
  await mailbox.append('INBOX', report, new Date('2026-01-02T00:00:00Z'));
  await mailbox.append('INBOX', report, new Date('2026-01-02T00:00:00Z'));
  const taken = await account();
  await start();
  await taken.takes(2);
  expect((await taken.reconcile())['INBOX']).toMatchObject({ server: 3, taken: 2, known: 1, doubled: 0 });
});

test('starting from NEW leaves what was there, also when the folder is renumbered', async () => {
  await mailbox.create('Work');
  const old = Array.from({ length: 5 }, (_, n) => ({
    bytes: plainMail({ subject: `Old ${n}` }),
    at: new Date(Date.UTC(2026, 0, 1, 0, n)),
  }));
  for (const { bytes, at } of old) await mailbox.append('Work', bytes, at);
  const taken = await account({ folders: ['Work'], startFrom: 'NEW' });
  await start({ pollMs: 500 });
  await taken.state('WATCHING');
  const fresh = plainMail({ subject: 'Fresh' });
  await mailbox.append('Work', fresh);
  expect((await taken.takes(1))[0]!.sha256).toBe(sha256(fresh));
  await mailbox.recreate('Work');
  for (const { bytes, at } of old) await mailbox.append('Work', bytes, at);
  const later = plainMail({ subject: 'Later' });
  await mailbox.append('Work', later);
  expect((await taken.takes(2)).map((one) => one.sha256)).toEqual([sha256(fresh), sha256(later)]);
  expect((await taken.reconcile())['Work']).toMatchObject({ server: 6, before: 5, taken: 1, missing: 0 });
});

test('what is deleted on the server is noted and stays here', async () => {
  for (let n = 0; n < 3; n++) await mailbox.append('INBOX', plainMail({ subject: `Mail ${n}` }));
  const taken = await account();
  await start({ pollMs: 600_000 });
  await taken.takes(3);
  await taken.state('WATCHING');
  await mailbox.delete('INBOX', '2');
  await eventually(async () => expect((await taken.outcomes()).map(({ gone }) => gone)).toEqual([false, true, false]));
  expect((await taken.reconcile())['INBOX']).toMatchObject({ server: 2, taken: 2, expunged: 1, missing: 0 });
  expect(await taken.taken()).toHaveLength(3);
});

test('the reconciliation notices and takes what was skipped, and notices what was taken twice', async () => {
  for (let n = 0; n < 4; n++) await mailbox.append('INBOX', plainMail({ subject: `Mail ${n}` }));
  const taken = await account();
  await start({ pollMs: 600_000 });
  await taken.takes(4);
  await taken.state('WATCHING');
  // As a sync would leave it that commits a message without the row that says so, and then forgets both of two others.
  await owner.query('delete from imap_messages where account_id = $1 and uid = 1', [taken.id]);
  const proof = (await taken.reconcile())['INBOX']!;
  expect(proof).toMatchObject({ server: 4, taken: 4, repaired: 1, missing: 0, unaccounted: 1 });
  expect(isProven(proof)).toBe(false);
  expect(await taken.taken()).toHaveLength(5);
  // And as one that has taken a message twice and knows it by both.
  await owner.query(
    `update imap_messages i set sha256 = one.sha256, header_message_id = one.header_message_id
     from imap_messages one where one.account_id = $1 and one.uid = 1 and i.account_id = $1 and i.uid = 4`,
    [taken.id],
  );
  expect((await taken.reconcile())['INBOX']).toMatchObject({ doubled: 1 });
});

test('a large message goes through a file, a larger one than allowed is skipped and says so', async () => {
  const large = plainMail({
    subject: 'Large',
    text: `${randomBytes(900_000).toString('base64').replace(/.{76}/g, '$&\r\n')}\r\n`,
  });
  await mailbox.append('INBOX', large);
  await mailbox.append('INBOX', plainMail({ subject: 'Too large', text: `${'x'.repeat(70)}\r\n`.repeat(30_000) }));
  await mailbox.append('INBOX', plainMail({ subject: 'Small' }));
  const taken = await account();
  await start({ messageBytes: 2_000_000 });
  const [first] = await taken.takes(2);
  expect(first!.sha256).toBe(sha256(large));
  const [blob] = await owner.query<{ whole: string }>(
    `select encode(sha256(string_agg(c.bytes, '' order by c.number)), 'hex') as whole from blob_chunks c
     join messages m on m.sha256 = c.sha256 where m.id = $1`,
    [first!.id],
  );
  expect(blob!.whole).toBe(sha256(large));
  expect((await taken.outcomes()).map(({ outcome, reason }) => [outcome, reason])).toEqual([
    ['taken', null],
    ['skipped', 'tooLarge'],
    ['taken', null],
  ]);
});

test('a wrong password stops its account alone, with a word about it; resuming tries once more', async () => {
  const taken = await account();
  const wrong = await TestAccount.create(
    app,
    organization,
    { port: dovecot.imapPort, user },
    { kind: 'password', password: 'hunter2-is-wrong' },
  );
  await start({ pollMs: 500 });
  await taken.state('WATCHING');
  const { stateReason, stateAt } = await wrong.state('AUTHENTICATION_FAILED');
  expect(stateReason).toContain('refused user and password');
  await app.withOrganization(organization.id, (sql) => setImapAccountPaused(sql, wrong.id, false));
  const again = await wrong.state('AUTHENTICATION_FAILED');
  expect(Date.parse(again.stateAt)).toBeGreaterThan(Date.parse(stateAt));
  expect(JSON.stringify([intake!.log, await wrong.read()])).not.toContain('hunter2');
});

test('a folder that does not exist keeps the others going', async () => {
  await mailbox.append('INBOX', plainMail());
  const taken = await account({ folders: ['INBOX', 'Nowhere'] });
  await start();
  await taken.takes(1);
  const { folders } = await taken.state('WATCHING');
  expect(folders.map(({ path, error }) => [path, error === null])).toEqual([
    ['INBOX', true],
    ['Nowhere', false],
  ]);
});

test('a server that was away is asked again, and nothing is lost meanwhile', async () => {
  await mailbox.append('INBOX', plainMail({ subject: 'Before' }));
  const taken = await account();
  await start({ pollMs: 500 });
  await taken.takes(1);
  // Sessions outlive Dovecot's master.
  const processes = await family(dovecot.pid);
  await dovecot.kill();
  for (const pid of processes) killNow(pid);
  const { stateReason } = await taken.state('RETRYING');
  expect(stateReason).toContain('tried again by itself');
  await dovecot.start();
  mailbox = await MailboxOwner.signIn(dovecot, user);
  await mailbox.append('INBOX', plainMail({ subject: 'After' }));
  await taken.takes(2, 40_000);
});

test('private networks are refused where they are not allowed', async () => {
  const taken = await account();
  await start({}, false);
  const { stateReason } = await taken.state('MISCONFIGURED');
  expect(stateReason).toContain('EVERPOST_IMAP_PRIVATE_NETWORKS');
});

test('of two processes each leads its share of the accounts, and one takes over from the other', async () => {
  await mailbox.append('INBOX', plainMail({ subject: 'One' }));
  const taken = await account();
  await start({ pollMs: 500 });
  const other = await startTestImapIntake(database, { pollMs: 500 });
  try {
    await taken.takes(1);
    await taken.state('WATCHING');
    await mailbox.append('INBOX', plainMail({ subject: 'Two' }));
    await taken.takes(2);
    await intake!.stop();
    intake = null;
    await mailbox.append('INBOX', plainMail({ subject: 'Three' }));
    await taken.takes(3);
    expect((await taken.reconcile())['INBOX']).toMatchObject({ server: 3, taken: 3, doubled: 0, unaccounted: 0 });
  } finally {
    await other.stop();
  }
});
