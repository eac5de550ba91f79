import type { ListEntry } from '../../domain/address-list.js';
import { DEFAULT_INTAKE_POLICY, type IntakePolicy } from '../../domain/intake-policy.js';
import type { Database } from '../database/database.js';

export interface OrganizationIntake {
  policy: IntakePolicy;
  entries: ListEntry[];
}

/** What an organization asks of who writes to it; for the intake, by its role. */
export async function readIntakePolicy(
  database: Pick<Database, 'query'>,
  organizationId: string,
): Promise<OrganizationIntake> {
  const [row] = await database.query<{ policy: Partial<IntakePolicy>; entries: ListEntry[] }>(
    `select coalesce(settings->'intake', '{}') as policy, coalesce((
       select jsonb_agg(jsonb_build_object('id', id, 'list', list, 'subject', subject, 'pattern', pattern,
         'mailboxId', mailbox_id))
       from address_lists where organization_id = $1 and (expires_at is null or expires_at > now())), '[]') as entries
     from organizations where id = $1`,
    [organizationId],
  );
  return { policy: { ...DEFAULT_INTAKE_POLICY, ...row?.policy }, entries: row?.entries ?? [] };
}
