import { setTimeout as sleep } from 'node:timers/promises';

/** What is waited on: each event says that something has changed. */
export interface Changes {
  next(): Promise<IteratorResult<unknown>>;
  return(): Promise<IteratorResult<unknown>>;
}

/** A burst of events is one reading. */
const BETWEEN_MS = 500;

/**
 * How far a sending is, read anew after its events, at most twice a second; it ends with the sending.
 *
 * No generator: one that waits for its next event hears `return` only after it.
 */
export class ProgressFeed<Progress> implements AsyncIterableIterator<Progress> {
  readonly #changes: Changes;
  readonly #read: () => Promise<Progress>;
  readonly #isOver: (progress: Progress) => boolean;
  #changed = true;
  #first = true;
  #over = false;
  #failure: unknown = null;
  #wake: () => void = () => undefined;

  constructor(changes: Changes, read: () => Promise<Progress>, isOver: (progress: Progress) => boolean) {
    this.#changes = changes;
    this.#read = read;
    this.#isOver = isOver;
    void this.#follow();
  }

  async next(): Promise<IteratorResult<Progress>> {
    while (!this.#changed && !this.#over) await new Promise<void>((resolve) => (this.#wake = resolve));
    if (this.#failure !== null) throw this.#failure;
    if (this.#over) return { done: true, value: undefined };
    if (!this.#first) await sleep(BETWEEN_MS);
    this.#first = false;
    this.#changed = false;
    const value = await this.#read();
    if (this.#isOver(value)) await this.return();
    return { done: false, value };
  }

  async return(): Promise<IteratorResult<Progress>> {
    this.#over = true;
    this.#wake();
    await this.#changes.return();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #follow(): Promise<void> {
    try {
      while (!this.#over && !(await this.#changes.next()).done) {
        this.#changed = true;
        this.#wake();
      }
    } catch (error) {
      this.#failure = error;
    }
    this.#over = true;
    this.#wake();
  }
}
