import { expect } from 'vitest';

const TRIES = 3;
/** Below this the clock and the collector say more than the work. */
const LEAST_MS = 10;
/** What keeps step grows eightfold, what goes with the square sixty-four times. */
const FACTOR = 8;
const MOST_GROWTH = 40;
/** However it grows: many times what any of them takes, and no more than other messages of a worker may wait. */
const MOST_MS = 2_500;

/**
 * Work on hostile input keeps step with its size: eight times as much of it costs less than forty times the CPU, and
 * never seconds of it. CPU of the calling thread alone, so that a loaded machine does not count, at its best of a few tries.
 *
 * @param inputOf gives input of a size
 */
export function expectKeepsStep<Input>(
  inputOf: (size: number) => Input,
  work: (input: Input) => unknown,
  size: number,
): void {
  const [small, large] = [inputOf(Math.ceil(size / FACTOR)), inputOf(size)];
  const grown = MOST_GROWTH * Math.max(LEAST_MS, leastCpuMs(small, work));
  const most = Math.min(MOST_MS, grown);
  // Most input is done at the first try.
  for (let tries = 1; ; tries += 1) {
    const took = cpuMs(() => work(large));
    if (took <= most) return;
    if (tries === TRIES) return expect(took, 'milliseconds of CPU').toBeLessThanOrEqual(most);
  }
}

function leastCpuMs<Input>(input: Input, work: (input: Input) => unknown): number {
  return Math.min(...Array.from({ length: TRIES }, () => cpuMs(() => work(input))));
}

function cpuMs(work: () => unknown): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000;
}
