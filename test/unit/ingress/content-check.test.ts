import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ContentCheck } from '../../../src/ingress/content-check.js';

/** The check after the bytes came in chunks of this size. */
function checked(text: string, size = Infinity): ContentCheck {
  const bytes = Buffer.from(text, 'latin1');
  const check = new ContentCheck();
  for (let at = 0; at < bytes.length; at += Math.min(size, bytes.length)) {
    check.add(bytes.subarray(at, Math.min(bytes.length, at + size)));
    if (check.ambiguous) break;
  }
  check.end();
  return check;
}

describe('line ends', () => {
  test('are CRLF and nothing else, however the bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('\r\n', 'a', '.', '..', 'text', '\r', '\n', ' '), { maxLength: 12 }),
        fc.integer({ min: 1, max: 5 }),
        (parts, size) => {
          const text = parts.join('');
          const isAmbiguous = /\r(?!\n)|(?<!\r)\n/.test(text);
          expect(checked(text, size).ambiguous).toBe(isAmbiguous);
        },
      ),
    );
  });

  test.each(['a\r\n\0.\r\nb', 'a\r\n.\0\r\nb', 'a\r\n\0\0.\0\r\nb', '\0.\r\nb'])(
    'a lone dot beside NUL bytes is a disguised end of data: %j',
    (text) => {
      for (const size of [1, 2, 3, Infinity]) expect(checked(text, size).ambiguous).toBe(true);
    },
  );

  test.each(['a\0b\r\n', '\0\r\n', 'a\r\n.\r\nb', 'a\r\n\0.x\r\n', 'x\0.\r\n'])(
    'other NUL bytes and dots are not: %j',
    (text) => {
      for (const size of [1, 2, 3, Infinity]) expect(checked(text, size).ambiguous).toBe(false);
    },
  );
});

describe('the header section', () => {
  test.each([
    ['ends with an empty line', 'A: b\r\n\r\n'],
    ['ends with a line that is no field', 'A: b\r\nhello there\r\n'],
    ['is not there when the first line is none', 'hello there: b\r\n'],
    ['is not there when no name is that long', 'a'.repeat(2_000)],
    ['may be empty', '\r\n'],
  ])('%s', (_name, text) => {
    for (const size of [1, 7, Infinity]) expect(checked(text, size).headerOver).toBe(true);
  });

  test.each(['A: b\r\n', 'A: b\r\n c\r\n\td\r\n', `A: ${'b'.repeat(5_000)}`, 'A', ''])('goes on: %j', (text) => {
    for (const size of [1, 7, Infinity]) expect(checked(text, size).headerOver).toBe(false);
  });
});
