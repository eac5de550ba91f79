import type { CorrectionKind } from '../../domain/correction.js';
import type { Agreement } from '../../domain/drift.js';
import type { Evaluation } from '../../domain/promotion.js';
import type { Sql } from '../database/database.js';
import { appendEvents } from '../feed/append-events.js';
import { lockModelById } from './correction-record.js';

export interface LearnedModelRecord extends Record<string, unknown> {
  id: string;
  kind: CorrectionKind;
  mailboxId: string | null;
  currentVersion: string | null;
  currentSince: string | null;
  /** Corrections in force, and those among them that the current version has not learned in a training. */
  examples: number;
  updates: number;
  lastNumber: number;
  triedThrough: number;
  trainingSince: string | null;
  requestedAt: string | null;
  driftingSince: string | null;
  atPromotion: Agreement | null;
}

/** The organization's models: its own, then those of mailboxes. */
export async function readLearnedModels(sql: Sql, id: string | null = null): Promise<LearnedModelRecord[]> {
  return sql<LearnedModelRecord>(
    `select m.id, m.kind, m.mailbox_id as "mailboxId", m.current_version as "currentVersion",
       v.created_at as "currentSince", m.last_number as "lastNumber", m.tried_through as "triedThrough",
       m.training_since as "trainingSince", m.requested_at as "requestedAt", m.drifting_since as "driftingSince",
       v.agreement as "atPromotion", c.examples, c.updates
     from learned_models m left join model_versions v on v.id = m.current_version
       cross join lateral (select count(*)::int as examples,
         (count(*) filter (where number > coalesce(v.through, 0)))::int as updates
         from corrections where model_id = m.id and ended_at is null) c
     where $1::uuid is null or m.id = $1
     order by array_position(array['TYPE', 'PRIORITY', 'ROUTING', 'SPAM', 'ACTION'], m.kind), m.mailbox_id nulls first`,
    [id],
  );
}

export interface ModelVersionRecord extends Record<string, unknown> {
  ofModel: string;
  id: string;
  number: number;
  parentId: string | null;
  through: number;
  examples: number;
  labels: string[];
  engine: string;
  engineVersion: string;
  seed: number;
  promoted: boolean;
  reason: string;
  figures: Evaluation;
  agreement: Agreement | null;
  createdAt: string;
  current: boolean;
  /** Of its examples, taken back since. */
  withdrawnExamples: number;
}

/** Versions of a model, newest first; those that were rejected too. */
export async function readModelVersions(sql: Sql, modelId: string, limit: number): Promise<ModelVersionRecord[]> {
  return sql<ModelVersionRecord>(
    `select v.model_id as "ofModel", v.id, v.number, v.parent_id as "parentId", v.through, v.examples, v.labels, v.engine,
       v.engine_version as "engineVersion", v.seed, v.promoted, v.reason, v.figures, v.agreement,
       v.created_at as "createdAt", v.id = m.current_version as current,
       (select count(*)::int from corrections c where c.model_id = v.model_id and c.number <= v.through
         and c.given_at <= v.created_at and c.ended_at > v.created_at) as "withdrawnExamples"
     from model_versions v join learned_models m on m.id = v.model_id
     where v.model_id = $1 order by v.number desc limit $2`,
    [modelId, limit],
  );
}

/**
 * Makes a version the one that answers, with all later corrections on top of it; null for none at all. The next training by
 * itself waits for new corrections, and one that runs comes to nothing.
 */
export async function answerWith(
  sql: Sql,
  modelId: string,
  versionId: string | null,
  by: string,
): Promise<'changed' | 'unchanged' | 'noModel' | 'noVersion' | 'noWeights'> {
  const model = await lockModelById(sql, modelId);
  if (model === null) return 'noModel';
  if (versionId !== null) {
    const [version] = await sql<{ answers: boolean }>(
      `select weights is not null or examples = 0 as answers from model_versions
       where id = $1 and model_id = $2 and promoted`,
      [versionId, modelId],
    );
    if (version === undefined) return 'noVersion';
    if (!version.answers) return 'noWeights';
  }
  if (model.currentVersion === versionId) return 'unchanged';
  await sql(
    `update learned_models set current_version = $2, revision = uuidv7(), tried_through = last_number, withdrawn = 0,
       drifting_since = null, requested_at = null, updated_at = clock_timestamp() where id = $1`,
    [modelId, versionId],
  );
  await appendEvents(sql, [
    {
      organizationId: model.organizationId,
      kind: 'model.rolledBack',
      messageId: null,
      payload: { modelId, kind: model.kind, mailboxId: model.mailboxId, from: model.currentVersion, to: versionId, by },
    },
  ]);
  return 'changed';
}

/** Asks for a training; it begins within seconds. False where the organization has no such model. */
export async function requestTraining(sql: Sql, modelId: string): Promise<boolean> {
  const rows = await sql(
    `update learned_models set requested_at = coalesce(requested_at, now()) where id = $1 returning 1`,
    [modelId],
  );
  return rows.length > 0;
}
