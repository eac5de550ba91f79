import type { FeedSubscription } from '../../adapters/feed/feed-subscription.js';
import type { FeedEvent as FeedRecord } from '../../adapters/feed/read-events.js';
import { feedCursor } from '../graphql/cursors.js';
import type { FeedEvent } from './feed.types.js';

export interface AuthorizedEventsOptions {
  /** Null while the subscriber may go on, else the error that ends its subscription. */
  check: () => Promise<Error | null>;
  everyMs: number;
  mapError: (error: unknown) => Error;
}

/** A subscriber's events as the API shows them, for as long as its token holds. */
export class AuthorizedEvents implements AsyncIterableIterator<FeedEvent> {
  readonly #events: FeedSubscription;
  readonly #mapError: (error: unknown) => Error;
  readonly #timer: NodeJS.Timeout;
  #refusal: Error | null = null;

  constructor(events: FeedSubscription, { check, everyMs, mapError }: AuthorizedEventsOptions) {
    this.#events = events;
    this.#mapError = mapError;
    this.#timer = setInterval(() => void this.#review(check), everyMs);
  }

  async next(): Promise<IteratorResult<FeedEvent>> {
    try {
      const result = await this.#events.next();
      if (!result.done) return { done: false, value: shown(result.value) };
    } catch (error) {
      clearInterval(this.#timer);
      throw this.#mapError(error);
    }
    clearInterval(this.#timer);
    if (this.#refusal !== null) throw this.#refusal;
    return { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<FeedEvent>> {
    clearInterval(this.#timer);
    await this.#events.return();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #review(check: () => Promise<Error | null>): Promise<void> {
    try {
      this.#refusal = await check();
    } catch {
      return; // the database is away: who was allowed stays so until it can be asked
    }
    if (this.#refusal !== null) this.#events.close();
  }
}

/** The same object for every subscriber of an event. */
const SHOWN = new WeakMap<FeedRecord, FeedEvent>();

function shown(record: FeedRecord): FeedEvent {
  let event = SHOWN.get(record);
  if (event === undefined) {
    const { position, kind, at, messageId, payload } = record;
    event = { cursor: feedCursor(position), kind, at, messageId, payload };
    SHOWN.set(record, event);
  }
  return event;
}
