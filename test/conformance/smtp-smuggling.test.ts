import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../src/adapters/database/database.js';
import { createOrganization, createTestDatabase, type TestDatabase } from '../support/database.js';
import { plainMail } from '../support/messages.js';
import { SmtpDialogue } from '../support/smtp-dialogue.js';
import { startTestIntake, type TestIntake } from '../support/test-intake.js';

/**
 * Ends of data that some servers take for one and others do not: those of The-Login/SMTP-Smuggling-Tools (MIT), inbound
 * and outbound, and those of hannob/smtpsmug.
 */
const VARIANTS = [
  '\n.\n',
  '\n.\r',
  '\r.\n',
  '\r.\r',
  '\n.\r\n',
  '\r.\r\n',
  '\r\n.\n',
  '\r\n.\r',
  '\r\n\0.\r\n',
  '\r\n.\0\r\n',
  '\r\n.\r\r\n',
  '\r\r\n.\r\r\n',
  '\n\n.\r\n',
  '\n\r.\r\n',
  '\r\n\n.\r\n',
];

let database: TestDatabase;
let owner: Database;
let intake: TestIntake;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = database.open('owner');
  await createOrganization(owner, 'example.org');
  intake = await startTestIntake(database);
});

afterAll(async () => {
  await intake?.stop();
  await database?.drop();
});

const SMUGGLED =
  'MAIL FROM:<admin@example.org>\r\nRCPT TO:<team@example.org>\r\nDATA\r\nSubject: smuggled\r\n\r\nsmuggled\r\n';

test.each(VARIANTS.map((variant) => [JSON.stringify(variant), variant]))(
  'a message with the false end of data %s is refused whole, sent at once or byte by byte',
  async (_name, variant) => {
    for (const size of [Infinity, 1]) {
      const client = await SmtpDialogue.open(intake.port);
      await client.envelope('eve@sender.example', 'team@example.org');
      const bytes = `${plainMail({ text: 'lorem ipsum' }).toString()}${variant}${SMUGGLED}\r\n.\r\n`;
      if (size === 1) {
        for (const byte of bytes) {
          client.write(Buffer.from(byte, 'latin1'));
          await new Promise(setImmediate);
        }
      } else client.write(bytes);
      expect(await client.reply()).toMatch(/^554 5\.6\.0 /);
      expect(await client.command('NOOP')).toMatch(/^250/);
      await client.quit();
    }
    await sleep(20);
    expect(await owner.query('select id from messages')).toEqual([]);
  },
);
