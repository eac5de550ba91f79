import { expect, test } from 'vitest';
import { bounces } from '../../bench/quality/bounces.js';
import { testData } from '../support/test-data.js';

const suite = testData('bounces-sisimai');

test.skipIf(suite.absent)(
  suite.title('delivery reports of many servers are recognised, and their reasons and hardness told'),
  async () => {
    const { figures } = await bounces.measure(testData('.').path);
    expect(figures.filter(({ met }) => met === false)).toEqual([]);
  },
);
