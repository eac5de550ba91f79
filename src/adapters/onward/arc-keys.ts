import { createPublicKey, generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import type { Sql } from '../database/database.js';
import { openSecret, sealSecret } from '../secrets/sealed-secret.js';

/** What ARC verifiers all know (RFC 8617 takes the algorithms of DKIM); RFC 8301 asks for 2,048 bits. */
const RSA_BITS = 2_048;

export interface ArcKeyRecord extends Record<string, unknown> {
  domain: string;
  selector: string;
  /** Of the DNS record, base64. */
  publicKey: string;
  createdAt: string;
}

const COLUMNS = `d.name as domain, k.selector, k.public_key as "publicKey", k.created_at as "createdAt"`;
const secretOf = (organizationId: string, domain: string) => `arcKey ${organizationId} ${domain}`;

/** The keys of some of the organization's domains. */
export async function readArcKeys(sql: Sql, domains: readonly string[]): Promise<ArcKeyRecord[]> {
  return sql<ArcKeyRecord>(
    `select ${COLUMNS} from arc_keys k join domains d on d.id = k.domain_id where d.name = any($1)`,
    [domains],
  );
}

/**
 * Makes a key for a domain, in the place of the one that it had; the private half never leaves this.
 *
 * @returns null where the organization has no such domain
 */
export async function makeArcKey(
  sql: Sql,
  key: { secretKey: Buffer; organizationId: string; domain: string; selector: string },
): Promise<ArcKeyRecord | null> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: RSA_BITS,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const published = createPublicKey(publicKey).export({ type: 'spki', format: 'der' }).toString('base64');
  const sealed = sealSecret(key.secretKey, privateKey, secretOf(key.organizationId, key.domain));
  const [record] = await sql<ArcKeyRecord>(
    `with k as (
       insert into arc_keys (domain_id, organization_id, selector, private_key, public_key)
       select id, organization_id, $2, $3, $4 from domains where name = $1
       on conflict (domain_id) do update
         set selector = excluded.selector, private_key = excluded.private_key, public_key = excluded.public_key, created_at = now()
       returning *)
     select ${COLUMNS} from k join domains d on d.id = k.domain_id`,
    [key.domain, key.selector, sealed, published],
  );
  return record ?? null;
}

/** @returns whether there was one */
export async function deleteArcKey(sql: Sql, domain: string): Promise<boolean> {
  const rows = await sql(
    'delete from arc_keys k using domains d where d.id = k.domain_id and d.name = $1 returning k.selector',
    [domain],
  );
  return rows.length > 0;
}

/**
 * What a domain's mail is sealed with; null where it has no key.
 *
 * @throws SecretUnreadable
 */
export async function readSealingKey(
  sql: Sql,
  secretKey: Buffer | null,
  organizationId: string,
  domain: string,
): Promise<{ selector: string; privateKey: string } | null> {
  const [row] = await sql<{ selector: string; sealed: Buffer }>(
    'select k.selector, k.private_key as sealed from arc_keys k join domains d on d.id = k.domain_id where d.name = $1',
    [domain],
  );
  if (row === undefined) return null;
  if (secretKey === null) throw new Error('the ARC key cannot be read: EVERPOST_SECRET_KEY is not set');
  return { selector: row.selector, privateKey: openSecret(secretKey, row.sealed, secretOf(organizationId, domain)) };
}
