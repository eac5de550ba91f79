import { expect, test } from 'vitest';
import { authorOf } from '../../../src/engines/authentication/author.js';

const from = (...texts: string[]) => texts.map((bytes) => ({ name: 'From', key: 'from', bytes, start: 0, end: 0 }));

test.each([
  ['ada@sender.example'],
  ['Ada <ada@Sender.EXAMPLE>'],
  ['"Lovelace, Ada (x@y)" <ada@sender.example>'],
  ['Lovelace, Ada <ada@sender.example>'],
  ['ada@sender.example (Ada Lovelace)'],
  ['=?utf-8?q?Ada?= <ada@sender.example>'],
  ['=?utf-8?q?ada=40sender.example?= <ada@sender.example>'],
  ['ada@sender.example <ada@sender.example>'],
  ['Ada <ada@sender.example>, Bob <bob@sender.example>'],
  ['Team: ada@sender.example, Bob <bob@sender.example>;'],
  ['"a@b"@sender.example'],
])('reads the author of %s', (text) => {
  expect(authorOf(from(text)).domain).toBe('sender.example');
});

test('reads an internationalized domain as its A-label', () => {
  expect(authorOf(from(Buffer.from('a@bücher.example').toString('latin1'))).domain).toBe('xn--bcher-kva.example');
});

test.each([
  ['a source route', '<@evil.example,@any.example:ada@sender.example>'],
  ['a backslash between addresses', '<ada@sender.example>\\,<b@evil.example>'],
  ['an address behind an address', '<b@evil.example>ada@sender.example'],
  ['two addresses in one', '<b@evil.example><ada@sender.example>'],
  ['authors of two domains', 'ada@sender.example, b@evil.example'],
  ['an address in an encoded word', '=?utf-8?B?PGFkYUBzZW5kZXIuZXhhbXBsZT4=?=,<b@evil.example>'],
  ['a quotation without end', '"Ada <ada@sender.example>'],
  ['no domain', 'ada'],
])('has no author for %s', (_what, text) => {
  expect(authorOf(from(text)).domain).toBeNull();
});

test('has no author for two From fields, nor for none', () => {
  expect(authorOf(from('a@sender.example', 'a@sender.example'))).toMatchObject({ domain: null, missing: false });
  expect(authorOf([])).toMatchObject({ domain: null, missing: true });
});
