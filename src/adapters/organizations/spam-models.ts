import { decodeLearnedSpam, type LearnedSpam } from '../../domain/learned-spam.js';
import type { Database } from '../database/database.js';

/** A scope that was taught; `mailboxId` null is the organization. The version changes with every lesson. */
export interface SpamModelVersion {
  mailboxId: string | null;
  version: string;
}

export interface VersionedSpamModel extends SpamModelVersion {
  learned: LearnedSpam;
}

/** In the row of organization facts; see readSpamModels. */
export const SPAM_MODEL_VERSIONS = `coalesce((select jsonb_agg(jsonb_build_object('mailboxId', mailbox_id,
  'version', version)) from spam_models where weights is not null), '[]')`;

/** What these scopes were taught by now, at the version that each has by now; a scope that was taught nothing is left out. */
export async function readSpamModels(
  database: Database,
  organizationId: string,
  scopes: readonly (string | null)[],
): Promise<VersionedSpamModel[]> {
  const rows = await database.oneOfOrganization<{ mailboxId: string | null; version: string; weights: Buffer }>(
    organizationId,
    `select mailbox_id as "mailboxId", version, weights from spam_models
     where weights is not null and (mailbox_id = any($1::uuid[]) or ($2 and mailbox_id is null))`,
    [scopes.filter((scope) => scope !== null), scopes.includes(null)],
  );
  return rows.map(({ weights, ...scope }) => ({ ...scope, learned: decodeLearnedSpam(weights) }));
}
