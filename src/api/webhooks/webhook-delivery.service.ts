import { Injectable } from '@nestjs/common';
import { Database } from '../../adapters/database/database.js';
import {
  countWebhookDeliveries,
  readWebhookDeliveries,
  replayWebhook,
  retryWebhookDelivery,
  type ReplayStart,
  type WebhookCounts,
  type WebhookDeliveryRecord,
} from '../../adapters/webhooks/webhook-deliveries.js';
import { webhookMessageId } from '../../adapters/webhooks/webhook-secrets.js';
import { readWebhook, type WebhookRecord } from '../../adapters/webhooks/webhooks.js';
import type { WebhookDeliveryStatus } from '../../domain/webhook.js';
import type { Caller } from '../graphql/caller.js';
import { feedCursor, readFeedCursor } from '../graphql/cursors.js';
import { ApiError, wrongInput } from '../graphql/errors.js';
import { pageOf, pageSize, type Page } from '../graphql/pages.js';
import { record, WebhookService } from './webhook.service.js';
import type { ReplayWebhookInput, WebhookReplayed, WebhookReplayFrom } from './webhook.types.js';

const FARTHEST = Number.MAX_SAFE_INTEGER;

@Injectable()
export class WebhookDeliveryService {
  constructor(
    private readonly database: Database,
    private readonly webhooks: WebhookService,
  ) {}

  /** @throws ApiError BAD_USER_INPUT for a page size or a cursor that cannot be */
  async list(
    organizationId: string,
    webhookId: string,
    status: WebhookDeliveryStatus | null,
    first: number | null,
    after: string | null,
  ): Promise<Page<WebhookDeliveryRecord & { id: string }>> {
    const size = pageSize(first, 'deliveries');
    const before = after === null ? null : readFeedCursor(after);
    const records = await this.database.withOrganization(organizationId, (sql) =>
      readWebhookDeliveries(sql, webhookId, status, before, size + 1),
    );
    const nodes = records.map((delivery) => ({ ...delivery, id: webhookMessageId(webhookId, delivery.position) }));
    return pageOf(nodes, size, ({ position }) => feedCursor(position), before === null);
  }

  async counts(organizationId: string, webhookId: string): Promise<WebhookCounts> {
    const [counts] = await this.database.withOrganization(organizationId, (sql) =>
      countWebhookDeliveries(sql, [webhookId]),
    );
    return counts ?? { webhookId, waiting: 0, dead: 0 };
  }

  /** @throws ApiError NOT_FOUND for a webhook or an event that it has not; CONFLICT for one that is disabled */
  retry(caller: Caller, webhookId: string, position: number): Promise<WebhookRecord> {
    return this.webhooks.change(caller, webhookId, async (sql, webhook) => {
      const isPosition = Number.isSafeInteger(position) && position > 0;
      refuseDisabled(webhook);
      if (!isPosition || !(await retryWebhookDelivery(sql, webhookId, position))) {
        throw new ApiError('NOT_FOUND', `the webhook has no delivery at position ${position}`);
      }
      await record(sql, caller, 'retryDelivery', webhookId, undefined, { position });
      return (await readWebhook(sql, webhookId))!;
    });
  }

  /** @throws ApiError NOT_FOUND; BAD_USER_INPUT without one beginning; CONFLICT for one that is disabled */
  replay(caller: Caller, webhookId: string, { from, include }: ReplayWebhookInput): Promise<WebhookReplayed> {
    const start = startOf(from);
    return this.webhooks.change(caller, webhookId, async (sql, webhook) => {
      refuseDisabled(webhook);
      const what = include ?? 'FAILED';
      const replayed = await replayWebhook(sql, webhookId, start, what);
      await record(sql, caller, 'replay', webhookId, undefined, { ...start, include: what, ...replayed });
      return { webhook: (await readWebhook(sql, webhookId))!, ...replayed };
    });
  }
}

function refuseDisabled({ enabled }: WebhookRecord): void {
  if (!enabled) throw new ApiError('CONFLICT', 'the webhook is disabled: enable it first');
}

function startOf({ position, cursor, at }: WebhookReplayFrom): ReplayStart {
  const given = [position, cursor, at].filter((value) => value !== undefined && value !== null);
  if (given.length !== 1) throw wrongInput([{ field: 'from', problem: 'give one of position, cursor and at' }]);
  if (at !== undefined && at !== null) return { at };
  if (cursor !== undefined && cursor !== null) return { position: readFeedCursor(cursor) + 1 };
  const start = position ?? 0;
  if (!Number.isInteger(start) || start < 0 || start > FARTHEST) {
    throw wrongInput([{ field: 'from.position', problem: 'must be a whole number, 0 or more' }]);
  }
  return { position: start };
}
