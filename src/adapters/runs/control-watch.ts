import { setTimeout as sleep } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { createClient, type DatabaseOptions } from '../database/database.js';

/** Channel on which a commit of a control row names its run. */
export const CONTROL_CHANNEL = 'everpost_control';

const RETRY_MS = 500;
const KEPT = 10_000;

/**
 * Hears of every control row that is committed, so that a step need not ask the database whether a person stopped its
 * run. While the connection is down nothing is known, nor of runs that were read before it was up: their steps ask.
 */
export class ControlWatch {
  readonly #options: Pick<DatabaseOptions, 'url' | 'applicationName'> & { onError: (error: unknown) => void };
  readonly #asked = new LRUCache<string, true>({ max: KEPT });
  readonly #stopped = new AbortController();
  #listeningSince: number | null = null;
  #done: Promise<void> | null = null;

  constructor(options: Pick<DatabaseOptions, 'url' | 'applicationName'> & { onError: (error: unknown) => void }) {
    this.#options = options;
  }

  start(): void {
    this.#done ??= this.#listen();
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#done;
  }

  /** Whether it is certain that nobody asked anything of a run since it was read at `readAt`. */
  unasked(runId: string, readAt: number): boolean {
    return this.#listeningSince !== null && readAt > this.#listeningSince && !this.#asked.has(runId);
  }

  async #listen(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      const client = createClient({ ...this.#options, role: 'everpost_app' });
      const lost = new Promise<void>((resolve) => client.once('end', resolve));
      client.on('error', this.#options.onError);
      client.on('notification', ({ payload }) => {
        if (payload) this.#asked.set(payload, true);
      });
      const stopped = new Promise<void>((resolve) => this.#stopped.signal.addEventListener('abort', () => resolve()));
      try {
        await client.connect();
        await client.query(`listen ${CONTROL_CHANNEL}`);
        this.#listeningSince = Date.now();
        await Promise.race([lost, stopped]);
      } catch (error) {
        this.#options.onError(error);
      } finally {
        this.#listeningSince = null;
        await client.end().catch(() => undefined); // it is gone already: nothing is left to end
      }
      await sleep(RETRY_MS, undefined, { signal: this.#stopped.signal }).catch(() => undefined); // stopped: the loop ends
    }
  }
}
