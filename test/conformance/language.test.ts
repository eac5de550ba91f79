import { expect, test } from 'vitest';
import { language } from '../../bench/quality/language.js';
import { signatures } from '../../bench/quality/signatures.js';
import { testData } from '../support/test-data.js';

const folders = language.needs.map((folder) => testData(folder));
const absent = folders.find((folder) => folder.absent);

test.skipIf(absent !== undefined)(
  (absent ?? folders[0]!).title(
    'tells languages apart by sentences, word pairs and words, and is right where it is sure',
  ),
  async () => {
    const { figures } = await language.measure(testData('').path);
    expect(figures.length).toBeGreaterThan(0);
    expect(figures.filter(({ met }) => met === false)).toEqual([]);
  },
  300_000,
);

const talon = signatures.needs.map((folder) => testData(folder)).find((folder) => folder.absent);

test.skipIf(talon !== undefined)(
  (talon ?? testData(signatures.needs[0]!)).title('tells signature lines from the text above them'),
  async () => {
    const { figures } = await signatures.measure(testData('').path);
    expect(figures.map(({ met }) => met)).toEqual([true]);
  },
);
