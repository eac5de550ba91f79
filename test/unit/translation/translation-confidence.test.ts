import { expect, test } from 'vitest';
import { translationConfidence } from '../../../src/domain/translation/translation-confidence.js';

const paragraph = (status: 'translated' | 'kept' | 'failed') => ({ text: 'x', status, separator: '' });

test('a translation is as sure as its language is known and its paragraphs are translated, and a gist is less so', () => {
  const paragraphs = [paragraph('translated'), paragraph('failed'), paragraph('kept')];
  expect(translationConfidence({ paragraphs, quality: 'fluent' }, 0.9)).toBeCloseTo(0.45);
  expect(translationConfidence({ paragraphs, quality: 'gist' }, 0.9)).toBeCloseTo(0.27);
  expect(translationConfidence({ paragraphs: [paragraph('kept')], quality: 'fluent' }, 0.8)).toBeCloseTo(0.8);
  expect(translationConfidence({ paragraphs: [paragraph('translated')], quality: 'fluent' }, 0)).toBe(0);
});
