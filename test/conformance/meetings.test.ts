import { expect, test } from 'vitest';
import { meetings } from '../../bench/quality/meetings.js';

test('proposals of meetings are found in four languages, with their times, and nothing else is taken for one', async () => {
  const { figures } = await meetings.measure('');
  expect(figures.filter(({ met }) => met === false)).toEqual([]);
  expect(figures.filter(({ met }) => met === true)).toHaveLength(5);
});
