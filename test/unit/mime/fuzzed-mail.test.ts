import fc from 'fast-check';
import { describe, test } from 'vitest';
import { MAIL_PROPERTIES } from '../../support/mail-properties.js';

/** Fixed, so that a run says the same each time; `npm run fuzz -- --minutes 5` draws others. */
const SEED = 20_261_121;
const RUNS = 400;

describe('any mail', () => {
  test.each(Object.entries(MAIL_PROPERTIES))(
    '%s',
    async (_name, property) => {
      await fc.assert(property, { seed: SEED, numRuns: RUNS });
    },
    30_000,
  );
});
