import { expect, test } from 'vitest';
import { phishing } from '../../bench/quality/phishing.js';
import { testData } from '../support/test-data.js';

const folders = phishing.needs.map((folder) => testData(folder));
const absent = folders.find((folder) => folder.absent);

test.skipIf(absent !== undefined)(
  (absent ?? folders[0]!).title('finds phishing and lets ordinary mail be'),
  async () => {
    const { figures } = await phishing.measure(testData('').path);
    expect(figures.length).toBeGreaterThan(0);
    expect(figures.filter(({ met }) => met === false)).toEqual([]);
  },
  180_000,
);
