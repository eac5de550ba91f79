import { expect, test } from 'vitest';
import { learning } from '../../bench/quality/learning.js';
import { testData } from '../support/test-data.js';

const enron = testData('classification-enron');
const spamAssassin = testData('mail-spamassassin');

test.skipIf(enron.absent || spamAssassin.absent)(
  enron.title('after 100 corrections mail that nobody corrected is called right far more often'),
  async () => {
    const { figures } = await learning.measure(`${enron.path}/..`);
    expect(figures.filter(({ met }) => met === false)).toEqual([]);
    expect(figures.filter(({ met }) => met === true)).toHaveLength(3);
  },
  300_000,
);
