import { describe, expect, test } from 'vitest';
import { readSubmitted } from '../../../src/ingress/submission/submitted-fields.js';

const read = (...lines: string[]) => readSubmitted(Buffer.from(lines.join('\r\n')));

describe('a submitted message', () => {
  test('loses the fields that are for us alone, folded ones too, and nothing else', () => {
    const { bytes, idempotencyKeys } = read(
      'From: ada@sender.example',
      'BCC : eve@one.example,',
      '\teve@two.example',
      'Subject: Bcc: is a word',
      'Idempotency-Key: key-',
      ' 7',
      'Resent-Bcc: eve@three.example',
      '',
      'Bcc: stays, it is text',
      '',
    );
    expect(bytes.toString()).toBe(
      'From: ada@sender.example\r\nSubject: Bcc: is a word\r\n\r\nBcc: stays, it is text\r\n',
    );
    expect(idempotencyKeys).toEqual(['key- 7']);
  });

  test('names its authors and recipients, in groups, with names in other scripts', () => {
    const { authors, from, named } = read(
      'From: "Doe, Ada" <ada@sender.example>',
      'To: =?utf-8?q?B=C3=A9a?= <Bea@One.example>, friends: cid@two.example, dan@two.example;',
      'Cc: bea@one.example, fay@three.example',
      '',
    );
    expect([from.length, authors]).toEqual([1, ['ada@sender.example']]);
    expect([...named]).toEqual([
      ['bea@one.example', { role: 'to', name: 'Béa' }],
      ['cid@two.example', { role: 'to', name: null }],
      ['dan@two.example', { role: 'to', name: null }],
      ['fay@three.example', { role: 'cc', name: null }],
    ]);
  });

  test('hides neither authors nor blind copies behind a line that is no field', () => {
    const { authors, from, bytes } = read(
      'From: ada@sender.example',
      'no field',
      ' nor its continuation',
      'From: boss@bank.example',
      'Bcc: eve@one.example',
      '',
      'From: nobody, it is text',
      '',
    );
    expect(from).toHaveLength(2);
    expect(authors).toEqual(['ada@sender.example', 'boss@bank.example']);
    expect(bytes.toString()).toBe(
      'From: ada@sender.example\r\nno field\r\n nor its continuation\r\nFrom: boss@bank.example\r\n\r\nFrom: nobody, it is text\r\n',
    );
  });
});
