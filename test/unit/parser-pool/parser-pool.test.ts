import * as openpgp from 'openpgp';
import { afterEach, expect, test } from 'vitest';
import { readMailKey } from '../../../src/adapters/mail-keys/read-key.js';
import {
  createParserPool,
  ParserIsolatedError,
  type ParserPool,
  type ParserPoolOptions,
} from '../../../src/adapters/parser-pool.js';
import { encryptedOpenPgp, protectedMail, textEntity } from '../../support/protected-mail.js';

const hostile = new URL('./hostile-parser-thread.ts', import.meta.url);
const mail = Buffer.from('From: ada@example.org\r\nSubject: Hello\r\n\r\nGood morning\r\n');

let open: ParserPool | undefined;

afterEach(async () => {
  await open?.close();
  open = undefined;
});

function poolOf(options: ParserPoolOptions): ParserPool {
  open = createParserPool(options);
  return open;
}

async function failureOf(parsing: Promise<unknown>): Promise<ParserIsolatedError> {
  const error = await parsing.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ParserIsolatedError)) throw new Error(`expected a ParserIsolatedError, got ${String(error)}`);
  return error;
}

test('parses in a thread', async () => {
  const pool = poolOf({ threads: 1, deadlineMs: 10_000, memoryMb: 128 });
  const parsed = await pool.parse(mail);
  expect(parsed.subject).toBe('Hello');
  expect(parsed.newText).toBe('Good morning');
});

test('ends a parser that hangs at its deadline, and the messages beside and behind it go on', async () => {
  const pool = poolOf({ threads: 2, deadlineMs: 1_500, memoryMb: 128, thread: hostile });
  const hanging = failureOf(pool.parse(Buffer.from('hang')));
  const others = await Promise.all(Array.from({ length: 20 }, () => pool.parse(mail)));
  expect(others.every((parsed) => parsed.subject === 'Hello')).toBe(true);
  expect((await hanging).reason).toBe('deadline');
  expect((await pool.parse(mail)).subject).toBe('Hello');
});

test('ends a parser that needs too much memory', async () => {
  const pool = poolOf({ threads: 1, deadlineMs: 30_000, memoryMb: 32, thread: hostile });
  const hungry = failureOf(pool.parse(Buffer.from('memory')));
  const behind = pool.parse(mail);
  expect((await hungry).reason).toBe('memory');
  expect((await behind).subject).toBe('Hello');
});

test.each(['exit', 'throw'])('reports a parser that ends by %s as crashed and goes on', async (how) => {
  const pool = poolOf({ threads: 1, deadlineMs: 10_000, memoryMb: 128, thread: hostile });
  const crashed = failureOf(pool.parse(Buffer.from(how)));
  const behind = pool.parse(mail);
  expect((await crashed).reason).toBe('crash');
  expect((await behind).subject).toBe('Hello');
});

test('counts the deadline from when a thread takes the message up, not from when it was queued', async () => {
  const pool = poolOf({ threads: 1, deadlineMs: 1_200, memoryMb: 128, thread: hostile });
  const slow = Array.from({ length: 8 }, () => pool.parse(Buffer.from('slow: 250 ms each')));
  expect(await Promise.all(slow)).toHaveLength(8);
});

test('ends four hanging messages on two threads one after the other and then goes on', async () => {
  const pool = poolOf({ threads: 2, deadlineMs: 500, memoryMb: 128, thread: hostile });
  const hanging = Array.from({ length: 4 }, () => pool.parse(Buffer.from('hang')));
  const failures = await Promise.allSettled(hanging);
  expect(failures.every((failure) => failure.status === 'rejected')).toBe(true);
  expect((await pool.parse(mail)).subject).toBe('Hello');
});

test('opens an encrypted mail in a thread', async () => {
  const pool = poolOf({ threads: 1, deadlineMs: 30_000, memoryMb: 256 });
  const { privateKey, publicKey } = await openpgp.generateKey({ userIDs: [{ email: 'team@example.org' }] });
  const message = await openpgp.createMessage({ text: textEntity('Good night') });
  const key = await openpgp.readKey({ armoredKey: publicKey });
  const entity = encryptedOpenPgp(await openpgp.encrypt({ message, encryptionKeys: key }));
  const keys = [{ ...(await readMailKey(privateKey, null)), revoked: false }];
  const opening = { keys, sealed: false, receivedAt: new Date().toISOString() };
  const parsed = await pool.parse(protectedMail(entity), opening);
  expect(parsed.newText).toBe('Good night');
  expect((await pool.parse(protectedMail(entity))).newText).toBe('');
});
