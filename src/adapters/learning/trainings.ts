import { exampleLabel, isTrained } from '../../domain/correction.js';
import { storableJson } from '../../domain/json.js';
import type { PackedBase, PackedExample } from '../../domain/learning-task.js';
import type { MailOrigin } from '../../domain/outcomes.js';
import {
  CONSENTS_PER_EXAMPLE,
  MOST_CONSENTS,
  MOST_TRAINING_EXAMPLES,
  MOST_UPDATES,
  TRAINING_SEED,
  type TrainingInput,
  type TrainingPlan,
  type TrainingReport,
  type VersionRequest,
} from '../../domain/training.js';
import type { EngineIdentity } from '../../domain/step-result.js';
import type { Database, Sql } from '../database/database.js';
import { appendEvents } from '../feed/append-events.js';
import { lockModelById, readAgreement, type LockedModel } from './correction-record.js';
import { readExamples } from './learned-models.js';

const CHUNK = 200;

/** A mail whose answer nobody contradicted. */
export interface ConsentedMail extends Record<string, unknown> {
  messageId: string;
  sha256: Buffer;
  origin: MailOrigin;
  label: string;
  /** What the embedded rules alone gave each label. */
  rules: Record<string, number>;
  /** Whether it came after the current version was made. */
  isNew: boolean;
}
/** Promoted versions of a model that may answer again; of older ones the figures are kept, and no weights. */
const VERSIONS_KEPT = 20;

/** What trainings read and write, each call in transactions of the one organization. */
export class Trainings {
  constructor(private readonly database: Database) {}

  /** Null where the model is gone, this training is over, or there is nothing to learn from. */
  async plan({ organizationId, modelId, training }: TrainingInput): Promise<TrainingPlan | null> {
    return this.database.withOrganization(organizationId, async (sql) => {
      const model = await lockModelById(sql, modelId);
      if (model === null || model.training !== training || !isTrained(model.kind)) return null;
      const { kind, currentVersion, lastNumber } = model;
      const [base] = await sql<{ through: number }>('select through from model_versions where id = $1', [
        currentVersion,
      ]);
      const [clock] = await sql<{ at: string }>('select clock_timestamp() as at');
      const rows = await sql<{ action: string; value: string; examples: number; updates: number }>(
        `select action, value, count(*)::int as examples,
           (count(*) filter (where number > $2))::int as updates
         from (select * from corrections where model_id = $1 and ended_at is null
           order by number desc limit ${MOST_TRAINING_EXAMPLES}) c group by action, value`,
        [modelId, base?.through ?? 0],
      );
      const sum = (field: 'examples' | 'updates') => rows.reduce((all, row) => all + row[field], 0);
      return {
        kind,
        baseId: currentVersion,
        through: lastNumber,
        plannedAt: clock?.at ?? new Date(0).toISOString(),
        learned: base?.through ?? 0,
        examples: sum('examples'),
        labels: rows.map(({ action, value }) => exampleLabel(kind, action, value)).toSorted(),
        mustReplace: model.withdrawn > 0 ? 'withdrawn' : base && sum('updates') >= MOST_UPDATES ? 'long' : null,
      };
    });
  }

  /** The examples of a training, read in pieces; `onPiece` is called after each. */
  async examples(input: TrainingInput, plan: TrainingPlan, onPiece: () => void): Promise<PackedExample[]> {
    const examples: PackedExample[] = [];
    let from = await this.#firstOf(input, plan);
    for (;;) {
      const range = { kind: plan.kind, from, to: plan.through, limit: CHUNK, newest: false };
      const piece = await this.database.withOrganization(input.organizationId, (sql) =>
        readExamples(sql, input.modelId, range),
      );
      examples.push(...piece);
      onPiece();
      const last = piece.at(-1);
      if (last === undefined || piece.length < CHUNK) return examples;
      from = last.number;
    }
  }

  /** The number before the oldest example that is read. */
  async #firstOf({ organizationId, modelId }: TrainingInput, { through }: TrainingPlan): Promise<number> {
    const [row] = await this.database.oneOfOrganization<{ first: number }>(
      organizationId,
      `select coalesce(min(number), 1) - 1 as first from (select number from corrections
         where model_id = $1 and ended_at is null and number <= $2
         order by number desc limit ${MOST_TRAINING_EXAMPLES}) c`,
      [modelId, through],
    );
    return row?.first ?? 0;
  }

  /**
   * Delivered mails whose type nobody corrected, of the time in which people corrected others: newest first, and at most
   * as many for each correction as CONSENTS_PER_EXAMPLE. Mail that came closed is not among them.
   */
  async consents(
    { organizationId, modelId }: TrainingInput,
    { kind, through, examples, baseId }: TrainingPlan,
  ): Promise<ConsentedMail[]> {
    if (kind !== 'TYPE') return [];
    return this.database.oneOfOrganization<ConsentedMail>(
      organizationId,
      `with span as (select min(given_at) as first, max(given_at) as last from corrections
         where model_id = $1 and ended_at is null and number <= $2),
       model as (select mailbox_id from learned_models where id = $1),
       mails as (select m.id, m.sha256, m.current_run, m.received_at from messages m, span, model
         where m.direction = 'INCOMING' and m.status = 'DELIVERED' and m.deleted_at is null
           and m.received_at between span.first and span.last
           and (model.mailbox_id is null or exists (select from message_recipients r
             where r.message_id = m.id and r.mailbox_id = model.mailbox_id))
           and not exists (select from corrections c
             where c.message_id = m.id and c.kind = 'TYPE' and c.ended_at is null)
         order by m.received_at desc limit $3)
       select mails.id as "messageId", mails.sha256, p.outcome->>'origin' as origin,
         coalesce(c.outcome->'label'->>'name', c.outcome->>'type') as label,
         coalesce(c.outcome->'rules'->'types', c.outcome->'embedded'->'rules'->'types', '{}') as rules,
         coalesce(mails.received_at > (select created_at from model_versions where id = $4), true) as "isNew"
       from mails join runs r on r.message_id = mails.id and r.number = mails.current_run
         cross join lateral (select outcome from steps where run_id = r.id and name = 'parsing'
           and status in ('DONE', 'DEGRADED') order by attempt desc limit 1) p
         cross join lateral (select outcome from steps where run_id = r.id and name = 'contentAnalysis'
           and status in ('DONE', 'DEGRADED') order by attempt desc limit 1) c
       where p.outcome->'protection' is null and coalesce(c.outcome->'label'->>'name', c.outcome->>'type') is not null
       order by mails.received_at desc, mails.id`,
      [modelId, through, Math.min(MOST_CONSENTS, examples * CONSENTS_PER_EXAMPLE), baseId],
    );
  }

  /** The version that the training builds on; null where there was none. */
  async base({ organizationId }: TrainingInput, { baseId }: TrainingPlan): Promise<PackedBase | null> {
    if (baseId === null) return null;
    const [row] = await this.database.oneOfOrganization<{ weights: Buffer | null; through: number }>(
      organizationId,
      'select weights, through from model_versions where id = $1',
      [baseId],
    );
    return row === undefined || row.weights === null ? null : { weights: row.weights, through: row.through };
  }

  /**
   * Ends a training: writes its version, and makes it the one that answers where it was promoted. Where another one took
   * over meanwhile (a rollback), nothing is promoted over a person's head.
   *
   * @param trained null for one that was rejected, and where nothing is left to learn from
   */
  async conclude(
    request: VersionRequest,
    engine: EngineIdentity,
    trained: { weights: Uint8Array; labels: string[] } | null,
  ): Promise<TrainingReport> {
    const { organizationId, modelId, training, plan, verdict } = request;
    return this.database.withOrganization(organizationId, async (sql) => {
      const model = await lockModelById(sql, modelId);
      if (model === null || model.training !== training) return { result: 'nothing', reason: 'the training is over' };
      if (model.currentVersion !== plan.baseId) {
        await endTraining(sql, model, plan, null);
        return { result: 'superseded', reason: 'another version answers by now' };
      }
      const written = await writeVersion(sql, model, request, engine, trained);
      if (!written) return { result: verdict.promoted ? 'promoted' : 'rejected', reason: verdict.reason };
      await endTraining(sql, model, plan, verdict.promoted ? written : null);
      if (verdict.promoted) await dropOldWeights(sql, model.id);
      await appendEvents(sql, [
        {
          organizationId,
          kind: verdict.promoted ? 'model.promoted' : 'model.rejected',
          messageId: null,
          payload: {
            modelId,
            kind: model.kind,
            mailboxId: model.mailboxId,
            versionId: written,
            reason: verdict.reason,
          },
        },
      ]);
      return { result: verdict.promoted ? 'promoted' : 'rejected', reason: verdict.reason };
    });
  }

  /** Ends a training that came to nothing; the next one waits for new corrections. */
  async abandon({ organizationId, modelId, training }: TrainingInput): Promise<void> {
    await this.database.withOrganization(organizationId, async (sql) => {
      const model = await lockModelById(sql, modelId);
      if (model?.training === training) await endTraining(sql, model, null, null);
    });
  }
}

/** @returns its id; null where this training has written it before */
async function writeVersion(
  sql: Sql,
  model: LockedModel,
  { plan, evaluation, verdict, training }: VersionRequest,
  engine: EngineIdentity,
  trained: { weights: Uint8Array; labels: string[] } | null,
): Promise<string | null> {
  const agreement = verdict.promoted ? await readAgreement(sql, model, null) : null;
  const [row] = await sql<{ id: string }>(
    `insert into model_versions (organization_id, model_id, number, parent_id, through, examples, labels, weights, engine,
       engine_version, seed, promoted, reason, figures, agreement)
     values (current_organization(), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13::jsonb, $14::jsonb)
     on conflict (model_id, number) do nothing returning id`,
    [
      model.id,
      training,
      plan.baseId,
      plan.through,
      plan.examples,
      trained?.labels ?? plan.labels,
      verdict.promoted && trained !== null ? Buffer.from(trained.weights) : null,
      engine.engine,
      engine.version,
      TRAINING_SEED,
      verdict.promoted,
      verdict.reason,
      storableJson(evaluation),
      agreement === null ? null : storableJson(agreement),
    ],
  );
  return row?.id ?? null;
}

/** Half a megabyte each, for ever, is more than going back to them is worth. */
async function dropOldWeights(sql: Sql, modelId: string): Promise<void> {
  await sql(
    `update model_versions set weights = null where model_id = $1 and weights is not null and id not in (
       select id from model_versions where model_id = $1 and promoted order by number desc limit ${VERSIONS_KEPT})`,
    [modelId],
  );
}

/** @param plan null: nothing was looked at, and the next training waits for new corrections */
async function endTraining(
  sql: Sql,
  model: LockedModel,
  plan: TrainingPlan | null,
  promoted: string | null,
): Promise<void> {
  await sql(
    `update learned_models set training_since = null, rests_until = null, tried_through = greatest(tried_through, $2),
       current_version = coalesce($3::uuid, current_version), updated_at = clock_timestamp(),
       revision = case when $3::uuid is null then revision else uuidv7() end,
       withdrawn = case when $3::uuid is null then withdrawn else (select count(*)::int from corrections c
         where c.model_id = learned_models.id and c.number <= $2 and c.ended_at >= $4) end,
       drifting_since = case when $3::uuid is null then drifting_since end
     where id = $1`,
    [model.id, plan?.through ?? model.lastNumber, promoted, plan?.plannedAt ?? null],
  );
}
