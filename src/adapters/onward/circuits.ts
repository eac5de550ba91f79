import { CIRCUIT_FAILURES, circuitWaitMs, PROBE_MS } from '../../domain/onward.js';
import type { Sql } from '../database/database.js';
import { ONWARD_CHANNEL } from './queue-onward.js';

/**
 * Whether a server may be tried now; where it has failed too often, only by one message at a time, which probes it.
 *
 * @returns null where it may; else until when it is left alone and why
 */
export async function askCircuit(sql: Sql, server: string, now: Date): Promise<{ until: Date; reason: string } | null> {
  const [circuit] = await sql<{ failures: number; openUntil: string; reason: string }>(
    `select failures, open_until as "openUntil", reason from delivery_circuits where server = $1 for update`,
    [server],
  );
  if (circuit === undefined || circuit.failures < CIRCUIT_FAILURES) return null;
  const until = new Date(circuit.openUntil);
  if (until > now) return { until, reason: circuit.reason };
  await sql('update delivery_circuits set open_until = $2, updated_at = now() where server = $1', [
    server,
    new Date(now.getTime() + PROBE_MS),
  ]);
  return null;
}

/** Notes that a server could not be reached. */
export async function countFailure(
  sql: Sql,
  server: string,
  reason: string,
  now: Date,
  shortestMs: number,
): Promise<void> {
  const [{ failures } = { failures: 1 }] = await sql<{ failures: number }>(
    `insert into delivery_circuits as c (organization_id, server, failures, open_until, reason)
     values (current_organization(), $1, 1, $2, $3)
     on conflict (organization_id, server) do update set failures = c.failures + 1, reason = excluded.reason, updated_at = now()
     returning failures`,
    [server, now, reason],
  );
  const wait = circuitWaitMs(failures, shortestMs);
  if (wait === 0) return;
  await sql('update delivery_circuits set open_until = $2 where server = $1', [server, new Date(now.getTime() + wait)]);
}

/**
 * Notes that a server answers: what waited for it is tried at once. What another transaction has locked is left out: it
 * is being tried or asked about already, and two that wait for each other's rows would never end.
 */
export async function closeCircuit(sql: Sql, server: string): Promise<void> {
  await sql(
    `with closed as (delete from delivery_circuits where server = $1 returning server),
     waiting as materialized (
       select d.id from onward_deliveries d join closed on d.waits_for = closed.server
       where d.status = 'DEFERRED' for update of d skip locked),
     woken as (
       update onward_deliveries d set told_to = 'retryNow', waits_for = null
       from waiting where d.id = waiting.id returning d.id)
     select pg_notify('${ONWARD_CHANNEL}', '') from woken limit 1`,
    [server],
  );
}
