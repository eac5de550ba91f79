import { expect, test } from 'vitest';
import { requests } from '../../bench/quality/requests.js';
import { testData } from '../support/test-data.js';

const threads = testData('threads-bc3');

test.skipIf(threads.absent)(
  threads.title('requests and commitments are found where most people see them'),
  async () => {
    const { figures } = await requests.measure(testData('.').path);
    expect(figures.filter(({ met }) => met === false)).toEqual([]);
    expect(figures.filter(({ met }) => met === true)).toHaveLength(1);
    // Also on the threads that nothing was set on, in each unit, the engine is better than simple rules.
    const other = figures.filter(({ name }) => name.endsWith('other half'));
    expect(other).toHaveLength(3);
    for (const { value } of other) {
      const [ours = 0, rules = 100] = [...value.matchAll(/F1 ([\d.]+)/g)].map(([, score]) => Number(score));
      expect(ours).toBeGreaterThan(rules);
    }
  },
  60_000,
);
