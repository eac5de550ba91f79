import { storableJson, type Json } from '../../domain/json.js';
import type { ResponseTemplatesOutcome } from '../../domain/outcomes.js';
import type { ReplyRequest, SuggestedReplies } from '../../domain/reply-suggestions.js';
import type { Database, Sql } from '../database/database.js';

/** A request that was not answered by then was lost with its workflow: another one begins. */
const UNDER_WAY = '3 minutes';

export interface KeptRequest extends Record<string, unknown> {
  instruction: string | null;
  /** Of what is answered already. */
  inputHash: Buffer | null;
}

/**
 * Writes a person's wish, and answers with the id of the request: that of one that is under way where it is the same. What
 * was answered to the same wish stays until it is known whether it still holds.
 */
export async function writeReplyRequest(sql: Sql, messageId: string, instruction: string | null): Promise<string> {
  const [row] = await sql<{ id: string }>(
    `insert into reply_requests (organization_id, message_id, instruction) values (current_organization(), $1, $2)
     on conflict (message_id) do update set
       id = case when reply_requests.report is null and reply_requests.instruction is not distinct from excluded.instruction
         and reply_requests.asked_at > now() - interval '${UNDER_WAY}' then reply_requests.id else excluded.id end,
       report = case when reply_requests.instruction is not distinct from excluded.instruction
         then reply_requests.report end,
       input_hash = case when reply_requests.instruction is not distinct from excluded.instruction
         then reply_requests.input_hash end,
       instruction = excluded.instruction, asked_at = clock_timestamp()
     returning id`,
    [messageId, instruction],
  );
  if (row === undefined) throw new Error('a request for replies was not written');
  return row.id;
}

/** Null where another request took its place, or the message was deleted. */
export async function readReplyRequest(
  database: Database,
  { run, requestId }: ReplyRequest,
): Promise<KeptRequest | null> {
  const [row] = await database.oneOfOrganization<KeptRequest>(
    run.organizationId,
    'select instruction, input_hash as "inputHash" from reply_requests where message_id = $1 and id = $2',
    [run.messageId, requestId],
  );
  return row ?? null;
}

/** Commits what was answered, unless another request took its place. */
export async function keepReplies(
  database: Database,
  { run, requestId }: ReplyRequest,
  inputHash: Buffer,
  replies: SuggestedReplies,
): Promise<void> {
  await database.oneOfOrganization(
    run.organizationId,
    'update reply_requests set report = $3::jsonb, input_hash = $4 where message_id = $1 and id = $2',
    [run.messageId, requestId, storableJson(replies as unknown as Json), inputHash],
  );
}

/** What was answered to a request; null where another one took its place. */
export async function readReplies(
  database: Database,
  { run, requestId }: ReplyRequest,
): Promise<SuggestedReplies | null> {
  const [row] = await database.oneOfOrganization<{ report: SuggestedReplies | null }>(
    run.organizationId,
    'select report from reply_requests where message_id = $1 and id = $2',
    [run.messageId, requestId],
  );
  return row?.report ?? null;
}

/** The templates that the message's newest run suggests. */
export async function readSuggestedTemplates(
  sql: Sql,
  messageId: string,
): Promise<ResponseTemplatesOutcome['templates']> {
  const [row] = await sql<{ templates: ResponseTemplatesOutcome['templates'] | null }>(
    `select s.outcome->'templates' as templates from steps s join runs r on r.id = s.run_id
     where s.message_id = $1 and s.name = 'responseTemplates' and s.outcome is not null and s.status in ('DONE', 'DEGRADED')
     order by r.number desc, s.attempt desc limit 1`,
    [messageId],
  );
  return row?.templates ?? [];
}
