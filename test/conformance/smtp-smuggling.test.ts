import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { onwardContent } from '../../src/activities/onward-content.js';
import type { Database } from '../../src/adapters/database/database.js';
import { handOver } from '../../src/adapters/onward/hand-over.js';
import { createOrganization, createTestDatabase, type TestDatabase } from '../support/database.js';
import { plainMail } from '../support/messages.js';
import { SmtpDialogue } from '../support/smtp-dialogue.js';
import { testData } from '../support/test-data.js';
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

const tools = testData('smtp-smuggling');

test.skipIf(tools.absent)(tools.title('the variants are all that the scanner knows, in both directions'), async () => {
  const scanner = await readFile(path.join(tools.path, 'smtp_smuggling_scanner.py'), 'utf8');
  const lists = [...scanner.matchAll(/^(?:inbound|outbound)_eod_sequences = \[([^\]]*)\]/gm)].map(([, list]) => list!);
  const known = lists.flatMap((list) =>
    [...list.matchAll(/"[^"]*"/g)].map(([text]) => JSON.parse(text.replaceAll('\\x', '\\u00')) as string),
  );
  expect(known.length).toBeGreaterThan(10);
  expect(known.filter((sequence) => !VARIANTS.includes(sequence))).toEqual([]);
});

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

/** A server that takes one message by the book and keeps every byte that comes behind its 354. */
async function bytesSent(stored: Buffer, chunkSize: number): Promise<string> {
  let sent: string | null = null;
  const server = createServer((socket) => {
    let read = '';
    socket.write('220 next.example\r\n');
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      if (sent !== null) {
        const before = sent.includes('\r\n.\r\n');
        sent += chunk.toString('latin1');
        if (!before && sent.includes('\r\n.\r\n')) socket.write('250 2.0.0 taken\r\n');
        return;
      }
      read += chunk.toString('latin1');
      for (let end = read.indexOf('\r\n'); end >= 0 && sent === null; end = read.indexOf('\r\n')) {
        if (read.startsWith('DATA')) sent = read.slice(end + 2);
        socket.write(
          read.startsWith('EHLO') ? '250-next\r\n250 8BITMIME\r\n' : sent === null ? '250 ok\r\n' : '354 go\r\n',
        );
        read = read.slice(end + 2);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const content = await onwardContent('0198c0de-0000-7000-8000-000000000001', {
      mailFrom: 'eve@sender.example',
      size: stored.length,
      trace: 'Received: from a by mx.example.org; Fri, 20 Nov 2026 10:00:00 +0000\r\n',
      authentication: null,
      authenticationResults: null,
      spam: null,
      security: null,
      async *chunks() {
        for (let from = 0; from < stored.length; from += chunkSize) yield stored.subarray(from, from + chunkSize);
      },
    });
    const { port } = server.address() as AddressInfo;
    const tls = 'NONE' as const;
    const next = { protocol: 'SMTP', host: '127.0.0.1', port, socket: null, tls, ca: null, credentials: null } as const;
    const { report } = await handOver([{ ...next, privateNetworks: true }], {
      helloName: 'mx.example.org',
      mailFrom: 'eve@sender.example',
      recipients: ['team@example.org'],
      size: content.size,
      eightBit: true,
      body: () => content.chunks(),
      beforeEnd: () => Promise.resolve(),
      replyTimeoutMs: 10_000,
      signal: new AbortController().signal,
    });
    expect(report?.answers[0]?.reply?.code).toBe(250);
  } finally {
    server.close();
  }
  return sent!;
}

/** Ends of data that some server has been seen to take for one, once it has dropped NULs and cut lines as it likes. */
const LAX_END = /(?:\r\n|\r|\n)\.[\r\n]/;

const OUTGOING: [string, string][] = [
  ...VARIANTS.map((variant): [string, string] => [JSON.stringify(variant), variant]),
  ['a dot behind many NULs', `\r\n${'\0'.repeat(500)}.${'\0'.repeat(500)}\r\n`],
  ['NULs within a line end', '\r\0\n.\r\0\n'],
  ['a lone dot behind as much as a buffer holds', `\r\n${'x'.repeat(1_000)}.\r\n`],
  ['a long line of characters of two bytes each', `\r\n${'\xc3\xbc'.repeat(700)}.\r\n`],
];

test.each(OUTGOING)('a stored message with %s goes on as one message in plain lines', async (_name, variant) => {
  for (const place of ['body', 'header'] as const) {
    const mail = plainMail({ text: 'lorem ipsum' }).toString('latin1');
    const stored = Buffer.from(
      place === 'body' ? `${mail}${variant}${SMUGGLED}` : `Subject: a${variant}${SMUGGLED}${mail}`,
      'latin1',
    );
    for (const size of [stored.length, 1]) {
      const sent = await bytesSent(stored, size);
      const end = sent.indexOf('\r\n.\r\n');
      expect(sent.slice(end + 5)).toMatch(/^(?:QUIT\r\n)?$/);
      const data = sent.slice(0, end + 2);
      expect(data).not.toMatch(/\0|\r(?!\n)|(?<!\r)\n/);
      expect(data).not.toMatch(LAX_END);
      const lines = data.split('\r\n').map((line) => line.replace(/^\./, ''));
      expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(998);
      // It arrives as a part of the message, and no character of it is cut in two.
      expect(data).toContain('smuggled');
      expect(Buffer.from(data, 'latin1').toString('utf8')).not.toContain('\ufffd');
    }
  }
});
