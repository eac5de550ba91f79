import type { CorrectionKind, CorrectionTarget } from '../../domain/correction.js';
import type { Sql } from '../database/database.js';

export interface CorrectionRecord extends CorrectionTarget, Record<string, unknown> {
  id: string;
  modelId: string;
  number: number;
  value: string;
  said: string | null;
  saidConfidence: number | null;
  saidBy: { engine?: string | null; engineVersion?: string | null; model?: string | null };
  givenBy: string;
  givenAt: string;
  endedAt: string | null;
  endedBy: string | null;
}

const COLUMNS = `id, model_id as "modelId", number, message_id as "messageId", kind, action, mailbox_id as "mailboxId",
  value, said, said_confidence as "saidConfidence", said_by as "saidBy", given_by as "givenBy", given_at as "givenAt",
  ended_at as "endedAt", ended_by as "endedBy"`;

export interface CorrectionFilter {
  kind?: CorrectionKind | null | undefined;
  messageId?: string | null | undefined;
  /** Also those that were replaced or taken back. */
  ended?: boolean | null | undefined;
}

/** Newest first, from behind `after` (an id) on: ids grow with time. */
export async function listCorrections(
  sql: Sql,
  { kind, messageId, ended }: CorrectionFilter,
  after: string | null,
  limit: number,
): Promise<CorrectionRecord[]> {
  return sql<CorrectionRecord>(
    `select ${COLUMNS} from corrections
     where ($1::text is null or kind = $1) and ($2::uuid is null or message_id = $2)
       and ($3 or ended_at is null) and ($4::uuid is null or id < $4)
     order by id desc limit $5`,
    [kind ?? null, messageId ?? null, ended ?? false, after, limit],
  );
}

export async function readCorrection(sql: Sql, id: string): Promise<CorrectionRecord | null> {
  const [row] = await sql<CorrectionRecord>(`select ${COLUMNS} from corrections where id = $1`, [id]);
  return row ?? null;
}

/** Messages of a scope that have a correction in force. */
export async function correctedMessages(sql: Sql, kind: CorrectionKind, mailboxId: string | null): Promise<string[]> {
  const rows = await sql<{ messageId: string }>(
    `select message_id as "messageId" from corrections
     where kind = $1 and mailbox_id is not distinct from $2::uuid and ended_at is null order by number`,
    [kind, mailboxId],
  );
  return rows.map(({ messageId }) => messageId);
}
