import { nextHopName, type NextHop } from '../../domain/next-hop.js';
import {
  type AttemptOutcome,
  type OnwardInput,
  type OnwardKind,
  type OnwardStatus,
  type Reply,
} from '../../domain/onward.js';
import pRetry from 'p-retry';
import type { Database, Sql } from '../database/database.js';
import { isUnreachable } from '../database/unreachable.js';
import { announce, type Changed } from './announcements.js';
import { askCircuit, closeCircuit, countFailure } from './circuits.js';

/** One recipient at one place, as a round finds it. */
export interface DueDelivery {
  deliveryId: string;
  attemptId: string;
  kind: OnwardKind;
  recipient: string;
  target: string;
  /** Attempts and waits so far, this one included. */
  rounds: number;
  openedAt: number;
}

/** The next hop of a domain, its password sealed. */
export type StoredNextHop = NextHop & { domain: string; sealedPassword: Buffer | null };

/** Where a route leads: a next hop, or the address of a forward. */
export type RouteTarget = { kind: 'nextHop'; hop: StoredNextHop } | { kind: 'forward'; domain: string };

export type RoundStart =
  /** Nothing is due now. */
  | { result: 'idle' }
  /** Its server is left alone for now. */
  | { result: 'waiting'; deliveries: DueDelivery[]; server: string; reason: string; until: Date }
  | { result: 'begun'; deliveries: DueDelivery[]; target: RouteTarget; server: string };

/** How an attempt, or a wait for a server, ended for one recipient. */
export interface Settlement {
  deliveryId: string;
  attemptId: string;
  outcome: AttemptOutcome;
  status: OnwardStatus;
  /** What the server said, or what stands for it. */
  reply: Reply | null;
  tls: string | null;
  remote: string | null;
  nextAttemptAt: Date | null;
  /** The server that could not be reached; it is tried at once when it is back. */
  waitsFor: string | null;
}

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
      shouldRetry: ({ error }) => isUnreachable(error),
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

const SETTLE_WITHIN_MS = 30 * 60_000;
const NOT_SENT = 'the worker ended before all was sent';
const NO_REPLY = 'the worker ended before the server replied';

interface DeliveryRow extends Record<string, unknown> {
  id: string;
  kind: OnwardKind;
  recipient: string;
  target: string;
  route: string;
  status: OnwardStatus;
  attempts: number;
  rounds: number;
  generation: number;
  attemptId: string | null;
  nextAttemptAt: string | null;
  openedAt: string;
}

/** The deliveries of a round, locked; a build that begins on them is noted, so that workers go on hosting it. */
async function lockRows(sql: Sql, input: OnwardInput, buildId: string | null): Promise<DeliveryRow[]> {
  const rows = await sql<DeliveryRow>(
    `select id, kind, recipient, target, route, status, attempts, rounds, generation, attempt_id as "attemptId",
       next_attempt_at as "nextAttemptAt", opened_at as "openedAt"
     from onward_deliveries where message_id = $1 and route = $2 and generation = $3 order by id for update`,
    [input.messageId, input.route, input.generation],
  );
  if (buildId !== null) {
    await sql('update onward_deliveries set build_id = $2 where id = any($1::uuid[]) and build_id is null', [
      rows.map(({ id }) => id),
      buildId,
    ]);
  }
  return rows;
}

const isWaiting = ({ status }: DeliveryRow) => status === 'PENDING' || status === 'DEFERRED';

function isDue(row: DeliveryRow, asked: boolean, now: Date): boolean {
  if (!isWaiting(row)) return false;
  return asked || row.nextAttemptAt === null || new Date(row.nextAttemptAt) <= now;
}

function dueDelivery(row: DeliveryRow, attemptId: string): DueDelivery {
  const { id, kind, recipient, target, rounds, openedAt } = row;
  return { deliveryId: id, attemptId, kind, recipient, target, rounds: rounds + 1, openedAt: Date.parse(openedAt) };
}

/** Null where a next hop was taken away meanwhile. */
async function routeTarget(sql: Sql, { kind, route, target }: DeliveryRow): Promise<RouteTarget | null> {
  if (kind === 'forward') return { kind, domain: target.slice(target.lastIndexOf('@') + 1).toLowerCase() };
  const [hop] = await sql<StoredNextHop & Record<string, unknown>>(
    `select d.name as domain, h.protocol, h.host, h.port, h.socket, h.tls, h.ca, h.username, h.password as "sealedPassword"
     from next_hops h join domains d on d.id = h.domain_id where d.name = $1`,
    [route],
  );
  return hop === undefined ? null : { kind, hop };
}

async function openAttempts(sql: Sql, input: OnwardInput, due: DeliveryRow[]): Promise<DueDelivery[]> {
  const opened = await sql<{ id: string; deliveryId: string }>(
    `insert into delivery_attempts (organization_id, delivery_id, number)
     select organization_id, id, attempts + 1 from onward_deliveries where id = any($1::uuid[])
     returning id, delivery_id as "deliveryId"`,
    [due.map(({ id }) => id)],
  );
  const attemptOf = new Map(opened.map(({ id, deliveryId }) => [deliveryId, id]));
  await sql(
    `update onward_deliveries d set status = 'SENDING', attempts = d.attempts + 1, rounds = d.rounds + 1,
       attempt_id = a.id, next_attempt_at = null, waits_for = null, updated_at = now()
     from delivery_attempts a where a.id = any($1::uuid[]) and d.id = a.delivery_id`,
    [opened.map(({ id }) => id)],
  );
  await announce(
    sql,
    input,
    due.map((row) =>
      changed({ row: { ...row, attempts: row.attempts + 1 }, status: 'SENDING', reply: null, nextAttemptAt: null }),
    ),
  );
  return due.map((row) => dueDelivery(row, attemptOf.get(row.id)!));
}

async function closeAttempt(sql: Sql, { attemptId, outcome, reply, tls, remote }: Settlement): Promise<void> {
  // An attempt that was found open after its worker's death is told the truth by a worker that was only slow.
  await sql(
    `update delivery_attempts set outcome = $2, ended_at = now(), reply_code = $3, enhanced_code = $4, reply = $5, tls = $6, remote = $7
     where id = $1 and (outcome is null or (outcome = 'UNCERTAIN' and $2 <> 'UNCERTAIN'))`,
    [attemptId, outcome, reply?.code ?? null, reply?.enhanced ?? null, reply?.text ?? null, tls, remote],
  );
}

interface StatusChange {
  row: DeliveryRow;
  status: OnwardStatus;
  reply: Reply | null;
  nextAttemptAt: Date | null;
  waitsFor?: string | null;
  /** Empty for a wait, which counts as a round without an attempt. */
  attemptId?: string;
}

async function writeStatuses(sql: Sql, input: OnwardInput, changes: readonly StatusChange[]): Promise<void> {
  if (changes.length === 0) return;
  for (const { row, status, reply, nextAttemptAt, waitsFor = null, attemptId } of changes) {
    await sql(
      `update onward_deliveries set status = $2, reply = $3, next_attempt_at = $4, waits_for = $5, rounds = rounds + $6, updated_at = now()
       where id = $1`,
      [row.id, status, reply?.text ?? null, nextAttemptAt, waitsFor, attemptId === '' ? 1 : 0],
    );
  }
  await announce(sql, input, changes.map(changed));
}

function changed({ row, status, reply, nextAttemptAt }: StatusChange): Changed {
  const { id: deliveryId, kind, recipient, target, generation, attempts: attempt } = row;
  return { deliveryId, kind, recipient, target, generation, status, attempt, reply, nextAttemptAt };
}
