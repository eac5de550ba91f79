import { randomUUID } from 'node:crypto';
import type { AttemptOutcome } from '../../domain/onward.js';
import type { Database } from '../database/database.js';
import { leasePaces, sweepPaces, type AttemptCount, type PaceKey } from './pace-rows.js';
import { PaceShare, type Permission, type Spent } from './pace-share.js';

export interface PaceKeeperOptions {
  /** As everpost_system: a pace is of all organizations together. */
  system: Database;
  now: () => number;
  onError: (error: unknown) => void;
}

/** How an attempt ended, for the health of its route. */
export interface CountedAttempt {
  organizationId: string;
  route: string;
  path: string;
  destination: string;
  outcome: AttemptOutcome;
}

/** So often leases are renewed while there is mail, and reports come in at the latest. */
const ROUND_MS = 1_000;
/** Who waits for a lease is asked for so soon, together with all who came meanwhile. */
const SOON_MS = 25;
/** A pace that has just been asked for and gave nothing is not asked for again before. */
const AGAIN_MS = 250;
const SWEEP_MS = 3_600_000;
const OUTAGE_MS = 5_000;

/**
 * Hands out the permits of this worker. They are leased from the database for all paces together, about once a second
 * and at once where somebody waits: no message asks for itself.
 */
export class PaceKeeper {
  readonly #options: PaceKeeperOptions;
  readonly #worker = randomUUID();
  readonly #shares = new Map<string, PaceShare>();
  readonly #counts = new Map<string, AttemptCount>();
  #timer: NodeJS.Timeout | null = null;
  #dueAt = Infinity;
  #round: Promise<void> | null = null;
  #sweptAt: number;
  #closed = false;

  constructor(options: PaceKeeperOptions) {
    this.#options = options;
    this.#sweptAt = options.now();
  }

  /**
   * Asks to begin a conversation; what is permitted must be ended.
   *
   * @param patienceMs how long it may wait for its turn
   */
  async permit(key: PaceKey, organizationId: string, patienceMs: number, signal: AbortSignal): Promise<Permission> {
    const { now } = this.#options;
    const share = this.#shareOf(key);
    const known = share.tryNow(organizationId, now());
    if (known !== null) return known;
    return new Promise((resolve) => {
      const end = (permission: Permission) => {
        clearTimeout(timer);
        signal.removeEventListener('abort', giveUp);
        resolve(permission);
      };
      const giveUp = () => {
        takeBack();
        end({ permitted: false, waitMs: patienceMs, reason: share.reason });
      };
      const timer = setTimeout(giveUp, patienceMs);
      signal.addEventListener('abort', giveUp, { once: true });
      const takeBack = share.wait(organizationId, now(), end);
      if (signal.aborted) giveUp();
      this.#askSoon(share);
    });
  }

  /** Ends what was permitted; `spent` null: no conversation took place. */
  end(key: PaceKey, organizationId: string, spent: Spent | null): void {
    const share = this.#shareOf(key);
    share.end(organizationId, spent, this.#options.now());
    if (share.isWanting) this.#askSoon(share);
    else this.#schedule(ROUND_MS);
  }

  count(attempt: CountedAttempt): void {
    this.#add({ ...attempt, count: 1 });
  }

  /** Reports what is left to be reported and gives leases back. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#round;
    await this.#ask([...this.#shares.values()], true);
  }

  #add(counted: AttemptCount): void {
    const { organizationId, route, path, destination, outcome } = counted;
    const name = JSON.stringify([organizationId, route, path, destination, outcome]);
    const known = this.#counts.get(name);
    if (known === undefined) this.#counts.set(name, counted);
    else known.count += counted.count;
    this.#schedule(ROUND_MS);
  }

  #shareOf(key: PaceKey): PaceShare {
    const name = `${key.path}\n${key.destination}`;
    let share = this.#shares.get(name);
    if (share === undefined) {
      share = new PaceShare(key, this.#options.now());
      this.#shares.set(name, share);
    } else share.key = key;
    return share;
  }

  #askSoon(share: PaceShare): void {
    const since = this.#options.now() - share.askedAt;
    this.#schedule(Math.max(SOON_MS, AGAIN_MS - since));
  }

  #schedule(delayMs: number): void {
    if (this.#closed) return;
    const dueAt = this.#options.now() + delayMs;
    if (this.#timer !== null && dueAt >= this.#dueAt) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#dueAt = dueAt;
    this.#timer = setTimeout(() => this.#start(), delayMs);
    this.#timer.unref();
  }

  #start(): void {
    this.#timer = null;
    this.#dueAt = Infinity;
    // One round at a time: what comes meanwhile is asked for in the next.
    if (this.#round !== null) return this.#schedule(SOON_MS);
    const now = this.#options.now();
    for (const [name, share] of this.#shares) if (share.isIdle(now)) this.#shares.delete(name);
    const due = [...this.#shares.values()].filter(
      (share) => now - share.askedAt >= ROUND_MS - SOON_MS || (share.isWanting && now - share.askedAt >= AGAIN_MS),
    );
    this.#round = this.#ask(due).finally(() => {
      this.#round = null;
      if (this.#shares.size > 0) this.#schedule(this.#nextRound());
    });
  }

  #nextRound(): number {
    const now = this.#options.now();
    const wanting = [...this.#shares.values()].filter((share) => share.isWanting);
    const waits = wanting.map((share) => Math.max(SOON_MS, AGAIN_MS - (now - share.askedAt)));
    return Math.min(ROUND_MS, ...waits);
  }

  /** Never rejects: mail waits while the database is away. */
  async #ask(shares: readonly PaceShare[], leaving = false): Promise<void> {
    const { now, system, onError } = this.#options;
    const asks = shares.map((share) => share.ask(now(), leaving));
    const counts = [...this.#counts.values()];
    this.#counts.clear();
    if (asks.length === 0 && counts.length === 0) return;
    try {
      const answers = await leasePaces(system, this.#worker, asks, counts);
      shares.forEach((share, at) => share.answered(answers[at]!, now()));
    } catch (error) {
      onError(error);
      shares.forEach((share, at) => share.failed(asks[at]!, OUTAGE_MS));
      for (const counted of counts) this.#add(counted);
    }
    if (now() - this.#sweptAt < SWEEP_MS) return;
    this.#sweptAt = now();
    await sweepPaces(system).catch(onError);
  }
}
