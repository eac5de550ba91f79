import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../src/adapters/database/database.js';
import { isProven } from '../../src/domain/imap-sync.js';
import { createOrganization, createTestDatabase, type TestDatabase } from '../support/database.js';
import { dovecotInstalled, TestDovecot } from '../support/dovecot.js';
import { MailboxOwner } from '../support/imap-mailbox.js';
import { IngressProcess } from '../support/ingress-process.js';
import { plainMail } from '../support/messages.js';
import { lacking } from '../support/summary-reporter.js';
import { SECRET_KEY, TestAccount } from '../support/test-imap.js';

const USER = 'ada@there.example';
const MAILS = 300;

let database: TestDatabase;
let app: Database;
let dovecot: TestDovecot;

beforeAll(async () => {
  database = await createTestDatabase();
  app = database.open('everpost_app');
  if (dovecotInstalled) dovecot = await TestDovecot.start({ users: [{ address: USER }] });
});
afterAll(async () => {
  await dovecot?.stop();
  await database?.drop();
});

test('an intake that is killed again and again in the middle of an import takes every message once', async (context) => {
  if (!dovecotInstalled) return context.skip(lacking('dovecot'));
  const mailbox = await MailboxOwner.signIn(dovecot, USER);
  const expected: string[] = [];
  for (let n = 0; n < MAILS; n++) {
    // Some are large: they go through a file.
    const text = n % 60 === 30 ? `${'A line of many that make it large.\r\n'.repeat(20_000)}${n}\r\n` : `Mail ${n}\r\n`;
    const mail = plainMail({ subject: `Mail ${n}`, text });
    expected.push(createHash('sha256').update(mail).digest('hex'));
    await mailbox.append('INBOX', mail);
  }
  const organization = await createOrganization(database.open('owner', 2), 'ours.example');
  const account = await TestAccount.create(app, organization, { port: dovecot.imapPort, user: USER });
  const intake = new IngressProcess('real', database.url, {
    EVERPOST_SECRET_KEY: SECRET_KEY.toString('base64'),
    EVERPOST_LOG_LEVEL: 'info',
  });
  const count = async () => (await account.taken()).length;
  const killedAt: number[] = [];
  try {
    while (killedAt.length < 4) {
      const before = await count();
      await intake.start();
      while ((await count()) === before) await sleep(1);
      await intake.kill();
      killedAt.push(await count());
    }
    // It was in the middle, each time.
    expect(killedAt.at(-1)).toBeLessThan(MAILS);
    await intake.start();
    const taken = await account.takes(MAILS, 60_000);
    expect(taken.map(({ sha256 }) => sha256).sort()).toEqual(expected.toSorted());
    const proof = (await account.reconcile())['INBOX']!;
    expect(proof).toMatchObject({ server: MAILS, taken: MAILS, missing: 0, repaired: 0, doubled: 0, unaccounted: 0 });
    expect(isProven(proof)).toBe(true);
    expect(await count()).toBe(MAILS);
  } finally {
    await intake.stop();
    await mailbox.leave();
  }
}, 180_000);
