import { createHash, randomBytes } from 'node:crypto';
import type { Sql } from '../database/database.js';

export interface FirstOrganization {
  name: string;
  domain: string;
  timeZone: string;
}

/** SHA-256 of a token: all that is kept of it. */
export function tokenHash(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** A new token: 256 random bits, with a prefix by which a leaked one is recognised. */
export function newToken(): string {
  return `evp_${randomBytes(32).toString('base64url')}`;
}

/**
 * Makes the first organization with its domain, a mailbox for every address of it and an administrator's token, in
 * the owner's transaction.
 *
 * @returns the token, which is stored nowhere in the database; null where an organization is there already
 */
export async function provisionFirstOrganization(sql: Sql, first: FirstOrganization): Promise<string | null> {
  await sql('select pg_advisory_xact_lock(7000)');
  const [existing] = await sql('select 1 from organizations limit 1');
  if (existing) return null;
  const token = newToken();
  await sql(
    `with organization as (
       insert into organizations (name, time_zone) values ($1, $2) returning id),
     domain as (
       insert into domains (organization_id, name) select id, $3 from organization returning id, organization_id),
     mailbox as (
       insert into mailboxes (organization_id, domain_id, name, pattern)
       select organization_id, id, 'Everyone', '*@' || $3 from domain)
     insert into api_tokens (organization_id, name, hash) select id, 'first administrator', $4 from organization`,
    [first.name, first.timeZone, first.domain.toLowerCase(), tokenHash(token)],
  );
  return token;
}
