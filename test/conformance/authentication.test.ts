import { expect, test } from 'vitest';
import { authentication } from '../../bench/quality/authentication.js';
import { testData } from '../support/test-data.js';

const absent = authentication.needs.map((folder) => testData(folder)).find((folder) => folder.absent);

test.skipIf(absent !== undefined)(
  (absent ?? testData('.')).title(
    'SPF, DKIM, ARC and DMARC give what the suites of their RFCs expect, and no spoof passes',
  ),
  async () => {
    const { figures, differences } = await authentication.measure(testData('.').path);
    expect(figures.filter(({ met }) => met !== true)).toEqual([]);
    expect(differences.filter(({ reason }) => !reason.startsWith('does not apply: '))).toEqual([]);
    // A suite that shrank would meet its target with less.
    expect(Object.fromEntries(figures.map(({ name, value }) => [name, value.replace(/ \(.*/, '')]))).toEqual({
      'SPF, RFC 7208 suite': '203 of 203',
      'SPF explanations, RFC 7208 suite': '22 of 22',
      'ARC validation': '174 of 174',
      'ARC signing': '17 of 17',
      'ARC, real mails': '2 of 2',
      'DKIM, signed mails': '7 of 7',
      'DKIM, canonicalization and tag lists': '74 of 74',
      'DMARC, RFC 9989': '82 of 82',
      'espoofer, spoofed mails that do not pass': '21 of 21',
    });
  },
  60_000,
);
