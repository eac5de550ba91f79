import type { AttemptOutcome, OnwardKind, OnwardStatus } from '../../domain/onward.js';
import type { Sql } from '../database/database.js';

export interface OnwardRecord extends Record<string, unknown> {
  id: string;
  ofMessage: string;
  recipient: string;
  kind: OnwardKind;
  target: string;
  status: OnwardStatus;
  reply: string | null;
  nextAttemptAt: string | null;
  createdAt: string;
}

const COLUMNS = `id, message_id as "ofMessage", recipient, kind, target, status, reply,
  next_attempt_at as "nextAttemptAt", created_at as "createdAt"`;

/** The onward deliveries of some messages, in the order in which they were queued. */
export async function readOnward(sql: Sql, messageIds: readonly string[]): Promise<OnwardRecord[]> {
  return sql<OnwardRecord>(`select ${COLUMNS} from onward_deliveries where message_id = any($1::uuid[]) order by id`, [
    messageIds,
  ]);
}

export async function readOnwardById(sql: Sql, id: string): Promise<OnwardRecord | null> {
  const [record] = await sql<OnwardRecord>(`select ${COLUMNS} from onward_deliveries where id = $1`, [id]);
  return record ?? null;
}

export interface AttemptRecord extends Record<string, unknown> {
  ofDelivery: string;
  number: number;
  startedAt: string;
  endedAt: string | null;
  outcome: AttemptOutcome | null;
  remote: string | null;
  tls: string | null;
  replyCode: number | null;
  enhancedCode: string | null;
  reply: string | null;
}

export async function readAttempts(sql: Sql, deliveryIds: readonly string[]): Promise<AttemptRecord[]> {
  return sql<AttemptRecord>(
    `select delivery_id as "ofDelivery", number, started_at as "startedAt", ended_at as "endedAt", outcome, remote, tls,
       reply_code as "replyCode", enhanced_code as "enhancedCode", reply
     from delivery_attempts where delivery_id = any($1::uuid[]) order by delivery_id, number`,
    [deliveryIds],
  );
}
