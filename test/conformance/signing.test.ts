import { expect, test } from 'vitest';
import { signing } from '../../bench/quality/signing.js';
import { testData } from '../support/test-data.js';

const suite = testData('mail-spamassassin');

test.skipIf(suite.absent)(suite.title('what is signed by DKIM verifies, whatever the mail'), async () => {
  const { figures } = await signing.measure(testData('.').path);
  expect(figures.filter(({ met }) => met === false)).toEqual([]);
});
