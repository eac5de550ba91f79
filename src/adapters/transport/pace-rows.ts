import { untilTomorrow } from '../../domain/outgoing/delivery-route.js';
import type { AttemptOutcome } from '../../domain/onward.js';
import {
  adaptPace,
  newPace,
  rateOf,
  refilled,
  slotsOf,
  type Pace,
  type PaceLimits,
  type PaceReport,
} from '../../domain/outgoing/pace.js';
import { MESSAGES_A_SLOT, shareOut, type HeldLease } from '../../domain/outgoing/lease-shares.js';
import type { Database, Sql } from '../database/database.js';

/** What a pace is kept for, and what its route allows. */
export interface PaceKey {
  path: string;
  destination: string;
  limits: PaceLimits;
  /** Messages that the warm-up lets through today; null: there is none. */
  perDay: number | null;
}

/** What one worker reports and asks of one pace. */
export interface LeaseAsk {
  key: PaceKey;
  report: PaceReport;
  /** Messages that no server took: they count for no warm-up. */
  untaken: number;
  /** `unspent`: messages that were permitted and not sent; they may go later. */
  organizations: { organizationId: string; wanted: number; inUse: number; unspent: number }[];
}

export interface LeaseAnswer {
  /** By organization: conversations at once, and messages until the next answer. */
  granted: Map<string, { slots: number; messages: number }>;
  /** Nothing may go for so long; 0: something may, when its turn comes. */
  closedMs: number;
  /** What is not given anything need not ask again before. */
  busyMs: number;
  reason: string;
}

/** What came of attempts since the last time, to be counted. */
export interface AttemptCount {
  organizationId: string;
  route: string;
  path: string;
  destination: string;
  outcome: AttemptOutcome;
  count: number;
}

interface PaceRow extends Omit<Pace, 'reason'>, Record<string, unknown> {
  path: string;
  destination: string;
  reason: string | null;
  usedToday: number;
  now: number;
}

/** A worker that has not come back by then is dead, and what it held is free. */
const LEASE_S = 10;
const LEAST_WAIT_MS = 1_000;

const ms = (column: string) => `(extract(epoch from ${column}) * 1000)::float8`;
const at = (expression: string) => `to_timestamp(${expression} / 1000.0)`;

/** Settles and leases for many paces in one transaction. Rows are locked in one order: two workers never wait in a ring. */
export async function leasePaces(
  system: Database,
  worker: string,
  asks: readonly LeaseAsk[],
  counts: readonly AttemptCount[],
): Promise<LeaseAnswer[]> {
  return system.asSystem(async (sql) => {
    const keys = [asks.map(({ key }) => key.path), asks.map(({ key }) => key.destination)];
    const [, , rows, leases] = await Promise.all([
      countAttempts(sql, counts),
      openPaces(sql, keys),
      lockPaces(sql, keys),
      readLeases(sql, keys),
    ]);
    const changed: { row: PaceRow; pace: Pace; used: number }[] = [];
    const held: (HeldLease & { path: string; destination: string; servedAt: number })[] = [];
    const answers = asks.map((ask): LeaseAnswer => {
      const { path, destination } = ask.key;
      const here = (one: { path: string; destination: string }) => one.path === path && one.destination === destination;
      const row = rows.find(here)!;
      const { answer, pace, used, mine } = settle(ask, row, worker, leases.filter(here));
      changed.push({ row, pace, used });
      held.push(...mine.map((lease) => ({ ...lease, path, destination })));
      return answer;
    });
    await Promise.all([writePaces(sql, changed), writeLeases(sql, worker, held)]);
    return answers;
  });
}

function settle(ask: LeaseAsk, row: PaceRow, worker: string, leases: readonly HeldLease[]) {
  const { limits, perDay } = ask.key;
  const { now } = row;
  const unspent = ask.organizations.reduce((sum, one) => sum + one.unspent, 0);
  const pace = refilled(adaptPace({ ...row, tokens: row.tokens + unspent }, ask.report, limits, now), limits, now);
  let used = Math.max(0, row.usedToday - unspent - ask.untaken);
  const leftToday = perDay === null ? null : Math.max(0, perDay - used);
  const rate = rateOf(pace, limits);
  const slots = leftToday === 0 ? 0 : slotsOf(pace, limits, now);
  const asking = ask.organizations.map(({ organizationId, wanted, inUse }) => ({
    organizationId,
    worker,
    wanted,
    inUse,
  }));
  const messages = Math.min(rate === null ? Infinity : Math.floor(pace.tokens), leftToday ?? Infinity);
  const shares = shareOut({
    slots,
    messages,
    asking,
    others: leases.filter((one) => one.worker !== worker),
    own: leases,
  });
  const granted: LeaseAnswer['granted'] = new Map();
  const mine: (HeldLease & { servedAt: number })[] = [];
  for (const { organizationId, wanted, inUse } of ask.organizations) {
    const share = shares.get(organizationId)!;
    const most = Math.min(share.messages, share.slots * MESSAGES_A_SLOT);
    if (rate !== null) pace.tokens -= most;
    if (perDay !== null) used += most;
    granted.set(organizationId, { slots: share.slots, messages: most });
    const before = leases.find((one) => one.worker === worker && one.organizationId === organizationId);
    const servedAt = share.slots > 0 && most > 0 ? now : (before?.servedAt ?? 0);
    mine.push({ organizationId, worker, wanted, slots: Math.max(share.slots, inUse), servedAt });
  }
  // What another worker was given and has not sent yet may come back.
  const isUsedUp = leftToday === 0 && !leases.some((one) => one.worker !== worker && one.slots > 0);
  const wait = waitOf(pace, limits, isUsedUp ? perDay : null, now);
  return { answer: { granted, ...wait }, pace, used, mine };
}

/**
 * How long nothing goes, and why; for what is merely busy, until it may be worth asking again.
 *
 * @param usedUp messages of today's warm-up, all of them gone; null: there is none, or some are left
 */
function waitOf(pace: Pace, limits: PaceLimits, usedUp: number | null, now: number) {
  if (usedUp !== null) {
    const closedMs = untilTomorrow(now);
    return { closedMs, busyMs: closedMs, reason: `its warm-up lets ${usedUp} messages through today` };
  }
  if (now < pace.pausedUntil) {
    const closedMs = pace.pausedUntil - now;
    return { closedMs, busyMs: closedMs, reason: pace.reason ?? 'it is left alone' };
  }
  const rate = rateOf(pace, limits);
  if (rate !== null && pace.tokens < 1) {
    const busyMs = Math.max(LEAST_WAIT_MS, ((1 - pace.tokens) / rate) * 60_000);
    return {
      closedMs: 0,
      busyMs,
      reason: `it takes ${rate < 10 ? rate.toFixed(1) : Math.round(rate)} messages a minute`,
    };
  }
  return { closedMs: 0, busyMs: LEAST_WAIT_MS, reason: 'as many conversations as may be are under way' };
}

async function openPaces(sql: Sql, keys: string[][]): Promise<void> {
  const { concurrency, tokens } = newPace(0);
  await sql(
    `insert into delivery_paces (path, destination, concurrency, tokens, tokens_at, seen_per_minute, seen_at, paused_until,
       slowdowns, slowed_at, failures)
     select path, destination, $3, $4, now(), 0, now(), 'epoch', 0, 'epoch', 0
     from unnest($1::text[], $2::text[]) as given (path, destination)
     where not exists (select from delivery_paces p where p.path = given.path and p.destination = given.destination)
     order by path, destination on conflict do nothing`,
    [...keys, concurrency, tokens],
  );
}

async function lockPaces(sql: Sql, keys: string[][]): Promise<PaceRow[]> {
  return sql<PaceRow>(
    `select path, destination, concurrency, rate_per_minute as "ratePerMinute", tokens, ${ms('tokens_at')} as "tokensAt",
       seen_per_minute as "seenPerMinute", ${ms('seen_at')} as "seenAt", ${ms('paused_until')} as "pausedUntil", slowdowns,
       ${ms('slowed_at')} as "slowedAt", failures, reason,
       case when day = (clock_timestamp() at time zone 'UTC')::date then used_of_day else 0 end as "usedToday",
       ${ms('clock_timestamp()')} as now
     from delivery_paces where (path, destination) in (select * from unnest($1::text[], $2::text[]))
     order by path, destination for update`,
    keys,
  );
}

async function readLeases(sql: Sql, keys: string[][]) {
  return sql<HeldLease & { path: string; destination: string } & Record<string, unknown>>(
    `select path, destination, organization_id as "organizationId", worker, wanted, slots, ${ms('served_at')} as "servedAt"
     from delivery_leases
     where (path, destination) in (select * from unnest($1::text[], $2::text[])) and expires_at > clock_timestamp()`,
    keys,
  );
}

async function writePaces(sql: Sql, changed: readonly { row: PaceRow; pace: Pace; used: number }[]): Promise<void> {
  const column = (of: (pace: Pace) => unknown) => changed.map(({ pace }) => of(pace));
  await sql(
    `update delivery_paces p set concurrency = n.concurrency, rate_per_minute = n.rate, tokens = n.tokens,
       tokens_at = ${at('n.tokens_at')}, seen_per_minute = n.seen, seen_at = ${at('n.seen_at')},
       paused_until = ${at('n.paused_until')}, slowdowns = n.slowdowns, slowed_at = ${at('n.slowed_at')},
       failures = n.failures, reason = n.reason, day = (clock_timestamp() at time zone 'UTC')::date, used_of_day = n.used
     from unnest($1::text[], $2::text[], $3::real[], $4::real[], $5::real[], $6::float8[], $7::real[], $8::float8[],
       $9::float8[], $10::int[], $11::float8[], $12::int[], $13::text[], $14::int[])
       as n (path, destination, concurrency, rate, tokens, tokens_at, seen, seen_at, paused_until, slowdowns, slowed_at,
         failures, reason, used)
     where p.path = n.path and p.destination = n.destination`,
    [
      changed.map(({ row }) => row.path),
      changed.map(({ row }) => row.destination),
      column(({ concurrency }) => concurrency),
      column(({ ratePerMinute }) => ratePerMinute),
      column(({ tokens }) => tokens),
      column(({ tokensAt }) => tokensAt),
      column(({ seenPerMinute }) => seenPerMinute),
      column(({ seenAt }) => seenAt),
      column(({ pausedUntil }) => pausedUntil),
      column(({ slowdowns }) => slowdowns),
      column(({ slowedAt }) => slowedAt),
      column(({ failures }) => failures),
      column(({ reason }) => reason),
      changed.map(({ used }) => used),
    ],
  );
}

async function writeLeases(
  sql: Sql,
  worker: string,
  held: readonly (HeldLease & { path: string; destination: string; servedAt: number })[],
): Promise<void> {
  await sql(
    `insert into delivery_leases (path, destination, organization_id, worker, wanted, slots, served_at, expires_at)
     select path, destination, organization, $1, wanted, slots, ${at('served_at')}, clock_timestamp() + $2 * interval '1 second'
     from unnest($3::text[], $4::text[], $5::uuid[], $6::int[], $7::int[], $8::float8[])
       as given (path, destination, organization, wanted, slots, served_at)
     on conflict (path, destination, organization_id, worker) do update set wanted = excluded.wanted,
       slots = excluded.slots, served_at = excluded.served_at, expires_at = excluded.expires_at`,
    [
      worker,
      LEASE_S,
      held.map(({ path }) => path),
      held.map(({ destination }) => destination),
      held.map(({ organizationId }) => organizationId),
      held.map(({ wanted }) => wanted),
      held.map(({ slots }) => slots),
      held.map(({ servedAt }) => servedAt),
    ],
  );
}

async function countAttempts(sql: Sql, counts: readonly AttemptCount[]): Promise<void> {
  if (counts.length === 0) return;
  const of = (outcome: AttemptOutcome) => counts.map((one) => (one.outcome === outcome ? one.count : 0));
  await sql(
    `insert into delivery_counts as c (organization_id, route, path, destination, span, delivered, deferred, failed, uncertain)
     select organization, route, path, destination, date_bin('10 minutes', clock_timestamp(), 'epoch'),
       sum(delivered), sum(deferred), sum(failed), sum(uncertain)
     from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::int[], $6::int[], $7::int[], $8::int[])
       as given (organization, route, path, destination, delivered, deferred, failed, uncertain)
     group by organization, route, path, destination order by organization, route, path, destination
     on conflict (organization_id, span, route, path, destination) do update set delivered = c.delivered + excluded.delivered,
       deferred = c.deferred + excluded.deferred, failed = c.failed + excluded.failed,
       uncertain = c.uncertain + excluded.uncertain`,
    [
      counts.map(({ organizationId }) => organizationId),
      counts.map(({ route }) => route),
      counts.map(({ path }) => path),
      counts.map(({ destination }) => destination),
      of('DELIVERED'),
      of('DEFERRED'),
      of('FAILED'),
      of('UNCERTAIN'),
    ],
  );
}

/** Removes what is of no use any more: counts of other days, leases of dead workers, paces that nothing is known of. */
export async function sweepPaces(system: Database): Promise<void> {
  await system.query(`delete from delivery_counts where span < now() - interval '2 days'`);
  await system.query(`delete from delivery_leases where expires_at < now() - interval '10 minutes'`);
  await system.query(`delete from delivery_paces where seen_at < now() - interval '2 days' and paused_until < now()`);
  await system.query('delete from mta_sts_policies where expires_at < now()');
}
