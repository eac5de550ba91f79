import { exampleLabel, type TrainedKind, type TypeLabel } from '../../domain/correction.js';
import type { PackedBase, PackedExample } from '../../domain/learning-task.js';
import { MOST_UNTRAINED_EXAMPLES, MOST_UPDATES } from '../../domain/training.js';
import type { Database, Sql } from '../database/database.js';

/** A model that has something to say. The revision changes with every correction, promotion and rollback. */
export interface LearnedModelRevision {
  id: string;
  kind: TrainedKind;
  mailboxId: string | null;
  revision: string;
}

/** In the row of organization facts; see readModelParts. For `exists` the planner would read all corrections there are. */
export const LEARNED_MODEL_REVISIONS = `coalesce((select jsonb_agg(jsonb_build_object('id', l.id, 'kind', l.kind,
  'mailboxId', l.mailbox_id, 'revision', l.revision)) from learned_models l where l.kind in ('TYPE', 'PRIORITY', 'ACTION')
  and (l.current_version is not null or (select max(c.number) from corrections c where c.model_id = l.id and c.ended_at is null) is not null)),
  '[]')`;

/** The same of labels that somebody changed or added. */
export const STORED_TYPE_LABELS = `coalesce((select jsonb_agg(jsonb_build_object('name', name, 'description', description,
  'words', words, 'enabled', enabled) order by lower(name)) from type_labels), '[]')`;

export async function readStoredLabels(sql: Sql): Promise<TypeLabel[]> {
  const [row] = await sql<{ labels: TypeLabel[] }>(`select ${STORED_TYPE_LABELS} as labels`);
  return row?.labels ?? [];
}

/** All that the model that answers now is made of. */
export interface ModelParts {
  revision: string;
  version: string | null;
  base: PackedBase | null;
  examples: PackedExample[];
}

interface PartsRow extends Record<string, unknown> {
  kind: TrainedKind;
  revision: string;
  version: string | null;
  weights: Buffer | null;
  through: number | null;
}

/** Null where the organization has no such model. */
export async function readModelParts(
  database: Database,
  organizationId: string,
  modelId: string,
): Promise<ModelParts | null> {
  return database.withOrganization(organizationId, async (sql) => {
    const [row] = await sql<PartsRow>(
      `select m.kind, m.revision, v.id as version, v.weights, v.through
       from learned_models m left join model_versions v on v.id = m.current_version where m.id = $1`,
      [modelId],
    );
    if (row === undefined) return null;
    const { kind, revision, version, weights, through } = row;
    const base = weights === null || through === null ? null : { weights, through };
    const examples = await readExamples(sql, modelId, {
      kind,
      from: base?.through ?? 0,
      to: null,
      limit: base === null ? MOST_UNTRAINED_EXAMPLES : MOST_UPDATES,
      newest: true,
    });
    return { revision, version: base === null ? null : version, base, examples };
  });
}

export interface ExampleRange {
  kind: TrainedKind;
  /** Later than that number, up to the other (null: to the end). */
  from: number;
  to: number | null;
  limit: number;
  /** Those at the end of the range where there are more than `limit`; else those at its beginning. */
  newest: boolean;
}

/** Corrections in force, in the order of their numbers. */
export async function readExamples(sql: Sql, modelId: string, range: ExampleRange): Promise<PackedExample[]> {
  const rows = await sql<{
    number: number;
    action: string;
    value: string;
    rules: Record<string, number>;
    features: Buffer;
  }>(
    `select c.number, c.action, c.value, c.rules, f.features
     from corrections c join correction_features f on f.message_id = c.message_id
     where c.model_id = $1 and c.ended_at is null and c.number > $2 and ($3::bigint is null or c.number <= $3)
     order by c.number ${range.newest ? 'desc' : 'asc'} limit $4`,
    [modelId, range.from, range.to, range.limit],
  );
  return rows
    .map(({ number, action, value, rules, features }) => ({
      number,
      label: exampleLabel(range.kind, action, value),
      features,
      rules,
    }))
    .sort((one, other) => one.number - other.number);
}
