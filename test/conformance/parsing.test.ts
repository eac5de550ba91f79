import { describe, expect, test } from 'vitest';
import { comparisons, replyFigures, safetyFigures, tnefFigures } from '../../bench/quality/parsing.js';
import type { Figure } from '../../bench/quality/quality-area.js';
import { testData } from '../support/test-data.js';

const data = testData('.');
const missed = (figures: readonly Figure[]) => figures.filter(({ met }) => met === false);

describe.skipIf(data.absent)(data.title("parsing next to other people's suites"), () => {
  test('reads texts, subjects and attachments as mail-parser and mime4j expect, each difference explained', async () => {
    const { figures } = await comparisons(data.path);
    expect(missed(figures)).toEqual([]);
  });

  test('finds the files and bodies in TNEF', async () => {
    const { figures } = await tnefFigures(data.path);
    expect(missed(figures)).toEqual([]);
  });

  test('parses every hostile mail without a crash or a loss, each bomb named', async () => {
    expect(missed((await safetyFigures(data.path)).counted)).toEqual([]);
  }, 180_000);

  test('tells new text from quoted text', async () => {
    const { figures } = await replyFigures(data.path);
    expect(missed(figures)).toEqual([]);
  }, 30_000);
});
