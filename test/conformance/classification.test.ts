import { expect, test } from 'vitest';
import { classification, measureClassification } from '../../bench/quality/classification.js';
import { testData } from '../support/test-data.js';

const folders = classification.needs.map((folder) => testData(folder));
const absent = folders.find((folder) => folder.absent);

/** docs/quality/classification.md tells why; a target reached or newly missed has to be written down here. */
const KNOWN_TO_MISS = ['Enron genre, 6 classes'];

test.skipIf(absent !== undefined)(
  (absent ?? folders[0]!).title('classifies mail as well as it claims, and is right where it says that it is sure'),
  async () => {
    const { figures } = await measureClassification(testData('').path, true);
    expect(figures.length).toBeGreaterThan(0);
    const missed = figures.filter(({ met }) => met === false).map(({ name }) => name);
    expect(missed).toEqual(KNOWN_TO_MISS);
  },
  300_000,
);
