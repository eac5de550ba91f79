import type { Sql } from '../database/database.js';

/** Single requests are told of this long; their sums by day (ai_days) are kept. */
export const REQUESTS_KEPT_DAYS = 90;
/** Answers are mail text a second time: their step has them, what is kept longer serves no message any more. */
export const ANSWERS_KEPT_DAYS = 30;
/** In one statement: an index of millions of rows must not be held in one transaction. */
const BATCH = 1_000;

/** Deletes what is kept no longer, a batch of each. @returns how many rows that were */
export async function deleteExpiredAi(sql: Sql, now: Date): Promise<number> {
  const requests = await sql(
    `delete from ai_requests where id in (
       select id from ai_requests
       where started_at < $1::timestamptz - make_interval(days => ${REQUESTS_KEPT_DAYS}) and settled_at is not null
       limit ${BATCH})
     returning true`,
    [now.toISOString()],
  );
  // A run that waits for a person may still read its answers.
  const answers = await sql(
    `delete from ai_answers where (run_id, capability) in (
       select a.run_id, a.capability from ai_answers a join runs r on r.id = a.run_id
       where a.answered_at < $1::timestamptz - make_interval(days => ${ANSWERS_KEPT_DAYS}) and r.ended_at is not null
       limit ${BATCH})
     returning true`,
    [now.toISOString()],
  );
  const summaries = await sql(
    `delete from thread_summaries where (organization_id, digest) in (
       select organization_id, digest from thread_summaries
       where made_at < $1::timestamptz - make_interval(days => ${ANSWERS_KEPT_DAYS}) limit ${BATCH})
     returning true`,
    [now.toISOString()],
  );
  return requests.length + answers.length + summaries.length;
}
