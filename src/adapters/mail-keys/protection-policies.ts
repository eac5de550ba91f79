import { storableJson } from '../../domain/json.js';
import { DEFAULT_PROTECTION_POLICY, type ProtectionPolicy } from '../../domain/outgoing/protection-policy.js';
import type { Sql } from '../database/database.js';

/** What the organization asks of its outgoing mail; the defaults where it has said nothing. */
export async function readProtectionPolicy(sql: Sql): Promise<ProtectionPolicy> {
  const [row] = await sql<{ policy: Partial<ProtectionPolicy> }>('select policy from protection_policies');
  return { ...DEFAULT_PROTECTION_POLICY, ...row?.policy };
}

export async function writeProtectionPolicy(sql: Sql, policy: ProtectionPolicy, updatedBy: string): Promise<void> {
  await sql(
    `insert into protection_policies (organization_id, policy, updated_by)
     values (current_organization(), $1::jsonb, $2)
     on conflict (organization_id) do update
       set policy = excluded.policy, updated_by = excluded.updated_by, updated_at = now()`,
    [storableJson(policy), updatedBy],
  );
}
