import { argv, exit, stdout } from 'node:process';
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { MAIL_PROPERTIES } from '../test/support/mail-properties.js';

/** `npm run fuzz -- --minutes 5 [--seed 1]`: the properties of the parser over mails that no test has seen. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    args: argv.slice(2),
    options: { minutes: { type: 'string' }, seed: { type: 'string' } },
  });
  const minutes = Number(values.minutes ?? '1');
  if (!(minutes > 0)) {
    stdout.write('--minutes takes a number above 0\n');
    return 64;
  }
  const seed = Number(values.seed ?? Date.now() % 2 ** 31);
  const each = (minutes * 60_000) / Object.keys(MAIL_PROPERTIES).length;
  let failed = 0;
  for (const [name, property] of Object.entries(MAIL_PROPERTIES)) {
    const details = await fc.check(property, {
      seed,
      numRuns: 1e9,
      interruptAfterTimeLimit: each,
      markInterruptAsFailure: false,
    });
    const found = details.failed && !details.interrupted;
    if (found) failed += 1;
    stdout.write(`${found ? 'FAILED' : 'held'}  ${String(details.numRuns).padStart(8)} runs  ${name}\n`);
    if (found) stdout.write(`${await fc.asyncDefaultReportMessage(details)}\n`);
  }
  stdout.write(`seed ${seed}\n`);
  return failed === 0 ? 0 : 1;
}

exit(await main());
