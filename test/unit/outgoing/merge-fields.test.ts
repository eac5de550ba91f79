import { describe, expect, test } from 'vitest';
import {
  fillMergeFields,
  isFieldName,
  mergeFieldsOf,
  recipientFields,
} from '../../../src/domain/outgoing/merge-fields.js';

describe('merge fields', () => {
  test('stand for their values, else for the fallback; what has neither is told', () => {
    const filled = fillMergeFields('{{ name }}, {{town|your town}}, {{code}}', { name: 'Bea', town: ' ' }, 'text');
    expect(filled).toEqual({ text: 'Bea, your town, ', missing: ['code'] });
  });

  test('are filled once: braces in a value mean nothing', () => {
    expect(fillMergeFields('{{a}}', { a: '{{b}}', b: 'no' }, 'text').text).toBe('{{b}}');
    expect(fillMergeFields('{{a}}', { a: '$& $1' }, 'text').text).toBe('$& $1');
  });

  test.each([
    ['html', `<b>"A" & 'B'</b>`, '&lt;b&gt;&quot;A&quot; &amp; &#39;B&#39;&lt;/b&gt;'],
    ['header', 'A\r\nBcc: eve@two.example\u2028\u0000B', 'A Bcc: eve@two.example B'],
    ['text', 'A\r\n\u001b[2JB', 'A\n [2JB'],
  ] as const)('are escaped for where they stand: %s', (context, value, text) => {
    expect(fillMergeFields('{{a}}', { a: value }, context).text).toBe(text);
  });

  test('leave the author’s fallback as it is, one line in a header field', () => {
    expect(fillMergeFields('{{a|<b>you</b>}}', {}, 'html').text).toBe('<b>you</b>');
    expect(fillMergeFields('{{a|you\r\nthere}}', {}, 'header').text).toBe('you there');
  });

  test.each(['{{}}', '{{ }}', '{{#if a}}', '{{a b}}', '{{1}}', '{a}', '}}{{', '{{a\u0000}}'])(
    'leave %j, which names no field, as it is',
    (text) => {
      expect(fillMergeFields(text, { a: 'x' }, 'text')).toEqual({ text, missing: [] });
    },
  );

  test('reach no property that nobody gave', () => {
    expect(isFieldName('__proto__')).toBe(false);
    expect(fillMergeFields('{{constructor}}{{toString|x}}', {}, 'text')).toEqual({
      text: 'x',
      missing: ['constructor'],
    });
  });

  test('are found in a text, with those that it cannot do without', () => {
    const { fields, needed } = mergeFieldsOf('{{a}} {{b|x}}', null, '{{b}} {{größe|}}');
    expect([[...fields], [...needed]]).toEqual([
      ['a', 'b', 'größe'],
      ['a', 'b'],
    ]);
  });

  test('of a recipient are its own, and its name and address where they have not been given', () => {
    const recipient = { address: 'bea@one.example', name: 'Bea', mergeFields: { name: 'Dr. Bea' } };
    expect(recipientFields(recipient)).toEqual({ address: 'bea@one.example', name: 'Dr. Bea' });
  });

  test('are found in hostile text in linear time', () => {
    const text = '{{a|'.repeat(200_000);
    expect(fillMergeFields(text, {}, 'html').text).toBe(text);
  });
});
