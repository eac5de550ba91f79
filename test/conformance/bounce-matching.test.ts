import { expect, test } from 'vitest';
import { bounceMatching } from '../../bench/quality/bounce-matching.js';
import { testData } from '../support/test-data.js';

const suite = testData('bounces-sisimai');

test.skipIf(suite.absent)(
  suite.title('reports of many servers tell of the recipient whose return path they came to'),
  async () => {
    const { figures } = await bounceMatching.measure(testData('.').path);
    expect(figures.filter(({ met }) => met === false)).toEqual([]);
  },
);
