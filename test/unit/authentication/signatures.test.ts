import { expect, test } from 'vitest';
import { withCrlf } from '../../../src/engines/authentication/line-ends.js';
import { ReadingTooLong, verifySignatures } from '../../../src/engines/authentication/signatures.js';

const dns = () => Promise.reject(Object.assign(new Error('none'), { code: 'ENOTFOUND' }));
const now = new Date('2026-11-20T10:00:00Z');

test('gives a message up that takes longer to read than it may', async () => {
  const bytes = Buffer.from('From: a@b.example\r\n\r\nx\r\n');
  await expect(verifySignatures(bytes, { dns, now, readingMs: 0 })).rejects.toBeInstanceOf(ReadingTooLong);
});

test('puts a CR before every bare LF and touches nothing else', () => {
  expect(withCrlf(Buffer.from('\na\r\nb\n\n\r\rc\r\n\n')).toString()).toBe('\r\na\r\nb\r\n\r\n\r\rc\r\n\r\n');
  const clean = Buffer.from('a\r\nb\rc');
  expect(withCrlf(clean)).toBe(clean);
});
