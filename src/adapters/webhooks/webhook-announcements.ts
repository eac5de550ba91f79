import { shownUrl, type WebhookDisabledReason, type WebhookInput } from '../../domain/webhook.js';
import { appendEvents } from '../feed/append-events.js';
import type { Sql } from '../database/database.js';
import { recordAudit } from '../audit/audit.js';
import { disableWebhook } from './webhooks.js';

const MOST_TOLD = 50;

const WHY: Record<Exclude<WebhookDisabledReason, 'PERSON'>, (days: number) => string> = {
  GONE: () => 'its endpoint answered 410: it is gone',
  FAILING: (days) => `its endpoint has failed for ${days < 1 ? 'a while' : `${Math.round(days)} days`}`,
};

/** Disables a webhook whose endpoint is gone or has failed for long; people are told. */
export async function disableByItself(
  sql: Sql,
  { organizationId, webhookId }: WebhookInput,
  webhook: { url: string; createdBy: string },
  because: Exclude<WebhookDisabledReason, 'PERSON'>,
  failingForMs: number,
): Promise<void> {
  await disableWebhook(sql, webhookId, because);
  const why = WHY[because](failingForMs / 86_400_000);
  const text = `The webhook to ${shownUrl(webhook.url)} was disabled: ${why}. What waits for it is kept; enable it again to go on.`;
  const told = await sql<{ recipient: string }>(
    `insert into notifications (organization_id, kind, recipient, text)
     select current_organization(), 'webhookDisabled', told.address, $2
     from (select address from people union select $1 where not exists (select from people)
           order by 1 limit ${MOST_TOLD}) as told (address)
     returning recipient`,
    [webhook.createdBy, text],
  );
  await appendEvents(sql, [
    {
      organizationId,
      kind: 'webhook.disabled',
      messageId: null,
      payload: { webhookId, because },
    },
    ...told.map(({ recipient }) => ({
      organizationId,
      kind: 'notification.created' as const,
      messageId: null,
      payload: { kind: 'webhookDisabled', recipient, webhookId },
    })),
  ]);
  await recordAudit(sql, {
    organizationId,
    actor: 'system',
    address: null,
    action: 'webhook.disable',
    objectKind: 'webhook',
    objectId: webhookId,
    before: { enabled: true },
    after: { enabled: false, because },
  });
}

export async function announceEndpoint(
  sql: Sql,
  { organizationId, webhookId }: WebhookInput,
  kind: 'webhook.failing' | 'webhook.recovered',
): Promise<void> {
  await appendEvents(sql, [{ organizationId, kind, messageId: null, payload: { webhookId } }]);
}

/** Events that were given up, from the first to the last. */
export async function announceDeadLetters(
  sql: Sql,
  { organizationId, webhookId }: WebhookInput,
  positions: readonly number[],
): Promise<void> {
  if (positions.length === 0) return;
  await appendEvents(sql, [
    {
      organizationId,
      kind: 'webhook.deadLettered',
      messageId: null,
      payload: {
        webhookId,
        count: positions.length,
        from: positions.reduce((least, position) => Math.min(least, position)),
        to: positions.reduce((most, position) => Math.max(most, position)),
      },
    },
  ]);
}
