import { expect, it } from 'vitest';
import { translation } from '../../bench/quality/translation.js';
import { SENTENCES } from '../../bench/quality/translation/sentences.js';
import { hasProgram } from '../../src/adapters/programs/run-program.js';
import { lacking } from '../support/summary-reporter.js';

it('brings back names, links, numbers and quotations of every sentence', async (context) => {
  if (!hasProgram('apertium')) context.skip(lacking('apertium'));
  expect(SENTENCES.length).toBeGreaterThanOrEqual(60);
  const { figures, differences } = await translation.measure('');
  expect(differences).toEqual([]);
  expect(figures.length).toBeGreaterThan(0);
  expect(figures.filter(({ met }) => met === false)).toEqual([]);
}, 120_000);
