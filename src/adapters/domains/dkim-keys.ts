import type { DkimKeyFacts, DkimKeyStatus } from '../../domain/domains/dkim-key.js';
import type { Sql } from '../database/database.js';
import { openSecret } from '../secrets/sealed-secret.js';
import { dkimSecret, type NewDkimKey } from './new-dkim-key.js';

/** A key as its organization sees it: never its private half. */
export interface DkimKeyRecord extends DkimKeyFacts, Record<string, unknown> {
  id: string;
  domain: string;
  createdBy: string;
  createdAt: string;
  publishedAt: string | null;
  forcedBy: string | null;
  activatedAt: string | null;
  retiringAt: string | null;
  retiredAt: string | null;
}

const COLUMNS = `k.id, d.name as domain, k.selector, k.algorithm, k.status, k.public_key as "publicKey",
  k.created_by as "createdBy", k.created_at as "createdAt", k.published_at as "publishedAt", k.forced_by as "forcedBy",
  k.activated_at as "activatedAt", k.retiring_at as "retiringAt", k.retired_at as "retiredAt"`;

/** The keys of some domains, the newest first. */
export async function readDkimKeys(sql: Sql, domains: readonly string[]): Promise<DkimKeyRecord[]> {
  return sql<DkimKeyRecord>(
    `select ${COLUMNS} from dkim_keys k join domains d on d.id = k.domain_id where d.name = any($1)
     order by k.created_at desc, k.selector desc`,
    [domains],
  );
}

export async function insertDkimKeys(
  sql: Sql,
  domain: { id: string; organizationId: string },
  keys: readonly NewDkimKey[],
  createdBy: string,
  now: Date,
): Promise<void> {
  for (const { selector, algorithm, sealed, publicKey } of keys) {
    await sql(
      `insert into dkim_keys (organization_id, domain_id, selector, algorithm, private_key, public_key, created_by, created_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [domain.organizationId, domain.id, selector, algorithm, sealed, publicKey, createdBy, now.toISOString()],
    );
  }
}

/** Moves a key on. A retired one has no private half any more. */
export async function setDkimKeyStatus(sql: Sql, id: string, status: DkimKeyStatus, now: Date): Promise<void> {
  await sql(
    `update dkim_keys set status = $2,
       activated_at = case when $2 = 'ACTIVE' then $3::timestamptz else activated_at end,
       retiring_at = case when $2 = 'RETIRING' then $3::timestamptz else retiring_at end,
       retired_at = case when $2 = 'RETIRED' then $3::timestamptz else retired_at end,
       private_key = case when $2 = 'RETIRED' then null else private_key end
     where id = $1`,
    [id, status, now.toISOString()],
  );
}

/** Notes that the records of some selectors are seen, the first time that they are. */
export async function notePublished(sql: Sql, ids: readonly string[], now: Date): Promise<void> {
  await sql('update dkim_keys set published_at = $2 where id = any($1::uuid[]) and published_at is null', [
    ids,
    now.toISOString(),
  ]);
}

export async function noteForced(sql: Sql, id: string, by: string): Promise<void> {
  await sql('update dkim_keys set forced_by = $2 where id = $1', [id, by]);
}

/** What a domain signs with, still sealed. */
export interface SealedSigning {
  name: string;
  required: boolean;
  keys: { id: string; selector: string; algorithm: DkimKeyFacts['algorithm']; sealed: Buffer }[];
}

/** @returns null where the organization has no such domain */
export async function readSealedSigning(sql: Sql, domain: string): Promise<SealedSigning | null> {
  const rows = await sql<{
    required: boolean;
    id: string | null;
    selector: string;
    algorithm: DkimKeyFacts['algorithm'];
    sealed: Buffer;
  }>(
    `select d.signing_required as required, k.id, k.selector, k.algorithm, k.private_key as sealed
     from domains d left join dkim_keys k on k.domain_id = d.id and k.status = 'ACTIVE'
     where d.name = $1 order by k.algorithm desc`,
    [domain],
  );
  const [first] = rows;
  if (first === undefined) return null;
  const keys = rows.flatMap(({ id, selector, algorithm, sealed }) =>
    id === null ? [] : [{ id, selector, algorithm, sealed }],
  );
  return { name: domain, required: first.required, keys };
}

/** @throws SecretUnreadable */
export function openDkimKey(
  secretKey: Buffer,
  organizationId: string,
  domain: string,
  key: { selector: string; sealed: Buffer },
): string {
  return openSecret(secretKey, key.sealed, dkimSecret(organizationId, domain, key.selector));
}
