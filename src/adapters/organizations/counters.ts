import type { Sql } from '../database/database.js';

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
