import type { RotationSettings } from '../../domain/domains/dkim-rotation.js';
import type { ReturnPathMode } from '../../domain/domains/return-path.js';
import type { Sql } from '../database/database.js';

export interface DomainRecord extends RotationSettings, Record<string, unknown> {
  id: string;
  organizationId: string;
  name: string;
  createdAt: string;
  signingRequired: boolean;
  returnPathMode: ReturnPathMode;
  /** Null: the domain itself. */
  returnPathHost: string | null;
  checkedAt: string | null;
}

/** What may be set of a domain. */
export type DomainSettings = Pick<
  DomainRecord,
  'signingRequired' | 'rotationDays' | 'overlapDays' | 'returnPathMode' | 'returnPathHost'
>;

const COLUMNS = `id, organization_id as "organizationId", name, created_at as "createdAt",
  signing_required as "signingRequired", key_rotation_days as "rotationDays", key_overlap_days as "overlapDays",
  return_path_mode as "returnPathMode", return_path_host as "returnPathHost", dns_checked_at as "checkedAt"`;

/** The organization's domains, by name. */
export async function readDomains(sql: Sql): Promise<DomainRecord[]> {
  return sql<DomainRecord>(`select ${COLUMNS} from domains order by name`);
}

/** @returns null where the organization has no such domain */
export async function readDomain(sql: Sql, name: string): Promise<DomainRecord | null> {
  const [domain] = await sql<DomainRecord>(`select ${COLUMNS} from domains where name = $1`, [name]);
  return domain ?? null;
}

/** The same, held until the end of the transaction: what happens to its keys happens one after another. */
export async function lockDomain(sql: Sql, id: string): Promise<DomainRecord | null> {
  const [domain] = await sql<DomainRecord>(`select ${COLUMNS} from domains where id = $1 for no key update`, [id]);
  return domain ?? null;
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

export async function updateDomain(sql: Sql, id: string, settings: DomainSettings): Promise<DomainRecord> {
  const [domain] = await sql<DomainRecord>(
    `update domains set signing_required = $2, key_rotation_days = $3, key_overlap_days = $4, return_path_mode = $5,
       return_path_host = $6, dns_check_due_at = now()
     where id = $1 returning ${COLUMNS}`,
    [
      id,
      settings.signingRequired,
      settings.rotationDays,
      settings.overlapDays,
      settings.returnPathMode,
      settings.returnPathHost,
    ],
  );
  if (domain === undefined) throw new Error('the domain is gone');
  return domain;
}

/** What of the organization would be left without its domain; none: it can go. */
export async function readDependents(sql: Sql, { id, name }: DomainRecord): Promise<{ kind: string; count: number }[]> {
  return sql<{ kind: string; count: number }>(
    `select kind, count from (
       select 'mailboxes' as kind, count(*) from mailboxes where domain_id = $1
       union all
       select 'messages that are still to be sent', count(distinct r.message_id)
       from outgoing_recipients r join outgoing_messages o on o.message_id = r.message_id
         join messages m on m.id = r.message_id
       where r.status in ('QUEUED', 'HELD', 'SCHEDULED', 'SENDING', 'DEFERRED')
         and $2 in (split_part(lower(o.mail_from), '@', -1), split_part(lower(m.from_address), '@', -1))) d
     where count > 0`,
    [id, name],
  );
}

/** With its keys, its next hop and what the DNS said. */
export async function deleteDomain(sql: Sql, id: string): Promise<void> {
  await sql('delete from domains where id = $1', [id]);
}
