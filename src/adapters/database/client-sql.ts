import type pg from 'pg';
import type { Row, Sql } from './database.js';

/** The statements of one connection, as of a duty that holds its lock on it. */
export function sqlOf(client: pg.Client): Sql {
  return async <R extends Row>(text: string, parameters: readonly unknown[] = []) =>
    (await client.query<R>(text, [...parameters])).rows;
}

export async function inTransaction<T>(client: pg.Client, work: (sql: Sql) => Promise<T>): Promise<T> {
  await client.query('begin');
  try {
    const result = await work(sqlOf(client));
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => undefined); // the connection is gone, and the transaction with it
    throw error;
  }
}
