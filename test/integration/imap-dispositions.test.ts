import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Database } from '../../src/adapters/database/database.js';
import type { WorkerProcess } from '../../src/workers/worker-process.js';
import { createOrganization, type TestOrganization } from '../support/database.js';
import { dovecotInstalled, TestDovecot } from '../support/dovecot.js';
import { eventually } from '../support/eventually.js';
import { startFlowServers, type FlowServers } from '../support/flow-servers.js';
import { MailboxOwner } from '../support/imap-mailbox.js';
import { plainMail } from '../support/messages.js';
import { lacking } from '../support/summary-reporter.js';
import { startTestImapIntake, TestAccount, type TestImapIntake } from '../support/test-imap.js';

let servers: FlowServers;
let app: Database;
let organization: TestOrganization;
let worker: WorkerProcess;
let dovecot: TestDovecot;
let intake: TestImapIntake;
let mailbox: MailboxOwner;
let account: TestAccount;
let users = 0;

beforeAll(async () => {
  if (!dovecotInstalled) return;
  servers = await startFlowServers();
  app = servers.database.open('everpost_app');
  organization = await createOrganization(servers.owner, 'example.org');
  worker = await servers.flow.startWorker();
  dovecot = await TestDovecot.start({
    users: Array.from({ length: 10 }, (_, n) => ({ address: `user${n + 1}@there.example` })),
  });
  intake = await startTestImapIntake(servers.database, { pollMs: 500 });
});
afterAll(async () => {
  await intake?.stop();
  await worker?.stop();
  await dovecot?.stop();
  await servers?.stop();
});
beforeEach(async (context) => {
  if (!dovecotInstalled) return context.skip(lacking('dovecot'));
  const user = `user${(users += 1)}@there.example`;
  mailbox = await MailboxOwner.signIn(dovecot, user);
  account = await TestAccount.create(app, organization, {
    port: dovecot.imapPort,
    user,
    actions: {
      QUARANTINED: { moveTo: 'Quarantine', keyword: '$Quarantined' },
      DELIVERED: { moveTo: null, keyword: '$Checked' },
    },
  });
});
afterEach(async () => {
  await mailbox?.leave();
  await servers.owner.query('delete from imap_accounts');
});

const done = { kind: 'imap.disposition', status: 'done' };

const spam = () => readFile(path.resolve(import.meta.dirname, '../../samples/spam-gtube.eml'));

const subjects = async (folder: string) =>
  (await mailbox.list(folder).catch(() => [])).map(({ subject, keywords }) => [subject.slice(0, 12), ...keywords]);

const effects = () =>
  servers.read(organization, (sql) =>
    sql<{ kind: string; status: string }>(
      `select s.kind, s.status from side_effects s join messages m on m.id = s.message_id
       where s.kind like 'imap.%' and m.session->'imap'->>'accountId' = $1 order by s.created_at`,
      [account.id],
    ),
  );

test('what is quarantined is moved there on the server, and goes back when a person releases it', async () => {
  const bad = await spam();
  await mailbox.append('INBOX', bad);
  await mailbox.append('INBOX', plainMail({ subject: 'A question' }));
  const subject = /^Subject: (.{12})/m.exec(bad.toString())![1]!;
  await eventually(async () => {
    expect(await subjects('Quarantine')).toEqual([[subject, '$Quarantined']]);
    expect(await subjects('INBOX')).toEqual([['A question', '$Checked']]);
  }, 60_000);
  const message = (await account.taken()).find(({ status }) => status === 'QUARANTINED')!;
  await servers.flow.command(organization, message.id, 'release');
  await eventually(async () => {
    expect(await subjects('Quarantine')).toEqual([]);
    expect(await subjects('INBOX')).toEqual([
      ['A question', '$Checked'],
      [subject, '$Checked'],
    ]);
  }, 60_000);
  await eventually(async () => expect(await effects()).toEqual([done, done, done]));
  // It came back under a new UID, and is not taken again.
  expect(await account.taken()).toHaveLength(2);
  expect((await account.reconcile())['INBOX']).toMatchObject({ server: 2, taken: 1, known: 1, missing: 0, doubled: 0 });
}, 120_000);

test('a message that its owner has moved away meanwhile is left alone', async () => {
  await mailbox.create('Trash');
  await worker.stop(); // nothing is decided yet
  await mailbox.append('INBOX', await spam());
  const [message] = await account.takes(1);
  await mailbox.move('INBOX', '1:*', 'Trash');
  worker = await servers.flow.startWorker();
  const state = () =>
    servers.read(organization, (sql) =>
      sql('select status, state from imap_actions where message_id = $1', [message!.id]),
    );
  await eventually(async () => expect(await state()).toEqual([{ status: 'QUARANTINED', state: 'gone' }]), 60_000);
  expect(await subjects('Trash')).toHaveLength(1);
  expect(await subjects('Quarantine')).toEqual([]);
}, 120_000);

test('an action that was done before its end was noted is not done twice', async () => {
  await mailbox.append('INBOX', await spam());
  await eventually(async () => expect(await subjects('Quarantine')).toHaveLength(1), 60_000);
  await eventually(async () => expect(await effects()).toEqual([done]));
  // As the death of the process leaves it right after the server's answer.
  await servers.owner.asSystem(async (sql) => {
    await sql(`update side_effects set status = 'intended' where kind like 'imap.%'`);
    await sql(`delete from imap_messages where account_id = $1 and outcome = 'known'`, [account.id]);
    await sql('update imap_messages set gone_at = null where account_id = $1', [account.id]);
    await sql(`update imap_actions set state = 'waiting' where account_id = $1`, [account.id]);
  });
  await eventually(async () => expect(await effects()).toEqual([done]));
  expect(await subjects('Quarantine')).toHaveLength(1);
  expect((await account.outcomes()).map(({ folder, outcome, gone }) => [folder, outcome, gone])).toEqual([
    ['INBOX', 'taken', true],
    ['Quarantine', 'known', false],
  ]);
});
