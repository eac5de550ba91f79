import pRetry from 'p-retry';
import { nextHopName } from '../../domain/next-hop.js';
import type { OnwardInput, OnwardStatus } from '../../domain/onward.js';
import { sqlState, type Database, type Sql } from '../database/database.js';
import { isUnreachable } from '../database/unreachable.js';
import { askCircuit, closeCircuit, countFailure } from './circuits.js';
import {
  closeAttempt,
  dueDelivery,
  isDue,
  isWaiting,
  lockRows,
  openAttempts,
  routeTarget,
  writeStatuses,
  type DeliveryRow,
  type DueDelivery,
  type RouteTarget,
  type Settlement,
  type StatusChange,
} from './delivery-rows.js';

export type RoundStart =
  /** Nothing is due now. */
  | { result: 'idle' }
  /** Its server is left alone for now. */
  | { result: 'waiting'; deliveries: DueDelivery[]; server: string; reason: string; until: Date }
  | { result: 'begun'; deliveries: DueDelivery[]; target: RouteTarget; server: string };

/** Another round has taken over: this one must not go on. */
export class RoundOvertaken extends Error {
  override name = 'RoundOvertaken';
}

export interface OnwardStoreOptions {
  /** Names the server that forwards to this domain go to. */
  forwardServer: (domain: string) => string;
  /** The shortest time that a server is left alone, in milliseconds. */
  shortestWaitMs: number;
}

/** What rounds of onward delivery read and write. Each method is one transaction. */
export class OnwardStore {
  readonly #database: Database;
  readonly #options: OnwardStoreOptions;

  constructor(database: Database, options: OnwardStoreOptions) {
    this.#database = database;
    this.#options = options;
  }

  /**
   * Begins a round: settles what an earlier one left open, and records an attempt for each delivery that is due.
   *
   * @param asked whether a person wants it now, whatever the schedule and the server's state say
   */
  begin(input: OnwardInput, buildId: string, asked: boolean, now: Date): Promise<RoundStart> {
    return this.#database.withOrganization(input.organizationId, async (sql) => {
      const rows = await lockRows(sql, input, buildId);
      await this.#settleInterrupted(sql, input, rows, now);
      const due = rows.filter((row) => isDue(row, asked, now));
      if (due.length === 0) return { result: 'idle' };
      const target = await routeTarget(sql, due[0]!);
      if (target === null) {
        const reply = { code: null, enhanced: null, text: 'its domain has no next hop any more' };
        await writeStatuses(
          sql,
          input,
          due.map((row) => ({ row, status: 'CANCELED', reply, nextAttemptAt: null })),
        );
        return { result: 'idle' };
      }
      const server = target.kind === 'nextHop' ? nextHopName(target.hop) : this.#options.forwardServer(target.domain);
      const closed = asked ? null : await askCircuit(sql, server, now);
      if (closed !== null) {
        const deliveries = due.map((row) => dueDelivery(row, ''));
        return { result: 'waiting', deliveries, server, ...closed };
      }
      return { result: 'begun', deliveries: await openAttempts(sql, input, due), target, server };
    });
  }

  /**
   * Commits the intent: from here on, silence means that it may have been delivered.
   *
   * @throws RoundOvertaken where another round has settled one of these attempts
   */
  async recordIntent(organizationId: string, attemptIds: readonly string[]): Promise<void> {
    await this.#database.withOrganization(organizationId, async (sql) => {
      const rows = await sql(
        'update delivery_attempts set data_at = now() where id = any($1::uuid[]) and outcome is null returning id',
        [attemptIds],
      );
      if (rows.length !== attemptIds.length) throw new RoundOvertaken('another worker has taken over');
    });
  }

  /**
   * Writes how a round ended. `reached`: the server answered, or did not; null where that was not found out. A database
   * that is down is waited for: what the server said is known here alone.
   */
  settle(
    input: OnwardInput,
    settlements: readonly Settlement[],
    server: { name: string; reached: boolean | null; reason: string },
    now: Date,
  ): Promise<void> {
    const write = async (sql: Sql) => {
      const rows = new Map((await lockRows(sql, input, null)).map((row) => [row.id, row]));
      const changes: StatusChange[] = [];
      for (const settlement of settlements) {
        const row = rows.get(settlement.deliveryId);
        if (row === undefined) continue;
        if (settlement.attemptId !== '') await closeAttempt(sql, settlement);
        // What an overtaken attempt learned late still counts, unless a person has decided or another one began.
        const mine = settlement.attemptId === '' || row.attemptId === settlement.attemptId;
        const open =
          settlement.attemptId === '' ? isWaiting(row) : row.status === 'SENDING' || row.status === 'UNCERTAIN';
        if (mine && open) changes.push({ row, ...settlement });
      }
      await writeStatuses(sql, input, changes);
      if (server.reached === true) await closeCircuit(sql, server.name);
      if (server.reached === false) {
        await countFailure(sql, server.name, server.reason, now, this.#options.shortestWaitMs);
      }
    };
    return pRetry(() => this.#database.withOrganization(input.organizationId, write), {
      retries: Infinity,
      minTimeout: 200,
      maxTimeout: 5_000,
      maxRetryTime: SETTLE_WITHIN_MS,
      shouldRetry: ({ error }) => isUnreachable(error) || isDeadlock(error),
    });
  }

  /** Ends what waits; an attempt that is under way is not stopped. */
  cancel(input: OnwardInput, reason: string): Promise<void> {
    return this.#database.withOrganization(input.organizationId, async (sql) => {
      const rows = (await lockRows(sql, input, null)).filter(isWaiting);
      const reply = { code: null, enhanced: null, text: reason };
      await writeStatuses(
        sql,
        input,
        rows.map((row) => ({ row, status: 'CANCELED', reply, nextAttemptAt: null })),
      );
    });
  }

  /** How the deliveries of a route stand. */
  async standing(
    input: OnwardInput,
  ): Promise<{ statuses: Partial<Record<OnwardStatus, number>>; nextAttemptAt: Date | null }> {
    const rows = await this.#database.oneOfOrganization<{ status: OnwardStatus; count: number; next: string | null }>(
      input.organizationId,
      `select status, count(*) as count, min(coalesce(next_attempt_at, now())) filter (where status in ('PENDING', 'DEFERRED')) as next
       from onward_deliveries where message_id = $1 and route = $2 and generation = $3 group by status`,
      [input.messageId, input.route, input.generation],
    );
    const next = rows.flatMap((row) => (row.next === null ? [] : [new Date(row.next).getTime()]));
    return {
      statuses: Object.fromEntries(rows.map(({ status, count }) => [status, count])),
      nextAttemptAt: next.length === 0 ? null : new Date(Math.min(...next)),
    };
  }

  /** An attempt that was open when its worker died: delivered perhaps, if the intent is there, and surely not otherwise. */
  async #settleInterrupted(sql: Sql, input: OnwardInput, rows: DeliveryRow[], now: Date): Promise<void> {
    const open = rows.filter(({ status }) => status === 'SENDING');
    if (open.length === 0) return;
    const attempts = await sql<{ id: string; intended: boolean }>(
      `update delivery_attempts
       set outcome = case when data_at is null then 'DEFERRED' else 'UNCERTAIN' end, ended_at = now(),
         reply = case when data_at is null then $2 else $3 end
       where id = any($1::uuid[]) and outcome is null returning id, data_at is not null as intended`,
      [open.map(({ attemptId }) => attemptId), NOT_SENT, NO_REPLY],
    );
    const intended = new Set(attempts.filter((attempt) => attempt.intended).map(({ id }) => id));
    const changes = open.map((row): StatusChange => {
      const uncertain = row.attemptId !== null && intended.has(row.attemptId);
      const text = uncertain ? NO_REPLY : NOT_SENT;
      const status = uncertain ? 'UNCERTAIN' : 'DEFERRED';
      return { row, status, reply: { code: null, enhanced: null, text }, nextAttemptAt: uncertain ? null : now };
    });
    await writeStatuses(sql, input, changes);
  }
}

/** Postgres has ended one of two transactions that waited for each other. */
const isDeadlock = (error: unknown) => sqlState(error) === '40P01';

const SETTLE_WITHIN_MS = 30 * 60_000;
const NOT_SENT = 'the worker ended before all was sent';
const NO_REPLY = 'the worker ended before the server replied';
