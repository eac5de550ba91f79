import { CIRCUIT_FAILURES, circuitWaitMs } from '../../domain/onward.js';
import {
  MOST_PAYLOAD_BYTES,
  type WebhookAnswer,
  type WebhookEvent,
  type WebhookInput,
  type WebhookOutcome,
} from '../../domain/webhook.js';
import type { Database, Sql } from '../database/database.js';
import { announceDeadLetters, announceEndpoint, disableByItself } from './webhook-announcements.js';
import { readWebhookSecrets } from './webhook-secrets.js';

/** Messages and events that one look takes; what it leaves is taken by the next. */
const HEADS = 100;
const EVENTS = 500;
/** Another worker may take over this long after the last sign of life. */
const CLAIM_SECONDS = 120;
const MOST_EXPIRED = 10_000;

/** What an activity holds of a webhook. */
export interface WebhookClaim {
  claim: string;
  url: string;
  createdBy: string;
  secrets: string[];
}

export interface DueEvent extends WebhookEvent {
  /** Before the present one. */
  attempts: number;
  openedAt: string;
  nextAttemptAt: string;
}

/** How the endpoint stands after an answer. */
export interface EndpointStanding {
  /** Null: the claim is lost, or the webhook disabled; nothing was noted. */
  failures: number | null;
}

interface EndpointRow extends Record<string, unknown> {
  url: string;
  createdBy: string;
  failures: number;
  failingSince: string | null;
  restsUntil: string | null;
}

const ENDPOINT = `url, created_by as "createdBy", failures, failing_since as "failingSince", rests_until as "restsUntil"`;

/** No earlier event of the same message waits; events of no message wait for none. */
const IS_NEXT = `not exists (
  select from webhook_deliveries e where e.webhook_id = d.webhook_id and e.message_id = d.message_id
    and e.status = 'PENDING' and e.position < d.position)`;

/** The deliveries of one webhook, as its activity works on them: each change is committed for itself. */
export class WebhookRounds {
  readonly #database: Database;
  readonly #secretKey: Buffer | null;
  readonly #disableAfterMs: number;
  readonly #giveUpMs: number;
  readonly #shortestWaitMs: number;

  constructor(
    database: Database,
    secretKey: Buffer | null,
    settings: { disableAfterMs: number; giveUpMs: number; retriesMs: readonly number[] },
  ) {
    this.#database = database;
    this.#secretKey = secretKey;
    this.#disableAfterMs = settings.disableAfterMs;
    this.#giveUpMs = settings.giveUpMs;
    this.#shortestWaitMs = settings.retriesMs[0] ?? settings.giveUpMs;
  }

  /**
   * Takes the webhook over from whoever had it: a workflow has one activity at a time, so that one is dead or cut off.
   *
   * @returns null for one that is disabled or deleted
   * @throws where its secrets cannot be opened: then nothing can be signed, and everything waits
   */
  async take(input: WebhookInput, claim: string, buildId: string): Promise<WebhookClaim | null> {
    // Committed before the secrets are looked at: where they cannot be opened, nobody is woken in vain meanwhile.
    const [row] = await this.#database.oneOfOrganization<EndpointRow>(
      input.organizationId,
      `update webhooks set claim = $2, claimed_until = now() + make_interval(secs => ${CLAIM_SECONDS}), build_id = $3,
         wake = false
       where id = $1 and enabled and deleted_at is null returning ${ENDPOINT}`,
      [input.webhookId, claim, buildId],
    );
    if (row === undefined) return null;
    const key = this.#secretKey;
    if (key === null) throw new Error('EVERPOST_SECRET_KEY is not set: webhooks cannot be signed');
    const secrets = await this.#database.withOrganization(input.organizationId, (sql) =>
      readWebhookSecrets(sql, key, input),
    );
    if (secrets.length === 0) throw new Error('the webhook has no secret in force');
    return { claim, url: row.url, createdBy: row.createdBy, secrets };
  }

  /**
   * What may be sent now, in order, each message's events together with those that wait behind them. An endpoint that
   * fails gets one event that was tried least, to see whether it is back.
   */
  async due(input: WebhookInput, claim: string, now: Date): Promise<{ events: DueEvent[]; probing: boolean }> {
    return this.#database.withOrganization(input.organizationId, async (sql) => {
      const [row] = await sql<EndpointRow>(
        `update webhooks set claimed_until = now() + make_interval(secs => ${CLAIM_SECONDS})
         where id = $1 and claim = $2 and enabled and deleted_at is null returning ${ENDPOINT}`,
        [input.webhookId, claim],
      );
      const probing = row !== undefined && row.failures >= CIRCUIT_FAILURES;
      if (row === undefined || (row.restsUntil !== null && new Date(row.restsUntil) > now)) {
        return { events: [], probing };
      }
      const events = await sql<DueEvent & Record<string, unknown>>(
        `with heads as materialized (
           select message_id, position from webhook_deliveries d
           where webhook_id = $1 and status = 'PENDING' and next_attempt_at <= $2 and ${IS_NEXT}
           order by ${probing ? 'attempts, ' : ''}position limit ${probing ? 1 : HEADS})
         select d.position, d.kind, d.at, d.message_id as "messageId", d.attempts, d.opened_at as "openedAt",
           d.next_attempt_at as "nextAttemptAt",
           case when octet_length(d.payload::text) <= ${MOST_PAYLOAD_BYTES} then d.payload end as payload
         from heads h join webhook_deliveries d on d.webhook_id = $1 and d.status = 'PENDING'
           and (d.position = h.position ${probing ? '' : 'or (d.message_id = h.message_id and d.position > h.position)'})
         order by d.position limit ${EVENTS}`,
        [input.webhookId, now],
      );
      return { events, probing };
    });
  }

  /** Notes what an endpoint answered; `nextAttemptAt` null with a refusal: it is given up. */
  async settle(
    input: WebhookInput,
    claim: string,
    position: number,
    answer: WebhookAnswer,
    outcome: WebhookOutcome,
    nextAttemptAt: Date | null,
    now: Date,
  ): Promise<EndpointStanding> {
    return this.#database.withOrganization(input.organizationId, async (sql) => {
      const [endpoint] = await sql<EndpointRow>(
        `select ${ENDPOINT} from webhooks where id = $1 and claim = $2 and enabled and deleted_at is null for update`,
        [input.webhookId, claim],
      );
      if (endpoint === undefined) return { failures: null };
      const dead = outcome.result === 'refused' && nextAttemptAt === null;
      const status = outcome.result === 'delivered' ? 'DELIVERED' : dead ? 'FAILED' : 'PENDING';
      await sql(
        `update webhook_deliveries set status = $3, attempts = attempts + 1, last_attempt_at = $4, last_code = $5,
           last_answer = $6, next_attempt_at = $7, ended_at = case when $3 <> 'PENDING' then $4::timestamptz end
         where webhook_id = $1 and position = $2 and status = 'PENDING'`,
        [
          input.webhookId,
          position,
          status,
          now,
          answer.code,
          answer.text,
          status === 'PENDING' ? (nextAttemptAt ?? now) : null,
        ],
      );
      if (dead) await announceDeadLetters(sql, input, [position]);
      return { failures: await this.#settleEndpoint(sql, input, endpoint, outcome, now) };
    });
  }

  /** Ends the activity's hold; what comes next is told under the lock under which events become deliveries. */
  async release(input: WebhookInput, claim: string, now: Date): Promise<Date | null> {
    return this.#database.withOrganization(input.organizationId, async (sql) => {
      const [endpoint] = await sql<EndpointRow>(
        `select ${ENDPOINT} from webhooks where id = $1 and claim = $2 and enabled and deleted_at is null for update`,
        [input.webhookId, claim],
      );
      if (endpoint === undefined) return this.#letGo(sql, input, claim, null);
      const rests = endpoint.restsUntil === null ? null : new Date(endpoint.restsUntil);
      const resting = rests !== null && rests > now;
      if (resting) await this.#expire(sql, input, now);
      const [next] = await sql<{ at: string }>(
        `select next_attempt_at as at from webhook_deliveries d
         where webhook_id = $1 and status = 'PENDING' and ${IS_NEXT} order by next_attempt_at limit 1`,
        [input.webhookId],
      );
      if (next === undefined) return this.#letGo(sql, input, claim, null);
      const at = new Date(next.at);
      return this.#letGo(sql, input, claim, resting && rests > at ? rests : at);
    });
  }

  async #letGo(sql: Sql, { webhookId }: WebhookInput, claim: string, next: Date | null): Promise<Date | null> {
    await sql(
      `update webhooks set claim = null, claimed_until = null, due_at = $3, build_id = case when $3::timestamptz is null then null else build_id end
       where id = $1 and claim = $2`,
      [webhookId, claim, next],
    );
    return next;
  }

  /** @returns how often it has failed now; null where it was disabled */
  async #settleEndpoint(
    sql: Sql,
    input: WebhookInput,
    endpoint: EndpointRow,
    outcome: WebhookOutcome,
    now: Date,
  ): Promise<number | null> {
    if (outcome.result === 'gone') {
      await disableByItself(sql, input, endpoint, 'GONE', 0);
      return null;
    }
    if (outcome.result === 'delivered') {
      if (endpoint.failures > 0 || endpoint.failingSince !== null) await this.#recover(sql, input, endpoint, now);
      return 0;
    }
    if (!outcome.endpoint) return endpoint.failures;
    const resting = endpoint.restsUntil !== null && new Date(endpoint.restsUntil) > now;
    // What was under way beside the failure that made it rest says nothing new.
    const failures = resting ? endpoint.failures : endpoint.failures + 1;
    const failingSince = endpoint.failingSince === null ? now : new Date(endpoint.failingSince);
    const failingMs = now.getTime() - failingSince.getTime();
    const rest = resting
      ? Date.parse(endpoint.restsUntil!)
      : now.getTime() + circuitWaitMs(failures, this.#shortestWaitMs);
    const rests = Math.max(rest, outcome.notBefore);
    await sql('update webhooks set failures = $2, failing_since = $3, rests_until = $4 where id = $1', [
      input.webhookId,
      failures,
      failingSince,
      rests > now.getTime() ? new Date(rests) : null,
    ]);
    if (failures === CIRCUIT_FAILURES && !resting) await announceEndpoint(sql, input, 'webhook.failing');
    if (failingMs < this.#disableAfterMs) return failures;
    await disableByItself(sql, input, endpoint, 'FAILING', failingMs);
    return null;
  }

  /** The endpoint is back: what waited for it waits no longer. */
  async #recover(sql: Sql, input: WebhookInput, { failures }: EndpointRow, now: Date): Promise<void> {
    await sql('update webhooks set failures = 0, failing_since = null, rests_until = null where id = $1', [
      input.webhookId,
    ]);
    if (failures < CIRCUIT_FAILURES) return;
    await sql(
      `update webhook_deliveries set next_attempt_at = $2
       where webhook_id = $1 and status = 'PENDING' and next_attempt_at > $2`,
      [input.webhookId, now],
    );
    await announceEndpoint(sql, input, 'webhook.recovered');
  }

  /** While an endpoint rests few events are tried; those whose time is over are given up all the same. */
  async #expire(sql: Sql, input: WebhookInput, now: Date): Promise<void> {
    const dead = await sql<{ position: number }>(
      `update webhook_deliveries d set status = 'FAILED', next_attempt_at = null, ended_at = $3,
         last_answer = coalesce(last_answer, 'the endpoint did not answer to events before this one')
       where webhook_id = $1 and position in (
         select position from webhook_deliveries
         where webhook_id = $1 and status = 'PENDING' and opened_at < $2 order by position limit ${MOST_EXPIRED})
       returning position`,
      [input.webhookId, new Date(now.getTime() - this.#giveUpMs), now],
    );
    await announceDeadLetters(
      sql,
      input,
      dead.map(({ position }) => position),
    );
  }
}
