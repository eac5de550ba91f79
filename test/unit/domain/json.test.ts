import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { storableJson, storableText } from '../../../src/domain/json.js';

describe('text that Postgres stores', () => {
  test('has no NUL', () => {
    expect(storableText('a\u0000b')).toBe('a\ufffdb');
  });

  test('has no half of a surrogate pair, and keeps whole pairs', () => {
    expect(storableText('\ud83d')).toBe('\ufffd');
    expect(storableText('\ude00')).toBe('\ufffd');
    expect(storableText('\ude00\ud83d')).toBe('\ufffd\ufffd');
    expect(storableText('a😀b')).toBe('a😀b');
    expect(storableText('\ud83d😀')).toBe('\ufffd😀');
  });

  test('is well-formed Unicode without NUL whatever the mail said, and the same where that was storable', () => {
    const anything = fc.array(fc.nat(0xffff)).map((units) => String.fromCharCode(...units));
    fc.assert(
      fc.property(anything, (text) => {
        const stored = storableText(text);
        expect(stored.isWellFormed() && !stored.includes('\u0000')).toBe(true);
        expect(stored).toHaveLength(text.length);
        if (text.isWellFormed() && !text.includes('\u0000')) expect(stored).toBe(text);
      }),
    );
  });
});

describe('JSON that Postgres stores', () => {
  test('has every text in it mended, at any depth', () => {
    const value = { subject: 'a\u0000', list: ['\ud800', { deep: '\udfff😀' }], count: 3, none: null };
    expect(JSON.parse(storableJson(value))).toEqual({
      subject: 'a\ufffd',
      list: ['\ufffd', { deep: '\ufffd😀' }],
      count: 3,
      none: null,
    });
  });

  test('holds no escape that jsonb refuses', () => {
    expect(storableJson({ text: '\u0000\ud800\udc00\udc00' })).not.toMatch(/\\u0000|\\ud[89a-f]/i);
  });

  test('has the names of its fields mended too: they may come from mail as well', () => {
    expect(JSON.parse(storableJson({ 'a\u0000': 1, '\ud800': 2 }))).toEqual({ 'a\ufffd': 1, '\ufffd': 2 });
  });

  test('keeps text that only looks like such an escape', () => {
    const value = { text: String.raw`\u0000 and \ud800`, control: '\u0001\n"\\' };
    expect(JSON.parse(storableJson(value))).toEqual(value);
  });

  test('is what storableText makes of every text', () => {
    const anything = fc.array(fc.nat(0xffff)).map((units) => String.fromCharCode(...units));
    fc.assert(
      fc.property(anything, (text) => {
        expect(JSON.parse(storableJson([text]))).toEqual([storableText(text)]);
      }),
    );
  });

  test('leaves out what is undefined', () => {
    expect(storableJson({ a: undefined, b: 1 })).toBe('{"b":1}');
  });
});
