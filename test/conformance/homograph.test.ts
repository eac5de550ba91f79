import { expect, test } from 'vitest';
import { homograph } from '../../bench/quality/homograph.js';
import { testData } from '../support/test-data.js';

const folders = homograph.needs.map((folder) => testData(folder));
const absent = folders.find((folder) => folder.absent);

test.skipIf(absent !== undefined)(
  (absent ?? folders[0]!).title('finds every deceiving host of the suite and lets every harmless one be'),
  async () => {
    const { figures } = await homograph.measure(testData('').path);
    expect(figures.length).toBeGreaterThan(0);
    expect(figures.filter(({ met }) => met === false)).toEqual([]);
  },
  180_000,
);
