import type { NextHop } from '../../domain/next-hop.js';
import type { AttemptOutcome, OnwardInput, OnwardKind, OnwardStatus, Reply } from '../../domain/onward.js';
import type { Sql } from '../database/database.js';
import { announce, type Changed } from './announcements.js';

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

/** A delivery as it stands. */
export interface DeliveryRow extends Record<string, unknown> {
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
export async function lockRows(sql: Sql, input: OnwardInput, buildId: string | null): Promise<DeliveryRow[]> {
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

/** Nothing is under way, and it is not over. */
export const isWaiting = ({ status }: DeliveryRow) => status === 'PENDING' || status === 'DEFERRED';

/** Whether it is tried in this round. */
export function isDue(row: DeliveryRow, asked: boolean, now: Date): boolean {
  if (!isWaiting(row)) return false;
  return asked || row.nextAttemptAt === null || new Date(row.nextAttemptAt) <= now;
}

/** `attemptId`: empty for a wait. */
export function dueDelivery(row: DeliveryRow, attemptId: string): DueDelivery {
  const { id, kind, recipient, target, rounds, openedAt } = row;
  return { deliveryId: id, attemptId, kind, recipient, target, rounds: rounds + 1, openedAt: Date.parse(openedAt) };
}

/** Null where a next hop was taken away meanwhile. */
export async function routeTarget(sql: Sql, { kind, route, target }: DeliveryRow): Promise<RouteTarget | null> {
  if (kind === 'forward') return { kind, domain: target.slice(target.lastIndexOf('@') + 1).toLowerCase() };
  const [hop] = await sql<StoredNextHop & Record<string, unknown>>(
    `select d.name as domain, h.protocol, h.host, h.port, h.socket, h.tls, h.ca, h.username, h.password as "sealedPassword"
     from next_hops h join domains d on d.id = h.domain_id where d.name = $1`,
    [route],
  );
  return hop === undefined ? null : { kind, hop };
}

/** Records an attempt for each, before it begins. */
export async function openAttempts(sql: Sql, input: OnwardInput, due: DeliveryRow[]): Promise<DueDelivery[]> {
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

/** Writes how an attempt ended. */
export async function closeAttempt(sql: Sql, { attemptId, outcome, reply, tls, remote }: Settlement): Promise<void> {
  // An attempt that was found open after its worker's death is told the truth by a worker that was only slow.
  await sql(
    `update delivery_attempts set outcome = $2, ended_at = now(), reply_code = $3, enhanced_code = $4, reply = $5, tls = $6, remote = $7
     where id = $1 and (outcome is null or (outcome = 'UNCERTAIN' and $2 <> 'UNCERTAIN'))`,
    [attemptId, outcome, reply?.code ?? null, reply?.enhanced ?? null, reply?.text ?? null, tls, remote],
  );
}

/** A status that a delivery comes to. */
export interface StatusChange {
  row: DeliveryRow;
  status: OnwardStatus;
  reply: Reply | null;
  nextAttemptAt: Date | null;
  waitsFor?: string | null;
  /** Empty for a wait, which counts as a round without an attempt. */
  attemptId?: string;
}

/** Writes statuses and tells of them. */
export async function writeStatuses(sql: Sql, input: OnwardInput, changes: readonly StatusChange[]): Promise<void> {
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
