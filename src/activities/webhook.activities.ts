import { randomUUID } from 'node:crypto';
import pLimit from 'p-limit';
import type { WebhookPoster } from '../adapters/webhooks/post-webhook.js';
import type { DueEvent, WebhookClaim, WebhookRounds } from '../adapters/webhooks/webhook-rounds.js';
import { CIRCUIT_FAILURES, retryAt, type RetrySchedule } from '../domain/onward.js';
import {
  classifyAnswer,
  webhookBody,
  type WebhookInput,
  type WebhookOutcome,
  type WebhookRound,
} from '../domain/webhook.js';

export interface WebhookActivityDeps {
  rounds: WebhookRounds;
  poster: Pick<WebhookPoster, 'post'>;
  messageId: (webhookId: string, position: number) => string;
  schedule: RetrySchedule;
  /** Of the workflow code that its workflows run on. */
  buildId: string;
  now: () => Date;
  random: () => number;
  heartbeat: () => void;
  /** Ends when Temporal cancels the activity, or its worker stops. */
  cancellation: () => AbortSignal;
}

const HEARTBEAT_MS = 5_000;
/** Messages whose events are under way to one endpoint at the same time. */
const AT_ONCE = 8;
/** No request begins later than this in one activity, so that no endpoint keeps a place of the worker for ever. */
const ROUND_MS = 20_000;

/** Regular activities of the `delivery` queue: posting events to webhooks. */
export function createWebhookActivities(deps: WebhookActivityDeps) {
  return {
    /**
     * Safe to run twice: what was answered is committed event by event, and an event whose answer was not is posted again
     * under the same webhook-id, by which its receiver knows it.
     */
    async deliverWebhook(input: WebhookInput): Promise<WebhookRound> {
      const claim = await deps.rounds.take(input, randomUUID(), deps.buildId);
      if (claim === null) return { delivered: 0, failed: 0, nextInMs: null };
      const alive = setInterval(deps.heartbeat, HEARTBEAT_MS);
      const round = new Round(deps, input, claim);
      try {
        await round.work();
      } finally {
        clearInterval(alive);
      }
      const next = await deps.rounds.release(input, claim.claim, deps.now());
      const { delivered, failed } = round;
      return { delivered, failed, nextInMs: next === null ? null : Math.max(0, next.getTime() - deps.now().getTime()) };
    },
  };
}

export type WebhookActivities = ReturnType<typeof createWebhookActivities>;

class Round {
  delivered = 0;
  failed = 0;
  #stopped = false;
  readonly #ends: number;

  constructor(
    readonly deps: WebhookActivityDeps,
    readonly input: WebhookInput,
    readonly claim: WebhookClaim,
  ) {
    this.#ends = deps.now().getTime() + ROUND_MS;
  }

  async work(): Promise<void> {
    while (!this.#over()) {
      const { events, probing } = await this.deps.rounds.due(this.input, this.claim.claim, this.deps.now());
      if (events.length === 0) return;
      const atOnce = pLimit(probing ? 1 : AT_ONCE);
      await Promise.all(chainsOf(events).map((chain) => atOnce(() => this.#deliver(chain, probing))));
    }
  }

  #over(): boolean {
    return this.#stopped || this.deps.cancellation().aborted || this.deps.now().getTime() >= this.#ends;
  }

  /** Events of one message: one after the other, none behind one that was not taken. */
  async #deliver(chain: readonly DueEvent[], probing: boolean): Promise<void> {
    for (const event of chain) {
      if (this.#over() || new Date(event.nextAttemptAt) > this.deps.now()) return;
      const outcome = await this.#attempt(event);
      if (outcome.failures === null || (outcome.failures >= CIRCUIT_FAILURES && !probing)) this.#stopped = true;
      if (outcome.result !== 'delivered') return;
    }
  }

  async #attempt(event: DueEvent): Promise<{ result: WebhookOutcome['result']; failures: number | null }> {
    const { deps, input, claim } = this;
    const id = deps.messageId(input.webhookId, event.position);
    const answer = await deps.poster.post({
      url: claim.url,
      secrets: claim.secrets,
      id,
      body: webhookBody(event),
      now: deps.now(),
      signal: deps.cancellation(),
    });
    // A worker that stops has cut it off: that is not the endpoint's failure.
    if (answer.code === null && deps.cancellation().aborted) return { result: 'refused', failures: null };
    const now = deps.now();
    const outcome = classifyAnswer(answer, now.getTime());
    const next = outcome.result === 'refused' ? this.#nextAttempt(event, outcome.notBefore, now.getTime()) : null;
    const { failures } = await deps.rounds.settle(input, claim.claim, event.position, answer, outcome, next, now);
    if (outcome.result === 'delivered') this.delivered += 1;
    else this.failed += 1;
    return { result: outcome.result, failures };
  }

  #nextAttempt({ attempts, openedAt }: DueEvent, notBefore: number, now: number): Date | null {
    const { schedule, random } = this.deps;
    const next = retryAt(attempts + 1, Date.parse(openedAt), now, schedule, random());
    return next === null ? null : new Date(Math.max(next, notBefore));
  }
}

function chainsOf(events: readonly DueEvent[]): DueEvent[][] {
  const chains = new Map<string, DueEvent[]>();
  for (const event of events) {
    const key = event.messageId ?? `position ${event.position}`;
    const chain = chains.get(key);
    if (chain === undefined) chains.set(key, [event]);
    else chain.push(event);
  }
  return [...chains.values()];
}
