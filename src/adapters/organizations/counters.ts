import { storableJson } from '../../domain/json.js';
import type { Database, Sql } from '../database/database.js';

export interface CounterRecord extends Record<string, unknown> {
  /** The organization's day: `2026-11-20`. */
  day: string;
  name: string;
  value: number;
}

/** Figures of the days from `from` to `to`, both included, by day and name. */
export async function readCounters(sql: Sql, from: string, to: string): Promise<CounterRecord[]> {
  return sql<CounterRecord>(
    `select to_char(day, 'YYYY-MM-DD') as day, name, value from counters
     where day between $1::date and $2::date order by counters.day, name`,
    [from, to],
  );
}

/** The organization's present day. */
export async function readToday(sql: Sql): Promise<string> {
  const [row] = await sql<{ today: string }>(
    `select to_char(now() at time zone time_zone, 'YYYY-MM-DD') as today from organizations`,
  );
  if (row === undefined) throw new Error('the organization of this token does not exist');
  return row.today;
}

export interface CountedFigure {
  organizationId: string;
  name: string;
  value: number;
}

/** Adds to the figures of the organizations' present day; for processes that serve all of them, by their role. */
export async function addToCounters(
  database: Pick<Database, 'query'>,
  counted: readonly CountedFigure[],
): Promise<void> {
  await database.query(
    `insert into counters (organization_id, day, name, value)
     select o.id, (now() at time zone o.time_zone)::date, c.name, c.value
     from jsonb_to_recordset($1::jsonb) as c("organizationId" uuid, name text, value bigint)
     join organizations o on o.id = c."organizationId" order by 1, 2, 3
     on conflict (organization_id, day, name) do update set value = counters.value + excluded.value`,
    [storableJson(counted)],
  );
}
