import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DEFAULT_PARSE_LIMITS } from '../../../src/domain/parsed-message.js';
import { testData } from '../../support/test-data.js';
import { parseMessage } from '../../../src/engines/mime/parse-message.js';

const data = testData('.');
/** What a mail may cost its parser at most; the slowest of these takes some 50 ms. */
const ENOUGH_CPU_MS = 2_000;

async function parseInTime(raw: Buffer, what: string) {
  // Of this thread alone: a loaded machine does not count.
  const before = process.threadCpuUsage();
  const parsed = await parseMessage(raw);
  const { user, system } = process.threadCpuUsage(before);
  expect((user + system) / 1_000, what).toBeLessThan(ENOUGH_CPU_MS);
  expect(parsed.text.length).toBeLessThanOrEqual(DEFAULT_PARSE_LIMITS.textCharacters);
  expect(parsed.parts).toBeLessThanOrEqual(DEFAULT_PARSE_LIMITS.parts + 1);
  expect(parsed.depth).toBeLessThanOrEqual(DEFAULT_PARSE_LIMITS.depth + 1);
  return parsed;
}

const codes = (parsed: Awaited<ReturnType<typeof parseMessage>>): string[] => parsed.defects.map(({ code }) => code);
const HEAD =
  'From: a@example.com\r\nTo: b@example.org\r\nDate: Fri, 20 Nov 2026 00:00:00 +0000\r\nMessage-ID: <x@example.com>\r\n';

describe('hostile mail', () => {
  test('cuts 10,000 nested multiparts at the depth limit and says so', async () => {
    const levels = Array.from(
      { length: 10_000 },
      (_, level) => `Content-Type: multipart/mixed; boundary=b${level}\r\n\r\n--b${level}\r\n`,
    );
    const parsed = await parseInTime(
      Buffer.from(`${HEAD}${levels.join('')}Content-Type: text/plain\r\n\r\ndeep\r\n`),
      'nested',
    );
    expect(codes(parsed)).toContain('mime.depth');
  });

  test('cuts 10,000 embedded messages at the depth limit', async () => {
    const levels = 'Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n'.repeat(10_000);
    expect(codes(await parseInTime(Buffer.from(`${HEAD}${levels}\r\nend`), 'rfc822'))).toContain('mime.depth');
  });

  test('cuts 10,000 parts in a row at the part limit and keeps the first', async () => {
    const parts = '--b\r\nContent-Type: text/plain\r\n\r\nx\r\n'.repeat(10_000);
    const parsed = await parseInTime(
      Buffer.from(`${HEAD}Content-Type: multipart/mixed; boundary=b\r\n\r\n${parts}--b--`),
      'flat',
    );
    expect(codes(parsed)).toContain('mime.parts');
    expect(parsed.text.startsWith('x\n\nx')).toBe(true);
  });

  test('reads the beginning of a line of 30 MB', async () => {
    const parsed = await parseInTime(
      Buffer.concat([Buffer.from(`${HEAD}\r\n`), Buffer.alloc(30_000_000, 'x')]),
      'line',
    );
    expect(parsed.text).toHaveLength(DEFAULT_PARSE_LIMITS.textCharacters);
    expect(codes(parsed)).toContain('text.size');
  });

  test('finds the body behind a header section that is too long', async () => {
    const raw = Buffer.from(`${HEAD}X-Long: ${'a'.repeat(2_000_000)}\r\n\r\nthe body\r\n`);
    const parsed = await parseInTime(raw, 'header');
    expect(codes(parsed)).toContain('header.size');
    expect(parsed.text.trim()).toBe('the body');
    expect(parsed.from[0]?.address).toBe('a@example.com');
  });

  test.each([
    ['an empty message', '', ['message.empty']],
    ['a message of header fields alone', HEAD.trimEnd(), ['body.empty']],
    [
      'a message without header fields',
      '\r\nHello',
      ['header.from.missing', 'header.date.missing', 'header.messageId.missing'],
    ],
    ['NUL bytes', `${HEAD}Subject: a\0b\r\n\r\na\0b`, ['message.nul']],
    ['bare carriage returns', `${HEAD}X-A: 1\rX-B: 2\r\n\r\nbody`, ['message.bareCr']],
    ['doubled fields', `From: a@example.com\r\n${HEAD}\r\nx`, ['header.duplicated']],
    [
      'a multipart whose boundary never appears',
      `${HEAD}Content-Type: multipart/mixed; boundary=q\r\n\r\ntext`,
      ['mime.boundary'],
    ],
    ['an unknown transfer encoding', `${HEAD}Content-Transfer-Encoding: rot13\r\n\r\ntext`, ['mime.encoding']],
    [
      'an unreadable Date',
      'From: a@example.com\r\nMessage-ID: <a@b>\r\nDate: soon\r\n\r\nx',
      ['header.date.unreadable'],
    ],
  ])('survives %s and marks it', async (what, raw, expected) => {
    const parsed = await parseInTime(Buffer.from(raw, 'latin1'), what);
    for (const code of expected) expect(codes(parsed)).toContain(code);
  });

  test('takes as long for text that would make a careless pattern backtrack as for any other', async () => {
    for (const text of [
      'http://'.repeat(60_000),
      'a@'.repeat(60_000),
      '> '.repeat(300_000),
      '-'.repeat(500_000),
      `On ${'a '.repeat(100_000)}`,
      ' '.repeat(500_000),
      '\n'.repeat(500_000),
    ]) {
      await parseInTime(Buffer.from(`${HEAD}\r\n${text}`), text.slice(0, 10));
    }
    for (const html of [
      '<div>'.repeat(50_000),
      '<a href="x">'.repeat(20_000),
      '<!--'.repeat(90_000),
      `<p style="${'display:'.repeat(20_000)}">x`,
    ]) {
      await parseInTime(Buffer.from(`${HEAD}Content-Type: text/html\r\n\r\n${html}`), html.slice(0, 10));
    }
  });
});

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

describe.skipIf(data.absent)(data.title('real and hostile mail of other projects'), () => {
  test.each(['mime-james', 'mime-mimekit', 'mime-nodemailer', 'mime-rspamd', 'mime-stalwart', 'spam-sa-tdata'])(
    'survives every file of %s',
    async (folder) => {
      const files = filesBelow(join(data.path, folder));
      expect(files.length).toBeGreaterThan(0);
      for (const file of files) await parseInTime(readFileSync(file), file);
    },
  );

  test('survives the bombs, and names what is wrong with each archive that is one', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'everpost-bombs-'));
    try {
      execFileSync('python3', [join(data.path, 'bombs', 'gen_bombs.py'), folder], { stdio: 'ignore' });
      for (const file of filesBelow(folder)) {
        const parsed = await parseInTime(readFileSync(file), file);
        if (/zipbomb|gzip-bomb|zip-20000/.test(file)) expect(codes(parsed), file).toContain('archive.bomb');
        if (file.includes('zip-slip')) expect(codes(parsed)).toContain('archive.path');
        if (/eicar(?!-zip)/.test(file)) expect(codes(parsed), file).toContain('attachment.eicar');
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }, 60_000);
});
