import { expect, test } from 'vitest';
import { summary } from '../../bench/quality/summary.js';
import { testData } from '../support/test-data.js';

const threads = testData('threads-bc3');

test.skipIf(threads.absent)(
  threads.title('threads are summarised in 120 words as well as people do it, in the words that people chose'),
  async () => {
    const { figures } = await summary.measure(testData('.').path);
    expect(figures.filter(({ met }) => met === false)).toEqual([]);
    expect(figures.filter(({ met }) => met === true)).toHaveLength(6);
    // Scores that were computed another way could not be compared with the baselines that were published.
    expect(figures.find(({ name }) => name.startsWith('people among themselves'))?.value).toBe('39.6 / 12.4 / 24.1');
    expect(figures.find(({ name }) => name.startsWith('first sentences'))?.value).toBe('38.0 / 13.1 / 24.1, 50.2 %');
  },
  60_000,
);
