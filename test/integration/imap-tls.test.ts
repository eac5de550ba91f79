import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { generate } from 'selfsigned';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Database } from '../../src/adapters/database/database.js';
import { setImapAccountPaused } from '../../src/adapters/imap/accounts.js';
import type { ImapTlsMode } from '../../src/domain/imap-account.js';
import {
  createOrganization,
  createTestDatabase,
  type TestDatabase,
  type TestOrganization,
} from '../support/database.js';
import { dovecotInstalled, TestDovecot } from '../support/dovecot.js';
import { MailboxOwner } from '../support/imap-mailbox.js';
import { plainMail } from '../support/messages.js';
import { lacking } from '../support/summary-reporter.js';
import { startTestImapIntake, TestAccount, type TestImapIntake } from '../support/test-imap.js';

const USERS = ['implicit', 'starttls', 'misnamed', 'plain'].map((name) => ({ address: `${name}@there.example` }));
const TRUSTED = getCACertificates('default');

let database: TestDatabase;
let app: Database;
let organization: TestOrganization;
let intake: TestImapIntake;
let dovecot: TestDovecot | null = null;

beforeAll(async () => {
  database = await createTestDatabase();
  app = database.open('everpost_app');
  organization = await createOrganization(database.open('owner', 2), 'ours.example');
});
afterAll(() => database?.drop());
beforeEach(async (context) => {
  if (!dovecotInstalled) return context.skip(lacking('dovecot'));
  intake = await startTestImapIntake(database, { pollMs: 500 });
});
afterEach(async () => {
  setDefaultCACertificates(TRUSTED);
  await intake?.stop();
  await dovecot?.stop();
  dovecot = null;
  await database.open('owner', 1).query('delete from imap_accounts');
});

const certificateFor = async (name: string) => {
  const made = await generate([{ name: 'commonName', value: 'Our own authority' }], {
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: name }] }],
  });
  return { cert: made.cert, key: made.private };
};

/** As NODE_EXTRA_CA_CERTS does for a process that starts. */
const trust = (certificate: string) => setDefaultCACertificates([...TRUSTED, certificate]);

const accountOn = (server: TestDovecot, user: string, tls: ImapTlsMode) =>
  TestAccount.create(app, organization, {
    // A name: its certificate is compared with it, and Dovecot listens at one of its addresses alone.
    host: 'localhost',
    port: tls === 'implicit' ? server.imapsPort : server.imapPort,
    user: `${user}@there.example`,
    tls,
  });

test.each<ImapTlsMode>(['implicit', 'starttls'])(
  'with %s TLS an authority of our own is believed when it is known, and nothing is sent before',
  async (tls) => {
    const ours = await certificateFor('localhost');
    dovecot = await TestDovecot.start({ users: USERS, tls: ours });
    const mailbox = await MailboxOwner.signIn(dovecot, `${tls}@there.example`);
    await mailbox.append('INBOX', plainMail());
    await mailbox.leave();
    const account = await accountOn(dovecot, tls, tls);
    const { stateReason } = await account.state('MISCONFIGURED');
    expect(stateReason).toContain('NODE_EXTRA_CA_CERTS');
    expect((await dovecot.log()).match(/Login: user=/g)).toHaveLength(1);

    trust(ours.cert);
    await app.withOrganization(organization.id, (sql) => setImapAccountPaused(sql, account.id, false));
    await account.takes(1);
    await account.state('WATCHING');
    expect(await dovecot.log()).toMatch(new RegExp(`Login: user=<${tls}@there.example>.*, TLS,`));
  },
);

test('a certificate that is made for another server is not believed, whoever made it', async () => {
  const theirs = await certificateFor('elsewhere.example');
  dovecot = await TestDovecot.start({ users: USERS, tls: theirs });
  trust(theirs.cert);
  const account = await accountOn(dovecot, 'misnamed', 'implicit');
  expect((await account.state('MISCONFIGURED')).stateReason).toContain('certificate');
  expect(await dovecot.log()).not.toContain('Login: user=');
});

test('a server without STARTTLS gets no password where it is asked for', async () => {
  dovecot = await TestDovecot.start({ users: USERS });
  const account = await accountOn(dovecot, 'plain', 'starttls');
  expect((await account.state('MISCONFIGURED')).stateReason).toContain('implicit TLS');
  expect(await dovecot.log()).not.toContain('Login: user=');
});
