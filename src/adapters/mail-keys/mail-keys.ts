import type { MailKeyFacts } from '../../domain/mail-key.js';
import type { MailKeyMaterial, Opening, ProtectionKind } from '../../domain/protection.js';
import type { Database, Sql } from '../database/database.js';
import { openSecret, sealSecret, SecretUnreadable } from '../secrets/sealed-secret.js';

/** A key as its organization sees it: never its private part. */
export interface MailKeyRecord extends Record<string, unknown> {
  id: string;
  kind: ProtectionKind;
  fingerprint: string;
  addresses: string[];
  subject: string;
  issuer: string | null;
  algorithm: string;
  validFrom: string | null;
  validTo: string | null;
  authority: boolean;
  /** Whether the private part is here, so that it opens mail. */
  opens: boolean;
  publicPart: string;
  createdBy: string;
  createdAt: string;
  revokedAt: string | null;
}

const COLUMNS = `id, kind, fingerprint, addresses, subject, issuer, algorithm, valid_from as "validFrom",
  valid_to as "validTo", authority, private_part is not null as opens, public_part as "publicPart",
  created_by as "createdBy", created_at as "createdAt", revoked_at as "revokedAt"`;

/** What a private part is sealed for. */
export const secretOf = (organizationId: string, kind: ProtectionKind, fingerprint: string) =>
  `mailKey ${organizationId} ${kind} ${fingerprint}`;

/** All keys, newest first. */
export async function readMailKeys(sql: Sql): Promise<MailKeyRecord[]> {
  return sql<MailKeyRecord>(`select ${COLUMNS} from mail_keys order by created_at desc, id desc`);
}

export async function countMailKeys(sql: Sql): Promise<number> {
  const [row] = await sql<{ count: number }>('select count(*)::int as count from mail_keys');
  return row?.count ?? 0;
}

/**
 * Stores a key. One that is there already is brought up to date (a renewed expiry, a new address), and keeps its private
 * part where none comes with it.
 *
 * @param secretKey not null where the key has a private part
 * @returns null where it was revoked: that is for good
 */
export async function putMailKey(
  sql: Sql,
  key: { organizationId: string; createdBy: string; secretKey: Buffer | null; facts: MailKeyFacts },
): Promise<MailKeyRecord | null> {
  const { facts, secretKey, organizationId } = key;
  const { kind, fingerprint, privatePart } = facts;
  if (privatePart !== null && secretKey === null) throw new Error('a private part is never stored unsealed');
  const sealed =
    privatePart === null || secretKey === null
      ? null
      : sealSecret(secretKey, privatePart, secretOf(organizationId, kind, fingerprint));
  const [record] = await sql<MailKeyRecord>(
    `insert into mail_keys as k (organization_id, kind, fingerprint, addresses, key_ids, subject, issuer, algorithm,
       valid_from, valid_to, authority, public_part, private_part, created_by, chain)
     values (current_organization(), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
     on conflict (organization_id, kind, fingerprint) do update
       set addresses = excluded.addresses, key_ids = excluded.key_ids, subject = excluded.subject,
         valid_from = excluded.valid_from, valid_to = excluded.valid_to, public_part = excluded.public_part,
         private_part = coalesce(excluded.private_part, k.private_part), chain = coalesce(excluded.chain, k.chain),
         updated_at = now()
       where k.revoked_at is null
     returning ${COLUMNS}`,
    [
      kind,
      fingerprint,
      facts.addresses,
      facts.keyIds,
      facts.subject,
      facts.issuer,
      facts.algorithm,
      facts.validFrom,
      facts.validTo,
      facts.authority,
      facts.publicPart,
      sealed,
      key.createdBy,
      facts.chain?.join('') || null,
    ],
  );
  return record ?? null;
}

/** Revokes a key and forgets its private part. Doing it twice changes nothing. @returns null where there is none */
export async function revokeMailKey(sql: Sql, id: string): Promise<MailKeyRecord | null> {
  const [record] = await sql<MailKeyRecord>(
    `update mail_keys set revoked_at = coalesce(revoked_at, now()), private_part = null, updated_at = now()
     where id = $1 returning ${COLUMNS}`,
    [id],
  );
  return record ?? null;
}

/** A select list's item: changes whenever the organization's keys do. */
export const MAIL_KEY_VERSION = `(select count(*) || ' ' || coalesce(max(updated_at)::text, '') from mail_keys)`;

interface MaterialRow extends Record<string, unknown> {
  kind: ProtectionKind;
  fingerprint: string;
  addresses: string[];
  keyIds: string[];
  publicPart: string;
  sealed: Buffer | null;
  authority: boolean;
  revoked: boolean;
}

/** The keys to open a message of the organization with. What cannot be unsealed is left out and told. */
export async function readOpeningKeys(
  database: Database,
  secretKey: Buffer | null,
  organizationId: string,
): Promise<Pick<Opening, 'keys' | 'sealed'>> {
  const rows = await database.withOrganization(organizationId, (sql) =>
    sql<MaterialRow>(
      `select kind, fingerprint, addresses, key_ids as "keyIds", public_part as "publicPart", private_part as sealed,
         authority, revoked_at is not null as revoked from mail_keys order by created_at desc, id desc`,
    ),
  );
  let anySealed = false;
  const keys = rows.map(({ sealed, ...row }): MailKeyMaterial => {
    const privatePart = unsealed(secretKey, sealed, secretOf(organizationId, row.kind, row.fingerprint));
    anySealed ||= sealed !== null && privatePart === null;
    return { ...row, privatePart };
  });
  return { keys, sealed: anySealed };
}

/** Null where it cannot be unsealed here. */
export function unsealed(secretKey: Buffer | null, sealed: Buffer | null, context: string): string | null {
  if (secretKey === null || sealed === null) return null;
  try {
    return openSecret(secretKey, sealed, context);
  } catch (error) {
    // Sealed under another key: the message is marked with it, and goes on.
    if (error instanceof SecretUnreadable) return null;
    throw error;
  }
}
