import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { createClient, type DatabaseOptions } from './database.js';

/** Session-level advisory locks, one a duty that only one process may do at a time. */
export const DUTIES = {
  sequencer: 7_001,
  dispatcher: 7_002,
  reconciler: 7_003,
  quarantine: 7_008,
  onwardDispatcher: 7_009,
  aiRepair: 7_010,
  trainings: 7_015,
  phrases: 7_017,
  outgoing: 7_022,
  domains: 7_024,
  webhooks: 7_025,
  deliveryReports: 7_028,
} as const;
export type Duty = keyof typeof DUTIES;

const RETRY_MS = 250;

export interface LeadershipOptions extends Pick<DatabaseOptions, 'url' | 'role' | 'applicationName'> {
  duty: Duty;
  /** Channels whose notifications call `wake` while this process leads. */
  channels: string[];
  /**
   * The duty, called with the connection that holds the lock: when that connection dies, so do the lock and whatever
   * was not committed on it, so two leaders never write. Resolves with milliseconds until it wants to be called again
   * without a notification.
   */
  work: (client: pg.Client) => Promise<number>;
  onError: (error: unknown) => void;
}

/**
 * A candidate for a duty: waits for its lock, then does the duty until stopped; another candidate takes over within
 * a quarter of a second of its end.
 */
export class Leadership {
  readonly #options: LeadershipOptions;
  readonly #stopped = new AbortController();
  #wake: (() => void) | null = null;
  #pending = false;
  #done: Promise<void> | null = null;
  /** Whether this process holds the lock now. */
  leads = false;

  constructor(options: LeadershipOptions) {
    this.#options = options;
  }

  start(): void {
    this.#done ??= this.#campaign();
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    this.wake();
    await this.#done;
  }

  /** Asks for a round now, for example after a commit of this process. */
  wake(): void {
    this.#pending = true;
    this.#wake?.();
  }

  async #campaign(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      const client = createClient(this.#options);
      const lost = new Promise<void>((resolve) => client.once('end', resolve));
      client.on('error', this.#options.onError);
      try {
        await client.connect();
        await this.#lead(client, lost);
      } catch (error) {
        this.#options.onError(error);
      } finally {
        this.leads = false;
        await client.end().catch(() => undefined); // it is gone already: nothing is left to end
      }
      await this.#pause(RETRY_MS);
    }
  }

  async #lead(client: pg.Client, lost: Promise<void>): Promise<void> {
    let alive = true;
    void lost.then(() => {
      alive = false;
      this.wake();
    });
    while (alive && !this.#stopped.signal.aborted && !(await this.#tryLock(client))) await this.#pause(RETRY_MS);
    if (!alive || this.#stopped.signal.aborted) return;
    this.leads = true;
    client.on('notification', () => this.wake());
    for (const channel of this.#options.channels) await client.query(`listen ${channel}`);
    while (alive && !this.#stopped.signal.aborted) {
      this.#pending = false;
      await this.#waitForWake(await this.#options.work(client));
    }
  }

  async #tryLock(client: pg.Client): Promise<boolean> {
    const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [
      DUTIES[this.#options.duty],
    ]);
    return rows[0]?.locked === true;
  }

  async #waitForWake(milliseconds: number): Promise<void> {
    if (this.#pending || milliseconds <= 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = null;
  }

  async #pause(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.#stopped.signal }).catch(() => undefined); // stopped: go on at once
  }
}
