import type { Sql } from '../database/database.js';
import { appendEvents } from '../feed/append-events.js';

export interface DeletedMessage extends Record<string, unknown> {
  id: string;
  organizationId: string;
  sha256: Buffer;
}

/**
 * Deletes quarantined messages, in the caller's transaction: their bytes, unless another message has the same, their
 * words in the search and what their steps made of the text. The row stays, with its status, findings and decision: who
 * wrote, when, why it was quarantined and who deleted it can still be told.
 *
 * @param by who says so, or why it is done
 * @returns those that were deleted: the others are not quarantined any more, or were deleted before
 */
export async function deleteQuarantined(sql: Sql, ids: readonly string[], by: string): Promise<DeletedMessage[]> {
  const deleted = await sql<DeletedMessage>(
    `with due as (
       select id from messages where id = any($1::uuid[]) and status = 'QUARANTINED' and deleted_at is null
       order by id for update)
     update messages m set deleted_at = now(), deleted_by = $2, updated_at = now() from due where m.id = due.id
     returning m.id, m.organization_id as "organizationId", m.sha256`,
    [ids, by],
  );
  if (deleted.length === 0) return [];
  const gone = deleted.map(({ id }) => id);
  await deleteBytes(sql, deleted);
  await sql('delete from message_words where message_id = any($1::uuid[])', [gone]);
  await sql('update steps set outcome = null, input_hash = null where message_id = any($1::uuid[])', [gone]);
  await appendEvents(
    sql,
    deleted.map(({ id, organizationId }) => ({
      organizationId,
      kind: 'message.deleted',
      messageId: id,
      payload: { by },
    })),
  );
  return deleted;
}

/** The row of a blob is locked first, as by who accepts the same bytes: it then stores the chunks anew. */
async function deleteBytes(sql: Sql, deleted: readonly DeletedMessage[]): Promise<void> {
  const values = [deleted.map(({ organizationId }) => organizationId), deleted.map(({ sha256 }) => sha256)];
  const given = 'unnest($1::uuid[], $2::bytea[]) as g(organization_id, sha256)';
  await sql(
    `select from blobs where (organization_id, sha256) in (select * from ${given})
     order by organization_id, sha256 for update`,
    values,
  );
  await sql(
    `update blobs b set reference_count = b.reference_count - g.messages
     from (select organization_id, sha256, count(*) as messages from ${given} group by 1, 2) g
     where b.organization_id = g.organization_id and b.sha256 = g.sha256`,
    values,
  );
  await sql(
    `delete from blob_chunks c using blobs b, (select distinct * from ${given}) g
     where b.organization_id = g.organization_id and b.sha256 = g.sha256 and b.reference_count = 0
       and c.organization_id = b.organization_id and c.sha256 = b.sha256`,
    values,
  );
}

/** Messages whose retention in the quarantine is over, oldest first, over all organizations. */
export async function findExpired(sql: Sql, now: Date, defaultDays: number, limit: number): Promise<string[]> {
  const rows = await sql<{ id: string }>(
    `select m.id
     from organizations o
     cross join lateral (
       select case when o.settings->'quarantine' ? 'retentionDays'
         then (o.settings->'quarantine'->>'retentionDays')::integer else $2::integer end as days) chosen
     join messages m on m.organization_id = o.id and m.status = 'QUARANTINED' and m.deleted_at is null
     join runs r on r.message_id = m.id and r.number = m.current_run
     where chosen.days is not null and r.ended_at < $1::timestamptz - make_interval(days => chosen.days)
     order by r.ended_at limit $3`,
    [now.toISOString(), defaultDays, limit],
  );
  return rows.map(({ id }) => id);
}
