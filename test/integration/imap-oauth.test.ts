import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../src/adapters/database/database.js';
import { setImapAccountPaused } from '../../src/adapters/imap/accounts.js';
import { createOrganization, createTestDatabase, type TestDatabase } from '../support/database.js';
import { dovecotInstalled, TestDovecot } from '../support/dovecot.js';
import { MailboxOwner } from '../support/imap-mailbox.js';
import { plainMail } from '../support/messages.js';
import { OAuthServer } from '../support/oauth-server.js';
import { lacking } from '../support/summary-reporter.js';
import { startTestImapIntake, TestAccount, type TestImapIntake } from '../support/test-imap.js';

const USER = 'ada@there.example';

let database: TestDatabase;
let app: Database;
let oauth: OAuthServer;
let dovecot: TestDovecot;
let intake: TestImapIntake;
const settings = path.join(tmpdir(), `everpost-oauth-${process.pid}.conf`);

beforeAll(async () => {
  database = await createTestDatabase();
  app = database.open('everpost_app');
  oauth = await OAuthServer.start(USER);
  if (!dovecotInstalled) return;
  // Dovecot asks the server about each token; it knows the user by the password too.
  await writeFile(
    settings,
    `introspection_mode = auth\nintrospection_url = ${oauth.url}/introspect\nusername_attribute = username\nactive_attribute = active\nactive_value = true\n`,
    { mode: 0o644 },
  );
  dovecot = await TestDovecot.start({
    users: [{ address: USER }],
    settings: `
auth_mechanisms = plain login xoauth2 oauthbearer
passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = ${settings}
}
`,
  });
  intake = await startTestImapIntake(database, { pollMs: 500 });
});
afterAll(async () => {
  await intake?.stop();
  await dovecot?.stop();
  await oauth?.stop();
  await rm(settings, { force: true });
  await database?.drop();
});

test('signs in by OAuth 2.0, keeps rotated tokens, gets a fresh one when refused, and says when consent is gone', async (context) => {
  if (!dovecotInstalled) return context.skip(lacking('dovecot'));
  const organization = await createOrganization(database.open('owner', 2), 'ours.example');
  const mailbox = await MailboxOwner.signIn(dovecot, USER);
  await mailbox.append('INBOX', plainMail({ subject: 'First' }));
  const account = await TestAccount.create(
    app,
    organization,
    { port: dovecot.imapPort, user: USER },
    {
      kind: 'oauth2',
      clientId: oauth.clientId,
      clientSecret: oauth.clientSecret,
      refreshToken: oauth.refreshToken!,
      tokenUrl: `${oauth.url}/token`,
      scope: null,
    },
  );
  await account.takes(1);
  expect(oauth.refreshes).toBe(1);

  const restart = async () => {
    for (const paused of [true, false]) {
      await app.withOrganization(organization.id, (sql) => setImapAccountPaused(sql, account.id, paused));
    }
  };
  // The token that it has is good for an hour: it is used again.
  await restart();
  await account.state('WATCHING');
  expect(oauth.refreshes).toBe(1);

  // The provider voids it before its time: the rotated refresh token gets another one.
  oauth.accessTokens.clear();
  oauth.expiresIn = 60;
  await restart();
  await mailbox.append('INBOX', plainMail({ subject: 'Second' }));
  await account.takes(2);
  expect(oauth.refreshes).toBe(2);

  // That one ends in a minute: it is exchanged before the server refuses it.
  await restart();
  await account.state('WATCHING');
  expect(oauth.refreshes).toBeGreaterThan(2);

  oauth.accessTokens.clear();
  oauth.refreshToken = null;
  await restart();
  const { stateReason } = await account.state('NEEDS_AUTHORIZATION');
  expect(stateReason).toContain('invalid_grant');

  const stored = await database
    .open('owner', 1)
    .query(
      `select a::text as row from imap_accounts a union all select encode(sealed_credentials, 'escape') from imap_accounts`,
    );
  const seen = JSON.stringify([stored, intake.log, await account.read()]);
  for (const secret of oauth.secrets) expect(seen).not.toContain(secret);
  await mailbox.leave();
}, 60_000);
