import type { AnsweredBy, AskedCapability } from '../../domain/ai.js';
import { storableJson, type Json } from '../../domain/json.js';
import type { Database } from '../database/database.js';

export interface StoredAnswer extends Record<string, unknown> {
  answer: Json;
  answeredBy: AnsweredBy;
}

export interface AnswerPlace {
  organizationId: string;
  messageId: string;
  runId: string;
  capability: AskedCapability;
  /** The language that a person wants to read the message in; empty: what the step of the run asked. */
  target: string;
}

/** Locked against its deletion: an answer must not be written behind the back of who deletes the message's text. */
const NOT_DELETED = 'select from messages where id = $3 and deleted_at is null for share';

/** Whether the run has that answer already. */
export async function hasAnswer(database: Database, place: AnswerPlace): Promise<boolean> {
  const [row] = await database.oneOfOrganization(
    place.organizationId,
    'select true from ai_answers where run_id = $1 and capability = $2 and target = $3 and whole',
    [place.runId, place.capability, place.target],
  );
  return row !== undefined;
}

/** Takes the organization's answer to the same question for this run; false where there is none. */
export async function takeKnownAnswer(database: Database, place: AnswerPlace, inputHash: Buffer): Promise<boolean> {
  const rows = await database.oneOfOrganization(
    place.organizationId,
    `insert into ai_answers
       (organization_id, run_id, message_id, capability, target, answer, answered_by, input_hash, whole)
     select $1, $2, $3, $4, $6, answer,
       answered_by || '{"durationMs": 0, "cost": 0, "tokens": {"input": 0, "output": 0}}', input_hash, true
     from (select answer, answered_by, input_hash from ai_answers
         where organization_id = $1 and input_hash = $5 and whole order by answered_at desc limit 1) known,
       (${NOT_DELETED}) present
     on conflict (run_id, capability, target) do update set answer = excluded.answer,
       answered_by = case when ai_answers.whole and ai_answers.input_hash = excluded.input_hash
         then ai_answers.answered_by else excluded.answered_by end,
       input_hash = excluded.input_hash, whole = true, answered_at = now()
     returning true`,
    [place.organizationId, place.runId, place.messageId, place.capability, inputHash, place.target],
  );
  return rows.length > 0;
}

export async function keepAnswer(
  database: Database,
  place: AnswerPlace,
  { answer, answeredBy, inputHash, whole }: StoredAnswer & { inputHash: Buffer; whole: boolean },
): Promise<void> {
  await database.oneOfOrganization(
    place.organizationId,
    `insert into ai_answers
       (organization_id, run_id, message_id, capability, target, answer, answered_by, input_hash, whole)
     select $1, $2, $3, $4, $9, $5, $6, $7, $8 from (${NOT_DELETED}) present
     on conflict (run_id, capability, target) do update set answer = excluded.answer, answered_by = excluded.answered_by,
       input_hash = excluded.input_hash, whole = excluded.whole, answered_at = now()`,
    [
      place.organizationId,
      place.runId,
      place.messageId,
      place.capability,
      storableJson(answer),
      JSON.stringify(answeredBy),
      inputHash,
      whole,
      place.target,
    ],
  );
}

/** What providers answered for the steps of a run, by capability. */
export async function readAnswers(
  database: Database,
  organizationId: string,
  runId: string,
): Promise<Map<AskedCapability, StoredAnswer>> {
  const rows = await database.oneOfOrganization<StoredAnswer & { capability: AskedCapability }>(
    organizationId,
    'select capability, answer, answered_by as "answeredBy" from ai_answers where run_id = $1 and target = $2',
    [runId, ''],
  );
  return new Map(rows.map(({ capability, ...answer }) => [capability, answer]));
}

/** What was answered for a person who reads the run's message; null where nothing was. */
export async function readAnswer(
  database: Database,
  { organizationId, runId, capability, target }: Omit<AnswerPlace, 'messageId'>,
): Promise<StoredAnswer | null> {
  const [row] = await database.oneOfOrganization<StoredAnswer>(
    organizationId,
    `select answer, answered_by as "answeredBy" from ai_answers where run_id = $1 and capability = $2 and target = $3`,
    [runId, capability, target],
  );
  return row ?? null;
}
