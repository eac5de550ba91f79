import { storableJson } from '../../domain/json.js';
import type { ProtectionKind } from '../../domain/protection.js';
import {
  MOST_RECIPIENT_KEYS,
  type HarvestedKey,
  type KeySource,
  type KeyTrust,
  type RecipientKeyFacts,
} from '../../domain/recipient-key.js';
import type { Sql } from '../database/database.js';
import { keyAddress } from './key-address.js';

/** A key of a recipient, for one address. */
export interface RecipientKeyRecord extends Record<string, unknown> {
  id: string;
  address: string;
  kind: ProtectionKind;
  source: KeySource;
  trust: KeyTrust;
  fingerprint: string;
  subject: string;
  issuer: string | null;
  algorithm: string;
  validFrom: string | null;
  validTo: string | null;
  publicPart: string;
  createdBy: string;
  createdAt: string;
  lastSeenAt: string;
}

const COLUMNS = `id, address, kind, source, trust, fingerprint, subject, issuer, algorithm, valid_from as "validFrom",
  valid_to as "validTo", public_part as "publicPart", created_by as "createdBy", created_at as "createdAt",
  last_seen_at as "lastSeenAt"`;

/** Newest first. @param address those of it alone; null: all. @param before the id that the page follows; null: from the newest */
export async function listRecipientKeys(
  sql: Sql,
  address: string | null,
  before: string | null,
  count: number,
): Promise<RecipientKeyRecord[]> {
  return sql<RecipientKeyRecord>(
    `select ${COLUMNS} from recipient_keys
     where removed_at is null and ($1::text is null or address = $1) and ($2::uuid is null or id < $2)
     order by id desc limit $3`,
    [address === null ? null : keyAddress(address), before, count],
  );
}

export async function countRecipientKeys(sql: Sql): Promise<number> {
  const [row] = await sql<{ count: number }>(
    'select count(*)::int as count from recipient_keys where removed_at is null',
  );
  return row?.count ?? 0;
}

export interface NewRecipientKey {
  address: string;
  source: KeySource;
  trust: KeyTrust;
  facts: RecipientKeyFacts;
  createdBy: string;
}

/**
 * Stores keys, a row for each address. One that is there is brought up to date and never loses trust; what a person
 * has taken out stays out, unless a person puts it in again.
 */
export async function putRecipientKeys(
  sql: Sql,
  organizationId: string,
  keys: readonly NewRecipientKey[],
): Promise<RecipientKeyRecord[]> {
  const rows = new Map(
    keys.map(({ address, source, trust, facts, createdBy }) => {
      const { addresses: _named, ...fields } = facts;
      const row = { ...fields, address: keyAddress(address), source, trust, createdBy };
      return [`${row.address} ${row.kind} ${row.fingerprint}`, row];
    }),
  );
  if (rows.size === 0) return [];
  return sql<RecipientKeyRecord>(
    `insert into recipient_keys as k (organization_id, address, kind, source, trust, fingerprint, subject, issuer,
       algorithm, reads_gcm, valid_from, valid_to, public_part, created_by)
     select $1, address, kind, source, trust, fingerprint, subject, issuer, algorithm, "readsGcm", "validFrom", "validTo",
       "publicPart", "createdBy"
     from jsonb_to_recordset($2::jsonb) as g(address text, kind text, source text, trust text, fingerprint text,
       subject text, issuer text, algorithm text, "readsGcm" boolean, "validFrom" timestamptz, "validTo" timestamptz,
       "publicPart" text, "createdBy" text)
     order by address, kind, fingerprint
     on conflict (organization_id, address, kind, fingerprint) do update
       set subject = excluded.subject, valid_to = excluded.valid_to, public_part = excluded.public_part,
         reads_gcm = k.reads_gcm or excluded.reads_gcm, updated_at = now(), last_seen_at = now(),
         source = case when ${RANK('excluded')} > ${RANK('k')} then excluded.source else k.source end,
         trust = case when ${RANK('excluded')} > ${RANK('k')} then excluded.trust else k.trust end,
         removed_at = case when excluded.source = 'UPLOADED' then null else k.removed_at end
     returning ${COLUMNS}`,
    [organizationId, storableJson([...rows.values()])],
  );
}

function RANK(row: string): string {
  return `array_position(array['SEEN', 'DOMAIN', 'VERIFIED'], ${row}.trust)`;
}

/** What delivered mail brought, in the transaction that ends its run. Storing it again changes when it was seen. */
export async function keepHarvestedKeys(
  sql: Sql,
  organizationId: string,
  harvested: readonly HarvestedKey[],
): Promise<void> {
  if (harvested.length === 0) return;
  await putRecipientKeys(
    sql,
    organizationId,
    harvested.map((key) => ({ ...key, source: 'RECEIVED', createdBy: 'mail' })),
  );
  // Whoever sends from addresses without end shall not fill the table.
  await sql(
    `delete from recipient_keys where source = 'RECEIVED' and id in (
       select id from recipient_keys where organization_id = $1 and source = 'RECEIVED'
       order by last_seen_at desc offset $2)`,
    [organizationId, MOST_RECIPIENT_KEYS],
  );
}

/** Takes out OpenPGP keys of an address that their owner has revoked, wherever they came from. */
export async function removeRevokedKeys(sql: Sql, address: string, fingerprints: readonly string[]): Promise<void> {
  await sql(
    `update recipient_keys set removed_at = now(), updated_at = now()
     where address = $1 and kind = 'openpgp' and fingerprint = any($2::text[]) and removed_at is null`,
    [keyAddress(address), fingerprints],
  );
}

/** Takes a key out. Doing it twice changes nothing. @returns null where there is none */
export async function removeRecipientKey(sql: Sql, id: string): Promise<RecipientKeyRecord | null> {
  const [record] = await sql<RecipientKeyRecord>(
    `update recipient_keys set removed_at = now(), updated_at = now()
     where id = $1 and removed_at is null returning ${COLUMNS}`,
    [id],
  );
  return record ?? null;
}
