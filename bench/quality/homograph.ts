import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deceivingLabel } from '../../src/engines/security/idn-policy.js';
import { type QualityArea, shareFigure } from './quality-area.js';

/** Internationalised hosts of Chromium's own test: those that deceive are found, those that do not are let be. */
export const homograph: QualityArea = {
  name: 'homograph',
  needs: ['idn-homograph'],
  async measure(data) {
    const hosts = readFileSync(join(data, 'idn-homograph/vectors.tsv'), 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => line.split('\t') as [host: string, expected: string])
      .map(([host, expected]) => ({ host, safe: expected === 'safe', reason: deceivingLabel(host) }));
    const deceiving = hosts.filter(({ safe }) => !safe);
    const harmless = hosts.filter(({ safe }) => safe);
    return {
      figures: [
        shareFigure(
          'deceiving or invalid hosts found',
          deceiving.filter(({ reason }) => reason !== null).length,
          deceiving.length,
          1,
        ),
        shareFigure(
          'harmless hosts let be',
          harmless.filter(({ reason }) => reason === null).length,
          harmless.length,
          1,
        ),
      ],
      differences: hosts
        .filter(({ safe, reason }) => safe !== (reason === null))
        .map(({ host, reason }) => ({ case: host, reason: reason ?? 'not found' })),
    };
  },
};
