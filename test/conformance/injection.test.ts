import { expect, test } from 'vitest';
import { injection } from '../../bench/quality/injection.js';
import { testData } from '../support/test-data.js';

const folders = injection.needs.map((folder) => testData(folder));
const absent = folders.find((folder) => folder.absent);

test.skipIf(absent !== undefined)(
  (absent ?? folders[0]!).title('finds orders to language models and lets ordinary mail be'),
  async () => {
    const { figures } = await injection.measure(testData('').path);
    expect(figures.length).toBeGreaterThan(0);
    expect(figures.filter(({ met }) => met === false)).toEqual([]);
  },
  180_000,
);
