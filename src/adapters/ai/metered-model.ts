import { setTimeout as sleep } from 'node:timers/promises';
import type { AnsweredBy, TokenCount } from '../../domain/ai.js';
import { costOf, type EffectiveAi } from '../../domain/ai-settings.js';
import type { Database } from '../database/database.js';
import { release, reserve, settle } from './budget.js';
import { ProviderFailure, type ModelAnswer, type ModelClient, type ModelRequest } from './capability.js';
import type { EndpointBreakers } from './endpoint-breaker.js';

/** A passing failure is tried once more; a longer wait than this is left to the repair. */
const TRIES = 2;
const LONGEST_WAIT_MS = 3_000;
const WAIT_MS = 400;
/** The client keeps the time-out; this ends one that does not. */
const GRACE_MS = 1_000;
/** Bytes that make one token at the least; a budget is settled by what the provider counts. */
const BYTES_PER_TOKEN = 3;

export interface MeterParts {
  database: Database;
  breakers: EndpointBreakers;
  random: () => number;
}

export interface MeterOf {
  organizationId: string;
  messageId: string | null;
  applies: EffectiveAi;
  /** Names what it is asked about, by a digest. */
  content: string | null;
}

/** What a request brought, as far as it is counted. */
export interface Counted<Value> {
  value: Value;
  model: string | null;
  tokens: TokenCount | null;
}

/** Makes requests of one organization to one endpoint: budget, rate, breaker, few retries; and keeps what they cost. */
export class Meter {
  readonly #parts: MeterParts;
  readonly #of: MeterOf;
  #tokens: TokenCount | null = null;
  #cost: number | null = null;
  #model: string | null;
  readonly #startedAt = performance.now();
  /** Whether any request went out. */
  asked = false;

  constructor(parts: MeterParts, of: MeterOf) {
    this.#parts = parts;
    this.#of = of;
    this.#model = of.applies.model;
  }

  /** What the requests so far cost together. */
  answeredBy(): AnsweredBy {
    const { provider, disclosure } = this.#of.applies;
    return {
      provider,
      model: this.#model,
      durationMs: Math.round(performance.now() - this.#startedAt),
      tokens: this.#tokens,
      cost: this.#cost,
      disclosure,
      insteadOf: [],
    };
  }

  /**
   * @param send one request; its signal ends with the activity, or when the time-out is over
   * @throws ProviderFailure
   */
  async request<Value>(
    estimate: TokenCount,
    signal: AbortSignal,
    send: (signal: AbortSignal) => Promise<Counted<Value>>,
  ): Promise<Counted<Value>> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#once(estimate, signal, send);
      } catch (error) {
        const wait = tries < TRIES && !signal.aborted ? this.#waitAfter(error) : null;
        if (wait === null) throw error;
        await sleep(wait, undefined, { signal });
      }
    }
  }

  #waitAfter(error: unknown): number | null {
    if (!(error instanceof ProviderFailure) || !error.isPassing) return null;
    // A time-out has cost its time already.
    if (error.failure === 'timeout') return null;
    const wait = error.details.retryAfterMs ?? WAIT_MS * (1 + this.#parts.random());
    return wait <= LONGEST_WAIT_MS ? wait : null;
  }

  async #once<Value>(
    estimate: TokenCount,
    signal: AbortSignal,
    send: (signal: AbortSignal) => Promise<Counted<Value>>,
  ): Promise<Counted<Value>> {
    const { applies, organizationId, content } = this.#of;
    const label = `${applies.provider}${applies.model === null ? '' : ` ${applies.model}`}`;
    const asked = { endpoint: endpointOf(this.#of), label, organizationId, content };
    this.#parts.breakers.throwIfHeld(asked);
    const id = await this.#reserve(estimate);
    let sent = false;
    try {
      const answer = await this.#parts.breakers.ask(asked, () => {
        sent = true;
        this.asked = true;
        return this.#send(id, estimate, signal, send);
      });
      this.#model = answer.model ?? this.#model;
      return answer;
    } finally {
      if (!sent) await release(this.#parts.database, this.#of.organizationId, id);
    }
  }

  async #send<Value>(
    id: string,
    estimate: TokenCount,
    signal: AbortSignal,
    send: (signal: AbortSignal) => Promise<Counted<Value>>,
  ): Promise<Counted<Value>> {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(this.#of.applies.timeoutMs + GRACE_MS)]);
    const answered = await send(limit).then(
      (answer) => ({ answer }),
      (error: unknown) => ({ failure: failureOf(error, limit, signal) }),
    );
    if ('answer' in answered) {
      // A server that counts nothing would have no budget: what was reserved is charged.
      await this.#settle(id, answered.answer.tokens ?? (estimate.input > 0 ? estimate : null), null);
      return answered.answer;
    }
    // Nobody knows what a request cost that was given up, or cut off: what was reserved is charged.
    const { failure } = answered;
    const isUnknown = failure.failure === 'timeout' || failure.details.isCut === true;
    const tokens = failure.details.tokens ?? (isUnknown ? estimate : null);
    await this.#settle(id, tokens, failure);
    throw failure;
  }

  async #reserve(estimate: TokenCount): Promise<string> {
    const reservation = await reserve(this.#parts.database, { ...this.#of, estimate });
    if ('reserved' in reservation) return reservation.reserved;
    const retryAfterMs = Math.max(0, Date.parse(reservation.notBefore) - Date.now());
    throw new ProviderFailure(reservation.refused, reservation.reason, { retryAfterMs });
  }

  async #settle(id: string, tokens: TokenCount | null, failure: ProviderFailure | null): Promise<void> {
    const { organizationId, applies } = this.#of;
    const cost = costOf(applies.prices, tokens);
    if (tokens !== null) {
      this.#tokens = {
        input: (this.#tokens?.input ?? 0) + tokens.input,
        output: (this.#tokens?.output ?? 0) + tokens.output,
      };
    }
    if (cost !== null) this.#cost = (this.#cost ?? 0) + cost;
    await settle(this.#parts.database, organizationId, id, { tokens, cost, failure: failure?.failure ?? null });
  }
}

/** A model client behind a meter. */
export class MeteredModel implements ModelClient {
  readonly #client: ModelClient;
  readonly #meter: Meter;

  constructor(client: ModelClient, meter: Meter) {
    this.#client = client;
    this.#meter = meter;
  }

  async complete<Answer>(request: ModelRequest<Answer>): Promise<ModelAnswer<Answer>> {
    const { prompt, repair } = request;
    const sent = [prompt.system, prompt.user, JSON.stringify(prompt.form.jsonSchema), repair?.text ?? ''];
    const input = tokensOf(sent);
    const { value } = await this.#meter.request(
      { input, output: prompt.maxOutputTokens },
      request.signal,
      async (signal) => {
        const answer = await this.#client.complete({ ...request, signal });
        return { value: answer, model: answer.model, tokens: answer.tokens };
      },
    );
    return value;
  }
}

/** What texts are in tokens, at the most. */
export function tokensOf(texts: readonly string[]): number {
  return Math.ceil(texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0) / BYTES_PER_TOKEN);
}

function endpointOf({ organizationId, applies }: MeterOf): string {
  // Who waits for a shorter time has time-outs of his own: they must not cut off everybody else.
  const { owner, provider, baseUrl, model, timeoutMs } = applies;
  return JSON.stringify([owner === 'organization' ? organizationId : null, provider, baseUrl, model, timeoutMs]);
}

function failureOf(error: unknown, limit: AbortSignal, given: AbortSignal): ProviderFailure {
  if (given.aborted) throw error;
  const known = providerFailureIn(error);
  if (known !== null) return known;
  if (limit.aborted) return new ProviderFailure('timeout', 'it gave no answer in time', { cause: error });
  throw error;
}

/** Libraries wrap what their `fetch` threw. */
function providerFailureIn(error: unknown): ProviderFailure | null {
  let at = error;
  let inner: ProviderFailure | null = null;
  for (let depth = 0; depth < 5 && at instanceof Error; depth++) {
    if (at instanceof ProviderFailure && (inner === null || at.failure === 'notAllowed')) inner = at;
    at = at.cause;
  }
  return inner;
}
