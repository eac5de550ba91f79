import { z } from 'zod';
import { storableJson } from '../../domain/json.js';
import type { ResponseTemplatesOutcome } from '../../domain/outcomes.js';
import type { ReplyRequest, SuggestedReplies } from '../../domain/reply-suggestions.js';
import { readAnsweredBy } from '../ai/answer-forms.js';
import type { Database, Sql } from '../database/database.js';
import { openJson, sealSecret } from '../secrets/sealed-secret.js';

/** A request that was not answered by then was lost with its workflow: another one begins. */
const UNDER_WAY = '3 minutes';

export interface KeptRequest {
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
       id = case when num_nonnulls(reply_requests.report, reply_requests.sealed) = 0 and reply_requests.instruction is not distinct from excluded.instruction
         and reply_requests.asked_at > now() - interval '${UNDER_WAY}' then reply_requests.id else excluded.id end,
       report = case when reply_requests.instruction is not distinct from excluded.instruction
         then reply_requests.report end,
       sealed = case when reply_requests.instruction is not distinct from excluded.instruction
         then reply_requests.sealed end,
       input_hash = case when reply_requests.instruction is not distinct from excluded.instruction
         then reply_requests.input_hash end,
       instruction = excluded.instruction, asked_at = clock_timestamp()
     returning id`,
    [messageId, instruction],
  );
  if (row === undefined) throw new Error('a request for replies was not written');
  return row.id;
}

const REPLIES = z.object({
  replies: z.array(z.string()),
  removed: z.array(z.string()),
  confidence: z.number().min(0).max(1).optional(),
});

interface ReportRow extends Record<string, unknown> {
  report: unknown;
  sealed: Buffer | null;
  inputHash: Buffer | null;
}

/** What models answered to requests; what cannot be read (of an earlier version, damaged, under another key) is none. */
export class ReplyStore {
  readonly #database: Database;
  readonly #secretKey: Buffer | null;

  /** @param secretKey seals and opens replies to mail that arrived encrypted */
  constructor(database: Database, secretKey: Buffer | null) {
    this.#database = database;
    this.#secretKey = secretKey;
  }

  /** Null where another request took its place, or the message was deleted. */
  async request(request: ReplyRequest): Promise<KeptRequest | null> {
    const row = await this.#row(request);
    if (row === null) return null;
    const isReadable = this.#read(request.run.organizationId, row) !== null;
    return { instruction: row.instruction, inputHash: isReadable ? row.inputHash : null };
  }

  /** What was answered to a request; null where another one took its place. */
  async replies(request: ReplyRequest): Promise<SuggestedReplies | null> {
    const row = await this.#row(request);
    return row === null ? null : this.#read(request.run.organizationId, row);
  }

  /**
   * Commits what was answered, unless another request took its place.
   *
   * @param sealed the message arrived encrypted
   */
  async keep(
    { run, requestId }: ReplyRequest,
    inputHash: Buffer,
    replies: SuggestedReplies,
    sealed: boolean,
  ): Promise<void> {
    const { organizationId, messageId } = run;
    const json = storableJson(replies);
    const box =
      sealed && this.#secretKey !== null
        ? sealSecret(this.#secretKey, json, contextOf(organizationId, inputHash))
        : null;
    await this.#database.oneOfOrganization(
      organizationId,
      'update reply_requests set report = $3::jsonb, sealed = $4, input_hash = $5 where message_id = $1 and id = $2',
      [messageId, requestId, box === null ? json : null, box, inputHash],
    );
  }

  async #row({ run, requestId }: ReplyRequest): Promise<(ReportRow & { instruction: string | null }) | null> {
    const [row] = await this.#database.oneOfOrganization<ReportRow & { instruction: string | null }>(
      run.organizationId,
      `select instruction, report, sealed, input_hash as "inputHash" from reply_requests
       where message_id = $1 and id = $2`,
      [run.messageId, requestId],
    );
    return row ?? null;
  }

  #read(organizationId: string, { report, sealed, inputHash }: ReportRow): SuggestedReplies | null {
    const stored = sealed === null ? report : openJson(this.#secretKey, sealed, contextOf(organizationId, inputHash));
    const read = REPLIES.safeParse(stored);
    const answeredBy = readAnsweredBy((stored as { answeredBy?: unknown } | null)?.answeredBy);
    if (!read.success || answeredBy === null) return null;
    const { confidence, ...rest } = read.data;
    return { ...rest, ...(confidence === undefined ? {} : { confidence }), answeredBy };
  }
}

const contextOf = (organizationId: string, inputHash: Buffer | null) =>
  `replies ${organizationId} ${inputHash?.toString('hex') ?? ''}`;

export interface SuggestedTemplates {
  templates: ResponseTemplatesOutcome['templates'];
  /** Of the step that suggested them, milliseconds. */
  durationMs: number | null;
}

/** The templates that the message's newest run suggests. */
export async function readSuggestedTemplates(sql: Sql, messageId: string): Promise<SuggestedTemplates> {
  const [row] = await sql<{ templates: ResponseTemplatesOutcome['templates'] | null; durationMs: number | null }>(
    `select s.outcome->'templates' as templates, s.duration_ms::float8 as "durationMs" from steps s join runs r on r.id = s.run_id
     where s.message_id = $1 and s.name = 'responseTemplates' and s.outcome is not null and s.status in ('DONE', 'DEGRADED')
     order by r.number desc, s.attempt desc limit 1`,
    [messageId],
  );
  return { templates: row?.templates ?? [], durationMs: row?.durationMs ?? null };
}
