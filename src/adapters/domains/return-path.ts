import type { ReturnPath, ReturnPathMode } from '../../domain/domains/return-path.js';
import type { Sql } from '../database/database.js';
import type { DomainRecord } from '../organizations/domains.js';

/**
 * Where bounces of mail from a domain go.
 *
 * @param domain in A-labels and small letters
 * @returns null where the organization has no such domain
 */
export async function readReturnPath(sql: Sql, domain: string): Promise<ReturnPath | null> {
  const [row] = await sql<{ mode: ReturnPathMode; host: string | null }>(
    'select return_path_mode as mode, return_path_host as host from domains where name = $1',
    [domain],
  );
  return row === undefined ? null : { mode: row.mode, host: row.host ?? domain };
}

/** The same of a domain that was read already. */
export function returnPathOf({ name, returnPathMode, returnPathHost }: DomainRecord): ReturnPath {
  return { mode: returnPathMode, host: returnPathHost ?? name };
}
