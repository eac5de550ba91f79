import { expect, test } from 'vitest';
import { decidePromotion, evaluate, together, withMailAsItCame, type Judged } from '../../../src/domain/promotion.js';

const judged = (candidate: [string, number], current: [string, number]): Judged => ({
  right: 'invoice',
  candidate: {
    label: candidate[0],
    confidence: candidate[1],
    ofRight: candidate[0] === 'invoice' ? candidate[1] : 0.1,
  },
  current: { label: current[0], ofRight: current[0] === 'invoice' ? current[1] : 0.1 },
});
const mistakes = Array.from({ length: 20 }, () => judged(['order', 0.5], ['order', 0.5]));
const times = (count: number, one: Judged) => Array.from({ length: count }, () => one);
const decided = (consented: Judged[]) =>
  decidePromotion(together([withMailAsItCame(evaluate(mistakes), mistakes, consented), evaluate([])]), null);

test('who is no worse and rightly surer on mail as it came takes over', () => {
  expect(decided([])).toMatchObject({ promoted: false });
  const surer = judged(['invoice', 0.95], ['invoice', 0.6]);
  expect(decided(times(30, surer))).toMatchObject({
    promoted: true,
    reason: expect.stringMatching(/^no worse/) as string,
  });
  expect(decided(times(3, surer))).toMatchObject({ promoted: false });
});

test('who is surer and wrong more often does not', () => {
  const surer = times(30, judged(['invoice', 0.95], ['invoice', 0.6]));
  expect(decided([...surer, ...times(8, judged(['order', 0.9], ['invoice', 0.6]))])).toMatchObject({ promoted: false });
});
