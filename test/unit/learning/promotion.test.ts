import { expect, test } from 'vitest';
import { isDrifting, shareOf } from '../../../src/domain/drift.js';
import {
  atLeastByChance,
  calibrationError,
  decidePromotion,
  evaluate,
  NO_EVALUATION,
  together,
  type Evaluation,
} from '../../../src/domain/promotion.js';
import { foldOf, TRAINING_FOLDS } from '../../../src/domain/training.js';

const compared = (heldOut: number, better: number, worse: number): Evaluation => ({
  ...NO_EVALUATION,
  heldOut,
  better,
  worse,
  candidateRight: 10 + better,
  currentRight: 10 + worse,
});

test('the exact chance of a fair coin', () => {
  expect(atLeastByChance(0, 5)).toBe(1);
  expect(atLeastByChance(5, 5)).toBeCloseTo(1 / 32, 10);
  expect(atLeastByChance(8, 10)).toBeCloseTo(56 / 1024, 10);
  expect(atLeastByChance(600, 1_000)).toBeLessThan(1e-9);
});

test('promotes what is better by more than chance, and nothing else', () => {
  expect(decidePromotion(compared(40, 8, 2), null).promoted).toBe(true);
  expect(decidePromotion(compared(40, 3, 2), null)).toMatchObject({
    promoted: false,
    reason: expect.stringContaining('not better'),
  });
  expect(decidePromotion(compared(40, 2, 8), null).promoted).toBe(false);
  expect(decidePromotion(compared(19, 19, 0), null)).toMatchObject({
    promoted: false,
    reason: expect.stringContaining('prove nothing'),
  });
  expect(decidePromotion(compared(1_000, 9, 0), null).promoted, 'a gain below one in a hundred').toBe(false);
});

test('what was taken back is replaced whatever the figures; long chains of updates only by what is no worse', () => {
  expect(decidePromotion(compared(0, 0, 0), 'withdrawn').promoted).toBe(true);
  expect(decidePromotion(compared(40, 2, 8), 'withdrawn').promoted).toBe(true);
  expect(decidePromotion(compared(40, 3, 3), 'long').promoted).toBe(true);
  expect(decidePromotion(compared(40, 1, 9), 'long').promoted).toBe(false);
  expect(decidePromotion(compared(10, 3, 3), 'long').promoted).toBe(false);
});

test('evaluations of parts add up, and confidence is compared with what came of it', () => {
  const judged = (right: string, label: string, confidence: number, current: string) => ({
    right,
    candidate: { label, confidence, ofRight: label === right ? confidence : 0 },
    current: { label: current, ofRight: 0.5 },
  });
  const one = evaluate([judged('a', 'a', 0.9, 'b'), judged('a', 'b', 0.9, 'a')]);
  const both = together([one, evaluate([judged('b', 'b', 1, 'b')])]);
  expect(both).toMatchObject({ heldOut: 3, candidateRight: 2, currentRight: 2, better: 1, worse: 1 });
  expect(calibrationError(both)).toBeCloseTo((0.8 + 0) / 3, 1);
  expect(together([]).heldOut).toBe(0);
});

test('folds are about equal and the same every time', () => {
  const sizes = Array.from({ length: TRAINING_FOLDS }, () => 0);
  for (let number = 1; number <= 1_000; number += 1) sizes[foldOf(number)]! += 1;
  for (const size of sizes) expect(Math.abs(size - 200)).toBeLessThan(60);
});

test('drift is a drop beyond chance, over enough answers', () => {
  const before = { answers: 200, contradicted: 10 };
  expect(isDrifting(before, { answers: 100, contradicted: 25 })).toBe(true);
  expect(isDrifting(before, { answers: 100, contradicted: 6 })).toBe(false);
  expect(isDrifting(before, { answers: 19, contradicted: 19 })).toBe(false);
  expect(isDrifting({ answers: 0, contradicted: 0 }, { answers: 100, contradicted: 100 })).toBe(false);
  expect(shareOf({ answers: 0, contradicted: 0 })).toBeNull();
});
