export interface Backoff {
  baseMs: number;
  capMs: number;
}

/**
 * How long to wait before the next attempt: anywhere between nothing and an exponentially growing cap ("full jitter"),
 * so that services that failed together do not come back together.
 *
 * @param attempt 1 after the first failure
 * @param random gives a number in [0, 1)
 */
export function backoffDelay(attempt: number, { baseMs, capMs }: Backoff, random: () => number): number {
  const ceiling = Math.min(capMs, baseMs * 2 ** (attempt - 1));
  return Math.round(random() * ceiling);
}

/** Counts the failures of a service inside a sliding window. */
export class CrashLoop {
  readonly #limit: number;
  readonly #withinMs: number;
  #failures: number[] = [];

  constructor(limit: number, withinMs: number) {
    this.#limit = limit;
    this.#withinMs = withinMs;
  }

  /** Notes a failure. Gives whether the limit is passed: more than `limit` failures in the last `withinMs`. */
  record(now: number): boolean {
    this.#failures = [...this.#failures.filter((at) => at > now - this.#withinMs), now];
    return this.#failures.length > this.#limit;
  }

  /** Failures inside the window as of the last one. */
  get count(): number {
    return this.#failures.length;
  }
}
