import type { WebhookDisabledReason, WebhookDraft, WebhookInput } from '../../domain/webhook.js';
import type { Sql } from '../database/database.js';

/** Channel that wakes the duty: a webhook is to be looked at. */
export const WEBHOOK_CHANNEL = 'everpost_webhooks';

export interface WebhookRecord extends Record<string, unknown> {
  id: string;
  url: string;
  description: string;
  events: string[];
  enabled: boolean;
  disabledAt: string | null;
  disabledBecause: WebhookDisabledReason | null;
  createdBy: string;
  createdAt: string;
  updatedAt: string;
  position: number;
  lost: number;
  failingSince: string | null;
  restsUntil: string | null;
}

const COLUMNS = `id, url, description, events, enabled, disabled_at as "disabledAt", disabled_because as "disabledBecause",
  created_by as "createdBy", created_at as "createdAt", updated_at as "updatedAt", position, lost,
  failing_since as "failingSince", rests_until as "restsUntil"`;

/** The organization's, by the time of their creation. */
export async function readWebhooks(sql: Sql): Promise<WebhookRecord[]> {
  return sql<WebhookRecord>(`select ${COLUMNS} from webhooks where deleted_at is null order by id`);
}

export async function readWebhook(sql: Sql, id: string): Promise<WebhookRecord | null> {
  const [row] = await sql<WebhookRecord>(`select ${COLUMNS} from webhooks where id = $1 and deleted_at is null`, [id]);
  return row ?? null;
}

/** Locked until the transaction ends; whoever changes deliveries too does this first. */
export async function lockWebhook(sql: Sql, id: string): Promise<WebhookRecord | null> {
  const [row] = await sql<WebhookRecord>(
    `select ${COLUMNS} from webhooks where id = $1 and deleted_at is null for update`,
    [id],
  );
  return row ?? null;
}

/** A webhook that gets what happens from now on. */
export async function insertWebhook(
  sql: Sql,
  { organizationId, webhookId }: WebhookInput,
  { url, description, events }: WebhookDraft,
  createdBy: string,
): Promise<void> {
  await sql(
    `insert into webhooks (id, organization_id, url, description, events, created_by, position)
     values ($1, $2, $3, $4, $5::text[], $6, coalesce((select position from feed_heads), 0))`,
    [webhookId, organizationId, url, description, events, createdBy],
  );
}

export async function updateWebhook(sql: Sql, id: string, { url, description, events }: WebhookDraft): Promise<void> {
  await sql('update webhooks set url = $2, description = $3, events = $4::text[], updated_at = now() where id = $1', [
    id,
    url,
    description,
    events,
  ]);
}

/** It begins anew with what waits, as if it had never failed. */
export async function startAnew(sql: Sql, id: string): Promise<void> {
  await sql(
    `update webhooks set enabled = true, disabled_at = null, disabled_because = null, failures = 0,
       failing_since = null, rests_until = null, updated_at = now() where id = $1`,
    [id],
  );
  await sql(
    `update webhook_deliveries set opened_at = now(), next_attempt_at = now()
     where webhook_id = $1 and status = 'PENDING'`,
    [id],
  );
  await wakeWebhook(sql, id);
}

export async function disableWebhook(sql: Sql, id: string, because: WebhookDisabledReason): Promise<void> {
  await sql(
    `update webhooks set enabled = false, disabled_at = now(), disabled_because = $2, updated_at = now()
     where id = $1 and enabled`,
    [id, because],
  );
}

/** Nothing more is sent; its rows go by and by. */
export async function deleteWebhook(sql: Sql, id: string): Promise<void> {
  await sql(
    `update webhooks set enabled = false, deleted_at = now(), url = '', description = '', updated_at = now()
     where id = $1`,
    [id],
  );
}

/** How often the organization has tested its webhooks within the last minute. */
export async function countWebhookTests(sql: Sql): Promise<number> {
  const [row] = await sql<{ total: number }>(
    `select count(*) as total from audit_events
     where organization_id = current_organization() and action = 'webhook.test' and at > now() - interval '1 minute'`,
  );
  return row?.total ?? 0;
}

/** Asks the duty to wake the webhook's workflow, after the commit. */
export async function wakeWebhook(sql: Sql, id: string): Promise<void> {
  await sql(
    `with asked as (update webhooks set wake = true, due_at = now() where id = $1 and enabled returning id)
     select pg_notify('${WEBHOOK_CHANNEL}', '') from asked`,
    [id],
  );
}
