import { expect, it } from 'vitest';
import { measureCommands, VOICE_PROGRAMS } from '../../bench/quality/voice.js';
import { VARIANTS } from '../../bench/quality/voice/variants.js';
import { hasProgram } from '../../src/adapters/programs/run-program.js';
import { lacking } from '../support/summary-reporter.js';

/** Each command once, by all six voices in turn: `npm run quality -- voice` measures the sixty. */
const TWENTY = VARIANTS.filter((_, at) => at % 3 === Math.floor(at / 6) % 3);

it('recognises spoken commands', async (context) => {
  const absent = VOICE_PROGRAMS.find((program) => !hasProgram(program));
  if (absent !== undefined) context.skip(lacking(absent));
  expect(VARIANTS).toHaveLength(60);
  expect(new Set(TWENTY.map(({ text }) => text)).size).toBe(20);
  expect(new Set(TWENTY.map(({ voice }) => voice)).size).toBe(6);
  const { figures } = await measureCommands(TWENTY);
  expect(figures.some(({ met }) => met === true)).toBe(true);
  expect(figures.filter(({ met }) => met === false)).toEqual([]);
}, 300_000);
