import { domainToASCII } from 'node:url';
import type { Sql } from '../../adapters/database/database.js';
import { recordAudit } from '../../adapters/audit/audit.js';
import type { Actor } from '../../adapters/domains/key-changes.js';
import { readDomain, type DomainRecord } from '../../adapters/organizations/domains.js';
import type { Json } from '../../domain/json.js';
import type { Caller } from '../graphql/caller.js';
import { ApiError } from '../graphql/errors.js';

/** A domain as it is stored: A-labels, small letters, no dot at its end; empty where it cannot be one. */
export function domainName(written: string): string {
  return domainToASCII(written.trim().replace(/\.$/, ''));
}

/** @throws ApiError NOT_FOUND */
export async function domainNamed(sql: Sql, written: string): Promise<DomainRecord> {
  const domain = await readDomain(sql, domainName(written));
  if (domain === null) throw new ApiError('NOT_FOUND', `there is no domain ${written}`);
  return domain;
}

export function audit(
  sql: Sql,
  domain: DomainRecord,
  actor: Actor,
  action: string,
  change: { before?: Json; after?: Json },
): Promise<void> {
  return recordAudit(sql, {
    organizationId: domain.organizationId,
    actor: actor.name,
    address: actor.address,
    action,
    objectKind: 'domain',
    objectId: domain.id,
    ...change,
  });
}

/** Who is named in the audit trail. */
export function actorOf(caller: Caller): Actor {
  return { name: `token ${caller.viewer.name}`, address: caller.clientAddress };
}
