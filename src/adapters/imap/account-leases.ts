import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { fairShare } from '../../domain/imap-sync.js';
import { createClient, type DatabaseOptions } from '../database/database.js';
import { IMAP_CHANNEL } from './led-account.js';

/** An account that may be led. */
export interface LeasableAccount extends Record<string, unknown> {
  id: string;
  version: number;
}

export interface AccountLeasesOptions extends Pick<DatabaseOptions, 'url' | 'applicationName'> {
  /** First key of the advisory locks that intake processes hold for their lifetime: each shares the accounts. */
  processLocks: number;
  /** This process leads the account from now on, or it was changed: its session begins anew. */
  lead: (account: LeasableAccount) => void;
  /** This process leads it no more: resolves when nothing of its session runs. */
  release: (accountId: string) => Promise<void>;
  /** Something was queued for some account. */
  wake: () => void;
  onError: (error: unknown) => void;
}

const ROUND_MS = 2_000;
const RETRY_MS = 1_000;

/** MISCONFIGURED comes right by itself now and then: a certificate is renewed, a name resolves again. */
const LEASABLE = `
select id, version from imap_accounts
where not paused and (state not in ('AUTHENTICATION_FAILED', 'NEEDS_AUTHORIZATION', 'MISCONFIGURED')
  or (state = 'MISCONFIGURED' and state_at < now() - interval '30 minutes'))
order by id`;

const PROCESSES = `
select count(distinct objid)::int as processes from pg_locks
where locktype = 'advisory' and classid = $1 and granted
  and database = (select oid from pg_database where datname = current_database())`;

/**
 * Shares the accounts among the intake processes: one leader each, by session-level advisory locks that all hang on one
 * connection. When that dies, so do the locks: all sessions end, and other processes take over within a round.
 */
export class AccountLeases {
  readonly #options: AccountLeasesOptions;
  readonly #held = new Map<string, number>();
  readonly #stopped = new AbortController();
  #wakeRound: (() => void) | null = null;
  #done: Promise<void> | null = null;

  constructor(options: AccountLeasesOptions) {
    this.#options = options;
  }

  start(): void {
    this.#done ??= this.#campaign();
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#wakeRound?.();
    await this.#done;
  }

  async #campaign(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      const client = createClient({ ...this.#options, role: 'everpost_system' });
      let alive = true;
      client.on('error', this.#options.onError);
      client.once('end', () => {
        alive = false;
        this.#wakeRound?.();
      });
      client.on('notification', () => {
        this.#options.wake();
        this.#wakeRound?.();
      });
      try {
        await client.connect();
        await client.query(`listen ${IMAP_CHANNEL}`);
        while (alive && !this.#stopped.signal.aborted) {
          await this.#round(client);
          await this.#pause();
        }
      } catch (error) {
        this.#options.onError(error);
      } finally {
        // Sessions end before the connection that holds their locks does.
        await Promise.all([...this.#held.keys()].map((id) => this.#options.release(id)));
        this.#held.clear();
        await client.end().catch(() => undefined); // it is gone already: nothing is left to end
      }
      await sleep(RETRY_MS, undefined, { signal: this.#stopped.signal }).catch(() => undefined); // stopped: go on at once
    }
  }

  async #round(client: pg.Client): Promise<void> {
    const { rows: accounts } = await client.query<LeasableAccount>(LEASABLE);
    const { rows } = await client.query<{ processes: number }>(PROCESSES, [this.#options.processLocks]);
    const share = fairShare(accounts.length, rows[0]!.processes);
    const wanted = new Map(accounts.map(({ id, version }) => [id, version]));
    const surplus = [...this.#held.keys()].filter((id) => wanted.has(id)).slice(share);
    for (const id of this.#held.keys()) {
      if (!wanted.has(id) || surplus.includes(id)) await this.#giveUp(client, id);
    }
    for (const { id, version } of accounts) {
      const held = this.#held.get(id);
      if (held === version) continue;
      if (held !== undefined) {
        await this.#options.release(id);
      } else if (this.#held.size >= share || surplus.includes(id) || !(await tryLock(client, id))) continue;
      this.#held.set(id, version);
      this.#options.lead({ id, version });
    }
  }

  async #giveUp(client: pg.Client, id: string): Promise<void> {
    await this.#options.release(id);
    this.#held.delete(id);
    await client.query(`select pg_advisory_unlock(${LOCK_KEY})`, [id]);
  }

  async #pause(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ROUND_MS);
      this.#wakeRound = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.#stopped.signal.aborted) this.#wakeRound();
    });
    this.#wakeRound = null;
  }
}

const LOCK_KEY = `hashtextextended('imap account ' || $1, 0)`;

async function tryLock(client: pg.Client, id: string): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>(`select pg_try_advisory_lock(${LOCK_KEY}) as locked`, [id]);
  return rows[0]?.locked === true;
}
