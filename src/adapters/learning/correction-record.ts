import type { CorrectionKind, CorrectionTarget } from '../../domain/correction.js';
import { DRIFT_WINDOW, isDrifting, type Agreement } from '../../domain/drift.js';
import { storableJson } from '../../domain/json.js';
import type { Sql } from '../database/database.js';
import { appendEvents } from '../feed/append-events.js';

/** What was answered before a person spoke. */
export interface Answered {
  said: string | null;
  confidence: number | null;
  /** Engine and versions, and the promoted model that had a say. */
  by: { engine?: string | null; engineVersion?: string | null; model?: string | null };
  /** What the embedded rules alone gave each value. */
  rules: Record<string, number>;
}

export interface NewCorrection extends CorrectionTarget {
  value: string;
  answered: Answered;
  /** Packed hashes of the message's words; null for kinds that keep theirs elsewhere (spam, routing). */
  features: Uint8Array | null;
  by: string;
}

export interface LockedModel extends Record<string, unknown> {
  id: string;
  organizationId: string;
  kind: CorrectionKind;
  mailboxId: string | null;
  lastNumber: number;
  currentVersion: string | null;
  triedThrough: number;
  withdrawn: number;
  training: number;
  driftingSince: string | null;
}

const MODEL = `id, organization_id as "organizationId", kind, mailbox_id as "mailboxId", last_number as "lastNumber",
  current_version as "currentVersion", tried_through as "triedThrough", withdrawn, training,
  drifting_since as "driftingSince"`;

/** Until the transaction ends, nobody else changes this model or its corrections. */
export async function lockModel(sql: Sql, kind: CorrectionKind, mailboxId: string | null): Promise<LockedModel> {
  await sql(
    `insert into learned_models (organization_id, kind, mailbox_id) values (current_organization(), $1, $2)
     on conflict do nothing`,
    [kind, mailboxId],
  );
  const [model] = await sql<LockedModel>(
    `select ${MODEL} from learned_models where kind = $1 and mailbox_id is not distinct from $2::uuid for update`,
    [kind, mailboxId],
  );
  if (model === undefined) throw new Error('the model of this scope was removed while it was corrected');
  return model;
}

/** The same by its id; null where the organization has none such. */
export async function lockModelById(sql: Sql, id: string): Promise<LockedModel | null> {
  const [model] = await sql<LockedModel>(`select ${MODEL} from learned_models where id = $1 for update`, [id]);
  return model ?? null;
}

/**
 * Keeps what a person said of one answer, in the caller's transaction. Saying it again changes nothing; saying something
 * else replaces it. The next message is answered with it.
 */
export async function recordCorrection(sql: Sql, correction: NewCorrection): Promise<{ id: string; changed: boolean }> {
  const { messageId, kind, action, mailboxId, value, answered, features, by } = correction;
  const model = await lockModel(sql, kind, mailboxId);
  const before = await inForce(sql, correction);
  if (before?.value === value) return { id: before.id, changed: false };
  if (before !== null) await end(sql, before.id, by);
  if (features !== null) {
    await sql(
      `insert into correction_features (organization_id, message_id, features) values (current_organization(), $1, $2)
       on conflict (organization_id, message_id) do update set features = excluded.features`,
      [messageId, Buffer.from(features)],
    );
  }
  const [row] = await sql<{ id: string }>(
    `insert into corrections (organization_id, model_id, number, message_id, kind, action, mailbox_id, value, said,
       said_confidence, said_by, rules, given_by)
     values (current_organization(), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10::jsonb, $11::jsonb, $12) returning id`,
    [
      model.id,
      model.lastNumber + 1,
      messageId,
      kind,
      action,
      mailboxId,
      value,
      // What a replaced correction was given for is what the product had said, not the person.
      before === null ? answered.said : before.said,
      before === null ? answered.confidence : before.saidConfidence,
      storableJson(answered.by),
      storableJson(answered.rules),
      by,
    ],
  );
  if (row === undefined) throw new Error('a correction was not written');
  await sql(
    `update learned_models set last_number = last_number + 1, revision = uuidv7(), updated_at = clock_timestamp()
     where id = $1`,
    [model.id],
  );
  await appendEvents(sql, [
    {
      organizationId: model.organizationId,
      kind: 'correction.given',
      messageId,
      payload: { correctionId: row.id, kind, action, mailboxId, said: answered.said, value, by },
    },
  ]);
  await watchDrift(sql, model);
  return { id: row.id, changed: true };
}

interface InForce extends Record<string, unknown> {
  id: string;
  value: string;
  said: string | null;
  saidConfidence: number | null;
}

async function inForce(sql: Sql, { messageId, kind, action, mailboxId }: CorrectionTarget): Promise<InForce | null> {
  const [row] = await sql<InForce>(
    `select id, value, said, said_confidence as "saidConfidence" from corrections
     where message_id = $1 and kind = $2 and action = $3 and mailbox_id is not distinct from $4::uuid
       and ended_at is null`,
    [messageId, kind, action, mailboxId],
  );
  return row ?? null;
}

async function end(sql: Sql, id: string, by: string): Promise<void> {
  await sql('update corrections set ended_at = clock_timestamp(), ended_by = $2 where id = $1', [id, by]);
}

/**
 * Takes back what is in force for a target. What the promoted version had learned of it stays in it until the next
 * training, which is due at once.
 */
export async function endCorrection(sql: Sql, target: CorrectionTarget, by: string): Promise<boolean> {
  const model = await lockModel(sql, target.kind, target.mailboxId);
  const [given] = await sql<{ id: string; number: number }>(
    `update corrections set ended_at = clock_timestamp(), ended_by = $5
     where message_id = $1 and kind = $2 and action = $3 and mailbox_id is not distinct from $4::uuid
       and ended_at is null returning id, number`,
    [target.messageId, target.kind, target.action, target.mailboxId, by],
  );
  if (given === undefined) return false;
  await sql(
    `delete from correction_features f where message_id = $1
       and not exists (select from corrections c where c.message_id = f.message_id and c.ended_at is null)`,
    [target.messageId],
  );
  await sql(
    `update learned_models m set revision = uuidv7(), updated_at = clock_timestamp(),
       withdrawn = withdrawn + (select count(*)::int from model_versions v
         where v.id = m.current_version and v.through >= $2)
     where id = $1`,
    [model.id, given.number],
  );
  await appendEvents(sql, [
    {
      organizationId: model.organizationId,
      kind: 'correction.withdrawn',
      messageId: target.messageId,
      payload: { correctionId: given.id, kind: target.kind, action: target.action, mailboxId: target.mailboxId, by },
    },
  ]);
  await watchDrift(sql, model);
  return true;
}

/** Before a mailbox is removed, and with it its corrections: what was kept of mails that no other correction names. */
export async function forgetMailboxFeatures(sql: Sql, mailboxId: string): Promise<void> {
  await sql(
    `delete from correction_features where message_id in (
       select c.message_id from learned_models m join corrections c on c.model_id = m.id where m.mailbox_id = $1
       except select c.message_id from corrections c where c.mailbox_id is distinct from $1 and c.ended_at is null
         and c.message_id in (
           select own.message_id from learned_models m join corrections own on own.model_id = m.id
           where m.mailbox_id = $1))`,
    [mailboxId],
  );
}

/** Messages of the organization among which those of a mailbox are looked for: a quiet one would have all of them read. */
const LOOKED_THROUGH = 5_000;

/**
 * How many of the newest answered messages nobody contradicted.
 *
 * @param since only messages that were taken after that; null: all
 */
export async function readAgreement(
  sql: Sql,
  { kind, mailboxId }: { kind: CorrectionKind; mailboxId: string | null },
  since: string | null,
): Promise<Agreement> {
  const [row] = await sql<Agreement & Record<string, unknown>>(
    `with recent as (
       select m.id, m.received_at from messages m
       where m.direction = 'INCOMING' and ($1::timestamptz is null or m.received_at > $1)
         and m.status in ('DELIVERED', 'QUARANTINED', 'REJECTED', 'HELD')
       order by m.received_at desc, m.id desc
       limit case when $2::uuid is null then ${DRIFT_WINDOW} else ${LOOKED_THROUGH} end),
     newest as (
       select id from recent
       where $2::uuid is null
         or exists (select from message_recipients r where r.message_id = recent.id and r.mailbox_id = $2)
       order by received_at desc, id desc limit ${DRIFT_WINDOW})
     select count(*)::int as answers, count(*) filter (where exists (
       select from corrections c where c.message_id = newest.id and c.kind = $3
         and c.mailbox_id is not distinct from $2::uuid and c.ended_at is null and c.said <> c.value))::int as contradicted
     from newest`,
    [since, mailboxId, kind],
  );
  return { answers: row?.answers ?? 0, contradicted: row?.contradicted ?? 0 };
}

/** Compares what people contradict now with how it was at the promotion, and tells when that changes. */
async function watchDrift(sql: Sql, model: LockedModel): Promise<void> {
  if (model.currentVersion === null) return;
  const [version] = await sql<{ agreement: Agreement | null; createdAt: string }>(
    `select agreement, created_at as "createdAt" from model_versions where id = $1`,
    [model.currentVersion],
  );
  if (!version?.agreement) return;
  const now = await readAgreement(sql, model, version.createdAt);
  const drifting = isDrifting(version.agreement, now);
  if (drifting === (model.driftingSince !== null)) return;
  await sql(`update learned_models set drifting_since = case when $2 then clock_timestamp() end where id = $1`, [
    model.id,
    drifting,
  ]);
  await appendEvents(sql, [
    {
      organizationId: model.organizationId,
      kind: drifting ? 'model.drifting' : 'model.recovered',
      messageId: null,
      payload: {
        modelId: model.id,
        kind: model.kind,
        mailboxId: model.mailboxId,
        versionId: model.currentVersion,
        atPromotion: { ...version.agreement },
        now: { ...now },
      },
    },
  ]);
}
