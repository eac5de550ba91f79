import type { Sql } from '../database/database.js';

export interface DomainRecord extends Record<string, unknown> {
  id: string;
  name: string;
  createdAt: string;
}

const COLUMNS = 'id, name, created_at as "createdAt"';

/** The organization's domains, by name. */
export async function readDomains(sql: Sql): Promise<DomainRecord[]> {
  return sql<DomainRecord>(`select ${COLUMNS} from domains order by name`);
}

/** @returns null where an organization, perhaps another one, has it already */
export async function insertDomain(sql: Sql, name: string): Promise<DomainRecord | null> {
  const [domain] = await sql<DomainRecord>(
    `insert into domains (organization_id, name) values (current_organization(), $1)
     on conflict (name) do nothing returning ${COLUMNS}`,
    [name],
  );
  return domain ?? null;
}
