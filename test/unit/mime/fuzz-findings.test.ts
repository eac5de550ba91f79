import { expect, test } from 'vitest';
import { lostBytes } from '../../../bench/quality/parsing/accounting.js';
import { parseMessage } from '../../../src/engines/mime/parse-message.js';

/** Mails that `npm run fuzz` found the parser wrong on, made small. */
const FOUND: readonly [string, string][] = [
  [
    'text behind an inner multipart that begins like a delimiter',
    'Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b--\n\n--ct: y\nDate: z\n',
  ],
];

test.each(FOUND)('loses nothing of %s', async (_what, mail) => {
  const raw = Buffer.from(mail);
  expect(lostBytes(raw, await parseMessage(raw))).toEqual([]);
});
