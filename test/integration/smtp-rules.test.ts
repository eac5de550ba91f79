import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '../../src/adapters/database/database.js';
import { saveRule } from '../../src/adapters/organizations/rules.js';
import type { RuleDraft } from '../../src/domain/rules.js';
import {
  createOrganization,
  createTestDatabase,
  type TestDatabase,
  type TestOrganization,
} from '../support/database.js';
import { plainMail } from '../support/messages.js';
import { SmtpDialogue } from '../support/smtp-dialogue.js';
import { startTestIntake, type TestIntake } from '../support/test-intake.js';

let database: TestDatabase;
let owner: Database;
let app: Database;
let intake: TestIntake;
let organization: TestOrganization;
let other: TestOrganization;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = database.open('owner');
  app = database.open('everpost_app');
  organization = await createOrganization(owner, 'example.org');
  other = await createOrganization(owner, 'other.example');
  intake = await startTestIntake(database);
});
afterAll(async () => {
  await intake?.stop();
  await database?.drop();
});
beforeEach(() => owner.asSystem((sql) => sql('truncate disposition_rules')));

type Draft = Partial<RuleDraft> & Pick<RuleDraft, 'expression'>;
const HANGING = new URL('../support/hanging-parser-thread.ts', import.meta.url);
const text = 'we take no such mail';

/** Rules that reject unless they say otherwise; in force when this resolves. */
async function setRules(drafts: Draft[], of = organization): Promise<void> {
  await app.withOrganization(of.id, async (sql) => {
    for (const draft of drafts) {
      await saveRule(sql, null, {
        name: 'a rule',
        enabled: true,
        stop: false,
        overrides: false,
        actions: [{ kind: 'reject', text }],
        ...draft,
      });
    }
  });
  // The intake reads them once a second.
  await new Promise((resolve) => setTimeout(resolve, 1_100));
}

const messages = async () => {
  const [row] = await owner.query<{ count: number }>('select count(*) from messages');
  return row!.count;
};

describe('a rule that rejects', () => {
  test('and knows enough at RCPT TO refuses that recipient, and no other', async () => {
    await setRules([{ expression: 'envelope.fromDomain == "spam.example" && recipient.startsWith("boss@")' }]);
    const client = await SmtpDialogue.open(intake.port);
    await client.command('EHLO client.example');
    await client.command('MAIL FROM:<x@SPAM.example>');
    expect(await client.command('RCPT TO:<Boss@example.org>')).toBe(`550 5.7.1 ${text}`);
    expect(await client.command('RCPT TO:<team@example.org>')).toMatch(/^250 /);
    expect(await client.command('DATA')).toMatch(/^354 /);
    client.write(plainMail());
    expect(await client.command('\r\n.')).toMatch(/^250 2\.0\.0 accepted/);
    await client.quit();
    const [row] = await owner.query('select array_agg(address) as addresses from message_recipients');
    expect(row).toEqual({ addresses: ['team@example.org'] });
    expect(intake.log).toContainEqual(
      expect.objectContaining({ msg: 'refused', by: 'rule', at: 'RCPT', reply: `5.7.1 ${text}` }),
    );
  });

  test('and asks for the header section refuses at the end of DATA; nothing is stored', async () => {
    await setRules([
      {
        expression:
          'message.subject.matches("(?i)^buy now") || headers.value("X-Bulk") == "ja ö" || message.size > 600000',
      },
    ]);
    const before = await messages();
    const client = await SmtpDialogue.open(intake.port);
    const send = (mail: Buffer) => client.send(mail, 'x@sender.example', 'team@example.org');
    // Encoded words (RFC 2047) are decoded as after the analysis.
    expect(await send(plainMail({ subject: '=?utf-8?B?QlVZIE5PVw==?=' }))).toBe(`550 5.7.1 ${text}`);
    expect(await send(plainMail({ headers: ['x-bulk: =?iso-8859-1?Q?ja_=F6?='] }))).toBe(`550 5.7.1 ${text}`);
    expect(await send(plainMail({ text: `${'x'.repeat(70)}\r\n`.repeat(10_000) }))).toBe(`550 5.7.1 ${text}`);
    expect(await messages()).toBe(before);
    expect(await send(plainMail({ text: 'buy now', subject: 'Not: buy now' }))).toMatch(/^250 /);
    expect(await messages()).toBe(before + 1);
    await client.quit();
  });

  test('lets a message in where it is refused for some of its recipients alone', async () => {
    await setRules([{ expression: 'recipient == "one@example.org" && message.subject == "Both"' }]);
    await setRules([{ expression: 'message.subject == "Everybody"' }]);
    await setRules([{ expression: 'message.subject == "Everybody"' }], other);
    const client = await SmtpDialogue.open(intake.port);
    const send = (subject: string, ...to: string[]) => client.send(plainMail({ subject }), 'x@sender.example', ...to);
    expect(await send('Both', 'one@example.org')).toMatch(/^550 /);
    expect(await send('Both', 'one@example.org', 'two@example.org')).toMatch(/^250 /);
    expect(await send('Both', 'one@example.org', 'one@other.example')).toMatch(/^250 /);
    expect(await send('Everybody', 'one@example.org', 'one@other.example')).toMatch(/^550 /);
    await client.quit();
  });

  test('waits for the analysis where a rule before it could say otherwise', async () => {
    await setRules([
      { expression: 'authentication.dmarc == "pass"', actions: [{ kind: 'deliver' }], stop: true },
      { expression: 'message.subject == "Sale"' },
    ]);
    const client = await SmtpDialogue.open(intake.port);
    expect(await client.send(plainMail({ subject: 'Sale' }), 'x@sender.example', 'team@example.org')).toMatch(/^250 /);
    await client.quit();
  });

  test('takes hostile header values for what they are, and a message without a header section too', async () => {
    await setRules([{ expression: 'from.size() == 0' }, { expression: 'headers.value("X-Evil").matches("^(a+)+$")' }]);
    const client = await SmtpDialogue.open(intake.port);
    const send = (mail: Buffer) => client.send(mail, 'x@sender.example', 'team@example.org');
    const evil = `X-Evil: 550" || true || "\r\n ${'a'.repeat(900)}`;
    const many = Array.from({ length: 5_000 }, (_, index) => `X-${index}: v`);
    expect(await send(plainMail({ headers: [evil, ...many] }))).toMatch(/^250 /);
    expect(await send(plainMail({ headers: [`X-Evil: ${'a'.repeat(900)}`] }))).toMatch(/^550 /);
    expect(await send(Buffer.from('no header at all\r\n\r\nFrom: x@y.example\r\n'))).toMatch(/^550 /);
    await client.quit();
  });

  test('refuses nobody while its header section cannot be parsed: it is asked after the analysis', async () => {
    const hasty = await startTestIntake(database, {}, { threads: 1, deadlineMs: 50, memoryMb: 64, thread: HANGING });
    await setRules([{ expression: 'message.subject == "Sale"' }]);
    const client = await SmtpDialogue.open(hasty.port);
    expect(
      await client.send(
        plainMail({ subject: 'Sale', headers: ['X-Parser: hang'] }),
        'x@sender.example',
        'team@example.org',
      ),
    ).toMatch(/^250 /);
    await client.quit();
    await hasty.stop();
  });
});
