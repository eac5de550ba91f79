import { Context } from '@temporalio/activity';
import { createWebhookActivities } from '../activities/webhook.activities.js';
import type { Database } from '../adapters/database/database.js';
import { WebhookPoster } from '../adapters/webhooks/post-webhook.js';
import { WebhookRounds } from '../adapters/webhooks/webhook-rounds.js';
import { webhookMessageId } from '../adapters/webhooks/webhook-secrets.js';
import type { WebhookSettings } from '../domain/webhook.js';

export interface WebhookParts {
  database: Database;
  webhooks: WebhookSettings;
  /** Opens the secrets that requests are signed with. */
  secretKey: Buffer | null;
}

/** Webhooks put together from their parts: the activities of a build; `close` ends kept connections. */
export function composeWebhooks({ database, webhooks, secretKey }: WebhookParts) {
  const poster = new WebhookPoster(webhooks);
  const rounds = new WebhookRounds(database, secretKey, webhooks);
  return {
    activities: (buildId: string) =>
      createWebhookActivities({
        rounds,
        poster,
        messageId: webhookMessageId,
        schedule: webhooks,
        buildId,
        now: () => new Date(),
        random: Math.random,
        heartbeat: () => Context.current().heartbeat(),
        cancellation: () => Context.current().cancellationSignal,
      }),
    close: () => poster.close(),
  };
}
