import { forgetSentMessages } from '../composition/sent-lessons.js';
import type { Sql } from '../database/database.js';
import { appendEvents, type NewEvent } from '../feed/append-events.js';

export interface DeletedMessage extends Record<string, unknown> {
  id: string;
  organizationId: string;
  sha256: Buffer;
}

interface QuarantinedMessage extends DeletedMessage {
  runId: string;
  runNumber: number;
  /** Other recipients have got it. */
  isShared: boolean;
}

/** What still needs its bytes: a copy that is on its way to a mail server. */
const ON_ITS_WAY = `exists (
  select from onward_deliveries d where d.message_id = m.id and d.status in ('PENDING', 'SENDING', 'DEFERRED'))`;

/**
 * Deletes quarantined messages, in the caller's transaction: their bytes, unless another message has the same, their
 * words in the search and what their steps made of the text. The row stays, with its status, findings and decision: who
 * wrote, when, why it was quarantined and who deleted it can still be told.
 *
 * One that other recipients have got keeps all of it: it leaves the quarantine, and those for whom it was there do not
 * get it.
 *
 * @param by who says so, or why it is done
 * @returns those that are out of the quarantine now. The others are not quarantined any more, were deleted before, or are
 *   on their way to somebody
 */
export async function deleteQuarantined(sql: Sql, ids: readonly string[], by: string): Promise<DeletedMessage[]> {
  const due = await sql<QuarantinedMessage>(
    `select m.id, m.organization_id as "organizationId", m.sha256, r.id as "runId", r.number as "runNumber",
       exists (select from message_recipients a
         where a.message_id = m.id and a.disposition in ('deliver', 'forward')) as "isShared"
     from messages m join runs r on r.message_id = m.id and r.number = m.current_run
     where m.id = any($1::uuid[]) and m.status = 'QUARANTINED' and m.deleted_at is null
     order by m.id for update of m, r`,
    [ids],
  );
  const shared = due.filter(({ isShared }) => isShared);
  await keepForOthers(sql, shared, by);
  const deleted = await deleteWhole(
    sql,
    due.filter(({ isShared }) => !isShared).map(({ id }) => id),
    by,
  );
  return [...shared, ...deleted];
}

async function keepForOthers(sql: Sql, shared: readonly QuarantinedMessage[], by: string): Promise<void> {
  if (shared.length === 0) return;
  const reason = `deleted from the quarantine (${by}); other recipients have it`;
  const ids = shared.map(({ id }) => id);
  await sql(
    `update messages set status = 'DELIVERED', disposition = 'deliver', disposition_reason = $2, updated_at = now()
     where id = any($1::uuid[])`,
    [ids, reason],
  );
  await sql(
    `update message_recipients set disposition = 'reject'
     where message_id = any($1::uuid[]) and disposition = 'quarantine'`,
    [ids],
  );
  await sql(`update runs set status = 'DELIVERED' where id = any($1::uuid[])`, [shared.map(({ runId }) => runId)]);
  const events = shared.flatMap(({ id: messageId, organizationId, runNumber }): NewEvent[] => {
    const of = { organizationId, messageId };
    return [
      { ...of, kind: 'message.disposition', payload: { disposition: 'deliver', reason, runNumber } },
      { ...of, kind: 'message.status', payload: { status: 'DELIVERED', runNumber } },
    ];
  });
  await appendEvents(sql, events);
}

async function deleteWhole(sql: Sql, ids: readonly string[], by: string): Promise<DeletedMessage[]> {
  if (ids.length === 0) return [];
  const deleted = await sql<DeletedMessage>(
    `update messages m set deleted_at = now(), deleted_by = $2, updated_at = now()
     where m.id = any($1::uuid[]) and not ${ON_ITS_WAY}
     returning m.id, m.organization_id as "organizationId", m.sha256`,
    [ids, by],
  );
  if (deleted.length === 0) return [];
  const gone = deleted.map(({ id }) => id);
  await deleteBytes(sql, deleted);
  await sql('delete from message_words where message_id = any($1::uuid[])', [gone]);
  await sql('update steps set outcome = null, input_hash = null where message_id = any($1::uuid[])', [gone]);
  await forgetSentMessages(sql, deleted);
  await sql('delete from ai_owed where message_id = any($1::uuid[])', [gone]);
  await sql('delete from ai_answers where message_id = any($1::uuid[])', [gone]);
  await sql('delete from thread_summaries where message_ids && $1::uuid[]', [gone]);
  await sql('delete from message_embeddings where message_id = any($1::uuid[])', [gone]);
  await sql('delete from reply_requests where message_id = any($1::uuid[])', [gone]);
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
     where chosen.days is not null and not ${ON_ITS_WAY} and r.ended_at < $1::timestamptz - make_interval(days => chosen.days)
     order by r.ended_at limit $3`,
    [now.toISOString(), defaultDays, limit],
  );
  return rows.map(({ id }) => id);
}
