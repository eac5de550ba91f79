import { setTimeout as sleep } from 'node:timers/promises';
import { createClient, type DatabaseOptions } from '../database/database.js';
import { FEED_CHANNEL } from './sequencer.js';

const RETRY_MS = 250;

export interface FeedListenerOptions extends Pick<DatabaseOptions, 'url' | 'role' | 'applicationName'> {
  /** New positions may be there: after a notification, and after every (re)connection, which may have lost one. */
  onWake: () => void;
  onError: (error: unknown) => void;
}

/** The one connection of a process that listens for new positions; it comes back by itself when it is cut. */
export class FeedListener {
  readonly #options: FeedListenerOptions;
  readonly #stopped = new AbortController();
  #done: Promise<void> | null = null;

  constructor(options: FeedListenerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#done ??= this.#listen();
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#done;
  }

  async #listen(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      const client = createClient(this.#options);
      const ended = new Promise<void>((resolve) => {
        client.once('end', resolve);
        this.#stopped.signal.addEventListener('abort', () => resolve(), { once: true });
      });
      client.on('error', this.#options.onError);
      client.on('notification', this.#options.onWake);
      try {
        await client.connect();
        await client.query(`listen ${FEED_CHANNEL}`);
        this.#options.onWake();
        await ended;
      } catch (error) {
        this.#options.onError(error);
      } finally {
        await client.end().catch(() => undefined); // it is gone already: nothing is left to end
      }
      await sleep(RETRY_MS, undefined, { signal: this.#stopped.signal }).catch(() => undefined); // stopped: go on at once
    }
  }
}
