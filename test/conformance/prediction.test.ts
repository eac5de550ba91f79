import { expect, test } from 'vitest';
import { prediction } from '../../bench/quality/prediction.js';
import { testData } from '../support/test-data.js';

const folders = prediction.needs.map((folder) => testData(folder));
const absent = folders.find((folder) => folder.absent);

test.skipIf(absent !== undefined)(
  (absent ?? folders[0]!).title('saves keystrokes on mail that it has not seen'),
  async () => {
    const { figures } = await prediction.measure(testData('').path);
    expect(figures.length).toBeGreaterThan(0);
    expect(figures.filter(({ met }) => met === false)).toEqual([]);
  },
  600_000,
);
