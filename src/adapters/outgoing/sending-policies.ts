import { storableJson } from '../../domain/json.js';
import { DEFAULT_SENDING_POLICY, type SendingPolicy } from '../../domain/outgoing/sending-policy.js';
import type { Sql } from '../database/database.js';

/** What the organization has set; what it has not is as DEFAULT_SENDING_POLICY says. */
export async function readSendingPolicy(sql: Sql): Promise<SendingPolicy> {
  const [row] = await sql<{ policy: Partial<SendingPolicy> }>('select policy from sending_policies');
  return { ...DEFAULT_SENDING_POLICY, ...row?.policy };
}

export async function writeSendingPolicy(sql: Sql, policy: SendingPolicy, by: string): Promise<void> {
  await sql(
    `insert into sending_policies (organization_id, policy, updated_by) values (current_organization(), $1::jsonb, $2)
     on conflict (organization_id) do update set policy = excluded.policy, updated_by = excluded.updated_by, updated_at = now()`,
    [storableJson(policy), by],
  );
}
