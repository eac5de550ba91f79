import type { BuiltModel } from '../../domain/composition.js';
import { MOST_LESSONS } from '../../domain/sent-mail.js';
import type { Sql } from '../database/database.js';

export interface PhraseModelVersion extends Record<string, unknown> {
  mailboxId: string | null;
  version: string;
}

/** The organization's model and that of one mailbox; what is not there has nothing learned. */
export async function readPhraseModelVersions(sql: Sql, mailboxId: string): Promise<PhraseModelVersion[]> {
  return sql<PhraseModelVersion>(
    'select mailbox_id as "mailboxId", version from phrase_models where mailbox_id is null or mailbox_id = $1',
    [mailboxId],
  );
}

export async function readPhraseModels(sql: Sql, versions: readonly string[]): Promise<Map<string, Buffer>> {
  const rows = await sql<{ version: string; model: Buffer }>(
    'select version, model from phrase_models where version = any($1::uuid[])',
    [versions],
  );
  return new Map(rows.map(({ version, model }) => [version, model]));
}

export interface PhraseLearning extends Record<string, unknown> {
  organizationId: string;
  changedAt: string;
  forgottenAt: string | null;
}

/** Organizations that learned since their models were built; each at most once in `pauseSeconds`. */
export async function findPhraseLearning(sql: Sql, pauseSeconds: number, most: number): Promise<PhraseLearning[]> {
  return sql<PhraseLearning>(
    `select organization_id as "organizationId", changed_at::text as "changedAt", forgotten_at::text as "forgottenAt"
     from phrase_learning
     where (built_through is null or built_through < changed_at)
       and (built_at is null or built_at < now() - make_interval(secs => $1))
     order by built_at nulls first limit $2`,
    [pauseSeconds, most],
  );
}

/** Notes an attempt before it is made: one that fails, or takes its process with it, lets the others go first. */
export async function notePhraseAttempt(sql: Sql, organizationId: string): Promise<void> {
  await sql('update phrase_learning set built_at = now() where organization_id = $1', [organizationId]);
  await sql(
    `delete from sent_lessons where organization_id = $1 and learned_at < (
       select learned_at from sent_lessons where organization_id = $1
       order by learned_at desc offset ${MOST_LESSONS} limit 1)`,
    [organizationId],
  );
}

/**
 * Puts new models in the place of all of an organization's. Nothing changes where lessons were forgotten since `learning`
 * was read, which the models may hold: the next build is due at once.
 */
export async function replacePhraseModels(
  sql: Sql,
  { organizationId, changedAt, forgottenAt }: PhraseLearning,
  models: readonly BuiltModel[],
): Promise<boolean> {
  // Forgetting changes this row first: it waits for this transaction, or this one sees it.
  const current = await sql(
    `select 1 from phrase_learning where organization_id = $1 and forgotten_at is not distinct from $2::timestamptz
     for update`,
    [organizationId, forgottenAt],
  );
  if (current.length === 0) return false;
  await sql('delete from phrase_models where organization_id = $1', [organizationId]);
  for (const { mailboxId, lessons, bytes } of models) {
    // A mailbox may be gone since the lessons were read.
    await sql(
      `insert into phrase_models (organization_id, mailbox_id, lessons, model)
       select $1, $2, $3, $4 where $2::uuid is null
         or exists (select from mailboxes where id = $2 and organization_id = $1)`,
      [organizationId, mailboxId, lessons, bytes],
    );
  }
  await sql(`update phrase_learning set built_through = $2::timestamptz, built_at = now() where organization_id = $1`, [
    organizationId,
    changedAt,
  ]);
  return true;
}
