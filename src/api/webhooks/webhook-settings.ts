import type { WebhookPosterOptions } from '../../adapters/webhooks/post-webhook.js';

/** Where webhooks may be, and how long they are waited for: EVERPOST_WEBHOOK_PRIVATE_NETWORKS, EVERPOST_WEBHOOK_TIMEOUT. */
export class WebhookEndpoints implements WebhookPosterOptions {
  constructor(
    readonly privateNetworks: boolean,
    readonly timeoutMs: number,
  ) {}
}
