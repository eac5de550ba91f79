import type { FeedEvent } from './read-events.js';

/**
 * One subscriber's events.
 *
 * A generator that waits for its next event hears `return` only after it, so closing goes through a signal that ends
 * the wait; `onEnd` is called once, however the subscription ends.
 */
export class FeedSubscription implements AsyncIterableIterator<FeedEvent> {
  readonly #closed = new AbortController();
  readonly #events: AsyncGenerator<FeedEvent, undefined>;
  readonly #onEnd: () => void;
  #ended = false;

  constructor(follow: (closed: AbortSignal) => AsyncGenerator<FeedEvent, undefined>, onEnd: () => void) {
    this.#events = follow(this.#closed.signal);
    this.#onEnd = onEnd;
  }

  async next(): Promise<IteratorResult<FeedEvent>> {
    try {
      const result = await this.#events.next();
      if (result.done) this.#end();
      return result;
    } catch (error) {
      this.#end();
      throw error;
    }
  }

  async return(): Promise<IteratorResult<FeedEvent>> {
    this.#end();
    return this.#events.return(undefined);
  }

  close(): void {
    this.#end();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #end(): void {
    this.#closed.abort();
    if (!this.#ended) this.#onEnd();
    this.#ended = true;
  }
}
