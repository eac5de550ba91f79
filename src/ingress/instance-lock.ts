import { setTimeout as sleep } from 'node:timers/promises';
import { createClient, type DatabaseOptions } from '../adapters/database/database.js';

/** First key of the advisory locks that intake processes hold for their lifetime; the second is hashtext(instance). */
export const INSTANCE_LOCKS = 7_004;

const RETRY_MS = 250;

/**
 * Tells all others that this process lives: a session-level advisory lock, which Postgres lets go when the process or
 * its connection dies. A lost connection is opened again; until it is, `held` waits, so that nothing is accepted that
 * others would take for a dead process's.
 */
export class InstanceLock {
  readonly #options: Pick<DatabaseOptions, 'url' | 'role' | 'applicationName'>;
  readonly #instance: string;
  readonly #onError: (error: unknown) => void;
  readonly #stopped = new AbortController();
  #isHeld = false;
  #waiting: (() => void)[] = [];
  #done: Promise<void> | null = null;

  constructor(
    instance: string,
    options: Pick<DatabaseOptions, 'url' | 'applicationName'>,
    onError: (error: unknown) => void,
  ) {
    this.#instance = instance;
    this.#options = { ...options, role: 'everpost_system' };
    this.#onError = onError;
  }

  start(): void {
    this.#done ??= this.#keep();
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#done;
  }

  /** @returns false when it was not held within `withinMs` */
  async held(withinMs: number): Promise<boolean> {
    if (this.#isHeld) return true;
    await Promise.race([
      new Promise<void>((resolve) => this.#waiting.push(resolve)),
      sleep(withinMs, undefined, { signal: this.#stopped.signal }).catch(() => undefined), // stopping: answer now
    ]);
    return this.#isHeld;
  }

  async #keep(): Promise<void> {
    const stopped = new Promise<void>((resolve) => this.#stopped.signal.addEventListener('abort', () => resolve()));
    while (!this.#stopped.signal.aborted) {
      const client = createClient(this.#options);
      const lost = new Promise<void>((resolve) => client.once('end', resolve));
      client.on('error', this.#onError);
      try {
        await client.connect();
        await client.query('select pg_advisory_lock($1, hashtext($2))', [INSTANCE_LOCKS, this.#instance]);
        this.#isHeld = true;
        for (const tell of this.#waiting.splice(0)) tell();
        await Promise.race([lost, stopped]);
      } catch (error) {
        this.#onError(error);
      } finally {
        this.#isHeld = false;
        await client.end().catch(() => undefined); // it is gone already: nothing is left to end
      }
      if (!this.#stopped.signal.aborted) await sleep(RETRY_MS);
    }
  }
}
