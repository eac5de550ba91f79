import type { Reporter, SerializedError, TestCase, TestModule } from 'vitest/node';

/** Begins the reason of a test that was skipped because a program is not installed: `context.skip(lacking('swaks'))`. */
const LACKING = 'needs ';

export function lacking(program: string): string {
  return `${LACKING}${program}, which is not installed (.ci/install-packages.sh installs it)`;
}

/**
 * Ends a run with the line `N passed, N failed, N skipped`, after everything else.
 *
 * Where CI installs what tests need (CI is set), a test that was skipped for want of a program fails the run: else a
 * package that has gone missing would pass unseen.
 */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string) => tests.filter((test) => test.result().state === state).length;
    // A file that could not be loaded has no tests to count, and an error outside of tests belongs to none.
    const broken = modules.filter((module) => module.errors().length > 0).length + unhandledErrors.length;
    const skipped = tests.filter((test) => test.result().state === 'skipped');
    const unmet = process.env['CI'] ? skipped.filter((test) => reasonOf(test).startsWith(LACKING)) : [];
    const notes = skipped.map((test) => `skipped: ${test.fullName}${reasonOf(test) && ` (${reasonOf(test)})`}\n`);
    const failed = count('failed') + broken + unmet.length;
    // At exit: reporters and teardown that end after this one have written by then.
    process.once('exit', (code) => {
      if (unmet.length > 0) process.exitCode = 1;
      // A set-up that threw leaves no test that could have failed.
      const told = code !== 0 && failed === 0 ? 1 : failed;
      const line = `${count('passed')} passed, ${told} failed, ${skipped.length - unmet.length} skipped`;
      process.stdout.write(`${notes.join('')}${line}\n`);
    });
  }
}

function reasonOf(test: TestCase): string {
  const result = test.result();
  return result.state === 'skipped' ? (result.note ?? '') : '';
}
