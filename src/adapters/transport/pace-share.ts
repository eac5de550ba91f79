import type { PaceReport } from '../../domain/outgoing/pace.js';
import type { LeaseAnswer, LeaseAsk, PaceKey } from './pace-rows.js';

/** How a conversation that was permitted went. */
export interface Spent {
  /** Whether a server took the message, or may have: it counts for a warm-up. */
  taken: boolean;
  report: PaceReport;
}

export type Permission = { permitted: true } | { permitted: false; waitMs: number; reason: string };

interface Waiter {
  since: number;
  tell: (permission: Permission) => void;
}

interface Share {
  slots: number;
  messages: number;
  inUse: number;
  /** Most that were under way or waiting since the last answer. */
  peak: number;
  waiting: Waiter[];
}

/** An answer that is older says nothing any more: this worker could not reach the database. */
const ANSWER_MS = 5_000;
/** Who comes back within that time finds its share still there. */
const KEPT_MS = 3_000;
const MOST_WANTED = 10_000;

/** What this worker may have under way at one pace, for each organization, and what it has to report of it. */
export class PaceShare {
  readonly #shares = new Map<string, Share>();
  #key: PaceKey;
  #report: PaceReport = nothing();
  #untaken = 0;
  #answeredAt = -Infinity;
  #usedAt: number;
  /** While the database is asked nothing begins: what was told to it would not be true any more. */
  #asking = false;
  #closedUntil = 0;
  #reason = '';
  askedAt = -Infinity;

  constructor(key: PaceKey, now: number) {
    this.#key = key;
    this.#usedAt = now;
  }

  /** What its route allows may have changed. */
  set key(key: PaceKey) {
    this.#key = key;
  }

  get key(): PaceKey {
    return this.#key;
  }

  /** Permits at once, refuses at once, or null: it has to wait for its turn. */
  tryNow(organizationId: string, now: number): Permission | null {
    this.#usedAt = now;
    if (now < this.#closedUntil) return { permitted: false, waitMs: this.#closedUntil - now, reason: this.#reason };
    const share = this.#shareOf(organizationId);
    if (share.waiting.length > 0 || !this.#mayBegin(share, now)) return null;
    begin(share);
    return { permitted: true };
  }

  /** @returns what takes it back; then it is told nothing any more */
  wait(organizationId: string, now: number, tell: Waiter['tell']): () => void {
    const share = this.#shareOf(organizationId);
    const waiter = { since: now, tell };
    share.waiting.push(waiter);
    share.peak = Math.max(share.peak, share.inUse + share.waiting.length);
    return () => {
      share.waiting = share.waiting.filter((one) => one !== waiter);
    };
  }

  /** Ends what was permitted. `spent` null: no conversation took place, and the message may go later. */
  end(organizationId: string, spent: Spent | null, now: number): void {
    const share = this.#shareOf(organizationId);
    share.inUse -= 1;
    this.#usedAt = now;
    if (spent === null) share.messages += 1;
    else {
      if (!spent.taken) this.#untaken += 1;
      this.#report = merged(this.#report, spent.report);
    }
    this.#pass(share, now);
  }

  /** Whether the database should be asked without waiting for the next round. */
  get isWanting(): boolean {
    const slow = this.#report.slowedBy !== null || this.#report.unreachable !== null;
    return !this.#asking && (slow || [...this.#shares.values()].some(({ waiting }) => waiting.length > 0));
  }

  /** Whether it can be forgotten: nothing is under way, and everything is reported. */
  isIdle(now: number): boolean {
    const shares = [...this.#shares.values()];
    return (
      now - this.#usedAt > KEPT_MS &&
      !this.#asking &&
      this.#untaken === 0 &&
      isNothing(this.#report) &&
      shares.every(({ inUse, waiting, slots }) => inUse === 0 && waiting.length === 0 && slots === 0)
    );
  }

  /** @param leaving whether nothing more is wanted but to end what is under way */
  ask(now: number, leaving: boolean): LeaseAsk {
    this.#asking = true;
    this.askedAt = now;
    const resting = leaving || now - this.#usedAt > KEPT_MS;
    const organizations = [...this.#shares].map(([organizationId, share]) => {
      const unspent = share.messages;
      share.messages = 0;
      const wanted =
        resting && (leaving || share.waiting.length === 0) ? share.inUse : Math.max(share.peak, share.inUse);
      share.peak = share.inUse + share.waiting.length;
      return { organizationId, wanted: Math.min(wanted, MOST_WANTED), inUse: share.inUse, unspent };
    });
    const ask = { key: this.#key, report: this.#report, untaken: this.#untaken, organizations };
    this.#report = nothing();
    this.#untaken = 0;
    return ask;
  }

  answered(answer: LeaseAnswer, now: number): void {
    this.#asking = false;
    this.#answeredAt = now;
    this.#closedUntil = answer.closedMs > 0 ? now + answer.closedMs : 0;
    this.#reason = answer.reason;
    for (const [organizationId, share] of this.#shares) {
      const granted = answer.granted.get(organizationId);
      // Who came while the database was asked is asked for next.
      if (granted === undefined) continue;
      share.slots = granted.slots;
      share.messages += granted.messages;
      if (answer.closedMs > 0) refuseAll(share, { permitted: false, waitMs: answer.closedMs, reason: answer.reason });
      else this.#pass(share, now);
      if (share.inUse === 0 && share.waiting.length === 0 && share.slots === 0) this.#shares.delete(organizationId);
    }
  }

  /** The database could not be asked: what was to be reported is kept, and nobody waits for it. */
  failed(ask: LeaseAsk, waitMs: number): void {
    this.#asking = false;
    this.#report = merged(ask.report, this.#report);
    this.#untaken += ask.untaken;
    for (const { organizationId, unspent } of ask.organizations) this.#shareOf(organizationId).messages += unspent;
    const reason = 'the database cannot be asked';
    for (const share of this.#shares.values()) refuseAll(share, { permitted: false, waitMs, reason });
  }

  /** Why somebody who waits is not given anything. */
  get reason(): string {
    return this.#reason === '' ? 'it has not been asked yet' : this.#reason;
  }

  #shareOf(organizationId: string): Share {
    let share = this.#shares.get(organizationId);
    if (share === undefined) {
      share = { slots: 0, messages: 0, inUse: 0, peak: 0, waiting: [] };
      this.#shares.set(organizationId, share);
    }
    return share;
  }

  #mayBegin(share: Share, now: number): boolean {
    const fresh = !this.#asking && now - this.#answeredAt < ANSWER_MS;
    return fresh && share.inUse < share.slots && share.messages >= 1;
  }

  #pass(share: Share, now: number): void {
    while (share.waiting.length > 0 && this.#mayBegin(share, now)) {
      const { tell } = share.waiting.shift()!;
      begin(share);
      tell({ permitted: true });
    }
  }
}

function begin(share: Share): void {
  share.inUse += 1;
  share.messages -= 1;
  share.peak = Math.max(share.peak, share.inUse + share.waiting.length);
}

function refuseAll(share: Share, permission: Permission): void {
  for (const { tell } of share.waiting.splice(0)) tell(permission);
}

const nothing = (): PaceReport => ({ answered: 0, slowedBy: null, pauseMs: null, unreachable: null });
const isNothing = ({ answered, slowedBy, unreachable }: PaceReport) =>
  answered === 0 && slowedBy === null && unreachable === null;

function merged(a: PaceReport, b: PaceReport): PaceReport {
  const pauses = [a.pauseMs, b.pauseMs].filter((pause) => pause !== null);
  return {
    answered: a.answered + b.answered,
    slowedBy: b.slowedBy ?? a.slowedBy,
    pauseMs: pauses.length === 0 ? null : Math.max(...pauses),
    unreachable: b.unreachable ?? a.unreachable,
  };
}
