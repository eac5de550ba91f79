import { expect, test } from 'vitest';
import type { CountedFigure } from '../../../src/adapters/organizations/counters.js';
import { RefusalCounts } from '../../../src/ingress/refusal-counts.js';

test('refusals that could not be written are written with those that came since, once', async () => {
  const counts = new RefusalCounts();
  const written: CountedFigure[][] = [];
  const write = (figures: CountedFigure[]) => Promise.resolve(void written.push(figures));
  counts.count('a', 'rule');
  counts.count('a', 'rule');
  counts.count('b', 'list');
  const failing = counts.flush(() => Promise.reject(new Error('away')));
  counts.count('a', 'rule');
  await expect(failing).rejects.toThrow('away');
  await counts.flush(write);
  await counts.flush(write);
  expect(written).toEqual([
    [
      { organizationId: 'a', name: 'incoming.refused.rule', value: 3 },
      { organizationId: 'b', name: 'incoming.refused.list', value: 1 },
    ],
  ]);
});
