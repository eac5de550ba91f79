import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { recordAudit } from '../../adapters/audit/audit.js';
import { Database, type Sql } from '../../adapters/database/database.js';
import { WebhookPoster } from '../../adapters/webhooks/post-webhook.js';
import {
  countWebhookSecrets,
  deleteWebhookSecrets,
  MOST_SECRETS,
  newWebhookSecret,
  putWebhookSecret,
  readWebhookSecrets,
} from '../../adapters/webhooks/webhook-secrets.js';
import {
  countWebhookTests,
  deleteWebhook,
  disableWebhook,
  insertWebhook,
  lockWebhook,
  readWebhook,
  readWebhooks,
  startAnew,
  updateWebhook,
  type WebhookRecord,
} from '../../adapters/webhooks/webhooks.js';
import {
  classifyAnswer,
  MOST_WEBHOOKS,
  shownUrl,
  TEST_EVENT,
  webhookBody,
  webhookProblems,
  type WebhookDraft,
} from '../../domain/webhook.js';
import type { Json } from '../../domain/json.js';
import type { Caller } from '../graphql/caller.js';
import { ApiError, wrongInput } from '../graphql/errors.js';
import { isUuid } from '../graphql/uuid.js';
import { SecretKey } from '../secret-key.js';
import { WebhookEndpoints } from './webhook-settings.js';
import type { CreateWebhookInput, UpdateWebhookInput, WebhookTest } from './webhook.types.js';

const LONGEST_OVERLAP_HOURS = 30 * 24;
const DEFAULT_OVERLAP_HOURS = 24;
const HOUR_MS = 3_600_000;
const TESTS_A_MINUTE = 10;

@Injectable()
export class WebhookService {
  constructor(
    private readonly database: Database,
    private readonly secretKey: SecretKey,
    private readonly endpoints: WebhookEndpoints,
  ) {}

  list(organizationId: string): Promise<WebhookRecord[]> {
    return this.database.withOrganization(organizationId, readWebhooks);
  }

  /** @throws ApiError NOT_FOUND */
  async read(organizationId: string, id: string): Promise<WebhookRecord> {
    const webhook = isUuid(id)
      ? await this.database.withOrganization(organizationId, (sql) => readWebhook(sql, id))
      : null;
    if (webhook === null) throw noWebhook(id);
    return webhook;
  }

  /** @throws ApiError BAD_USER_INPUT that names every wrong field; CONFLICT where no secret can be kept */
  async create(caller: Caller, input: CreateWebhookInput): Promise<{ webhook: WebhookRecord; secret: string }> {
    const key = this.#key();
    const draft = { url: input.url, events: input.events, description: (input.description ?? '').trim() };
    this.#check(draft);
    const { organizationId } = caller;
    const webhookId = uuidv7();
    const secret = newWebhookSecret();
    return this.database.withOrganization(organizationId, async (sql) => {
      if ((await readWebhooks(sql)).length >= MOST_WEBHOOKS) {
        throw new ApiError('CONFLICT', `an organization has at most ${MOST_WEBHOOKS} webhooks`);
      }
      await insertWebhook(sql, { organizationId, webhookId }, draft, caller.viewer.name);
      await putWebhookSecret(sql, key, { organizationId, webhookId }, secret, 0);
      const webhook = (await readWebhook(sql, webhookId))!;
      await record(sql, caller, 'create', webhookId, undefined, shown(webhook));
      return { webhook, secret };
    });
  }

  /** @throws ApiError NOT_FOUND, BAD_USER_INPUT that names every wrong field */
  update(caller: Caller, id: string, input: UpdateWebhookInput): Promise<WebhookRecord> {
    return this.change(caller, id, async (sql, before) => {
      const draft = {
        url: input.url ?? before.url,
        events: input.events ?? before.events,
        description: (input.description ?? before.description).trim(),
      };
      this.#check(draft);
      await updateWebhook(sql, id, draft);
      const enabled = input.enabled ?? before.enabled;
      if (!enabled) await disableWebhook(sql, id, 'PERSON');
      else if (!before.enabled || draft.url !== before.url) await startAnew(sql, id);
      const after = (await readWebhook(sql, id))!;
      await record(sql, caller, 'update', id, shown(before), shown(after));
      return after;
    });
  }

  /** @returns it as it was @throws ApiError NOT_FOUND */
  remove(caller: Caller, id: string): Promise<WebhookRecord> {
    return this.change(caller, id, async (sql, before) => {
      await deleteWebhookSecrets(sql, id);
      await deleteWebhook(sql, id);
      await record(sql, caller, 'delete', id, shown(before));
      return before;
    });
  }

  /**
   * A new secret beside those in force, which sign too for as long as `overlapHours` say.
   *
   * @throws ApiError NOT_FOUND, BAD_USER_INPUT, CONFLICT where too many are in force
   */
  async rotate(
    caller: Caller,
    id: string,
    overlapHours: number | null,
  ): Promise<{ webhook: WebhookRecord; secret: string }> {
    const key = this.#key();
    const hours = overlapHours ?? DEFAULT_OVERLAP_HOURS;
    if (hours < 0 || hours > LONGEST_OVERLAP_HOURS) {
      throw wrongInput([{ field: 'overlapHours', problem: `must be from 0 to ${LONGEST_OVERLAP_HOURS}` }]);
    }
    const { organizationId } = caller;
    const secret = newWebhookSecret();
    return this.change(caller, id, async (sql, webhook) => {
      // With no overlap the others end now, however many they are.
      if (hours > 0 && (await countWebhookSecrets(sql, id)) >= MOST_SECRETS) {
        throw new ApiError(
          'CONFLICT',
          `${MOST_SECRETS} secrets are in force already: wait, or rotate with overlapHours 0`,
        );
      }
      await putWebhookSecret(sql, key, { organizationId, webhookId: id }, secret, hours * HOUR_MS);
      await record(sql, caller, 'rotateSecret', id, undefined, { overlapHours: hours });
      return { webhook, secret };
    });
  }

  /**
   * Posts a test now and tells the answer; nothing of it is kept.
   *
   * @throws ApiError NOT_FOUND; CONFLICT after too many within a minute: the API waits for each
   */
  async test(caller: Caller, id: string): Promise<WebhookTest> {
    const key = this.#key();
    const { organizationId } = caller;
    const { url, secrets } = await this.change(caller, id, async (sql, webhook) => {
      if ((await countWebhookTests(sql)) >= TESTS_A_MINUTE) {
        throw new ApiError('CONFLICT', `webhooks were tested ${TESTS_A_MINUTE} times within a minute: wait`);
      }
      await record(sql, caller, 'test', id);
      return { url: webhook.url, secrets: await readWebhookSecrets(sql, key, { organizationId, webhookId: id }) };
    });
    const poster = new WebhookPoster(this.endpoints);
    const now = new Date();
    const messageId = `msg_test_${randomUUID()}`;
    try {
      const answer = await poster.post({
        url,
        secrets,
        id: messageId,
        body: webhookBody({
          kind: TEST_EVENT,
          at: now.toISOString(),
          messageId: null,
          position: 0,
          payload: { webhookId: id },
        }),
        now,
      });
      return {
        accepted: classifyAnswer(answer, now.getTime()).result === 'delivered',
        code: answer.code,
        answer: answer.text,
        durationMs: Date.now() - now.getTime(),
        id: messageId,
      };
    } finally {
      poster.close();
    }
  }

  /** Works on a webhook that is locked for it. @throws ApiError NOT_FOUND */
  async change<T>(caller: Caller, id: string, work: (sql: Sql, webhook: WebhookRecord) => Promise<T>): Promise<T> {
    if (!isUuid(id)) throw noWebhook(id);
    return this.database.withOrganization(caller.organizationId, async (sql) => {
      const webhook = await lockWebhook(sql, id);
      if (webhook === null) throw noWebhook(id);
      return work(sql, webhook);
    });
  }

  #check(draft: WebhookDraft): void {
    const problems = webhookProblems(draft, this.endpoints.privateNetworks);
    if (problems.length > 0) throw wrongInput(problems);
  }

  #key(): Buffer {
    const { key } = this.secretKey;
    if (key === null)
      throw new ApiError('CONFLICT', 'EVERPOST_SECRET_KEY is not set: no secret can be kept without it');
    return key;
  }
}

const noWebhook = (id: string) => new ApiError('NOT_FOUND', `there is no webhook ${id}`);

const shown = ({ url, description, events, enabled }: WebhookRecord): Json => ({
  url: shownUrl(url),
  description,
  events,
  enabled,
});

/** Notes in the audit trail what a caller did with a webhook. */
export async function record(
  sql: Sql,
  { organizationId, viewer, clientAddress }: Caller,
  action: string,
  webhookId: string,
  before?: Json,
  after?: Json,
): Promise<void> {
  await recordAudit(sql, {
    organizationId,
    actor: `token ${viewer.name}`,
    address: clientAddress,
    action: `webhook.${action}`,
    objectKind: 'webhook',
    objectId: webhookId,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  });
}
