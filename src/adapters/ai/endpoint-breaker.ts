import {
  BrokenCircuitError,
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  ExponentialBackoff,
  handleWhen,
  type CircuitBreakerPolicy,
} from 'cockatiel';
import { LRUCache } from 'lru-cache';
import { ProviderFailure } from './capability.js';

/** After this many failures in a row it is not asked for a while; one request then finds out whether it is back. */
const FAILURES = 5;
const FIRST_BREAK_MS = 1_000;
const LONGEST_BREAK_MS = 60_000;
const MOST_ENDPOINTS = 1_000;
/** A provider that asks for a longer wait is asked again after this long. */
const LONGEST_HOLD_MS = 15 * 60_000;
/** A content that is at fault for its time-outs is not asked about for so long. */
const CONTENT_HELD_MS = 30 * 60_000;
const MOST_CONTENTS = 10_000;

/** Where something is asked, for whom, and about what. */
export interface AskedEndpoint {
  /** Names it: provider, address, model and whose it is. */
  endpoint: string;
  /** The same for people. */
  label: string;
  organizationId: string;
  /** Names what it is asked about, by a digest; null where a person of the organization said it just now. */
  content: string | null;
}

interface Endpoint {
  /** For all who ask it. */
  circuit: CircuitBreakerPolicy;
  /** Organizations that it has kept waiting since it answered last. */
  waiting: Set<string>;
  /** Failures that the circuit counts. */
  counted: WeakSet<Error>;
  /** How often it has answered. */
  answers: number;
  /** It asked not to be asked before then (Retry-After), in milliseconds. */
  heldUntil: number;
}

/** A content over which an endpoint took too long. */
interface SlowContent {
  /** What the endpoint had answered by its last time-out, and about itself since. */
  answersAt: number;
  /** The endpoint answered about others between two time-outs of this one: then it is at fault. */
  isAtFault: boolean;
}

/** Of one organization at an endpoint, for time-outs. */
interface Waiting {
  circuit: CircuitBreakerPolicy;
  counted: WeakSet<Error>;
}

export type EndpointState = 'answers' | 'does not answer';

/**
 * Keeps requests from endpoints that are down, and from those that asked for a pause. A mail could be written so that the
 * model fails at it, and must not cut off everybody else. So an answer that makes no sense does not count. Of the
 * time-outs over one content the first counts alone, and one that times out again while others are answered is left to the
 * fallback. Time-outs of one organization open the circuit of that organization; that of all who ask counts each of them once.
 */
export class EndpointBreakers {
  readonly #endpoints = new LRUCache<string, Endpoint>({ max: MOST_ENDPOINTS });
  readonly #organizations = new LRUCache<string, Waiting>({ max: MOST_ENDPOINTS });
  /** The time runs anew with each time-out. */
  readonly #slow = new LRUCache<string, SlowContent>({ max: MOST_CONTENTS, ttl: CONTENT_HELD_MS });
  readonly #onChange: (endpoint: string, state: EndpointState) => void;

  constructor(onChange: (endpoint: string, state: EndpointState) => void) {
    this.#onChange = onChange;
  }

  /** @throws ProviderFailure where it asked for a pause that is not over, or was asked about the content in vain */
  throwIfHeld(of: AskedEndpoint): void {
    const heldFor = (this.#endpoints.get(of.endpoint)?.heldUntil ?? 0) - Date.now();
    if (heldFor > 0) {
      throw new ProviderFailure('rateLimited', `${of.label} asked for a pause`, { retryAfterMs: heldFor });
    }
    const key = contentKey(of);
    if (key !== null && this.#slow.get(key)?.isAtFault === true) {
      throw new ProviderFailure('timeout', `${of.label} took too long over it again, and answers others`, {
        retryAfterMs: this.#slow.getRemainingTTL(key),
      });
    }
  }

  /** @throws ProviderFailure `circuitOpen` without a request; else as `request` does */
  async ask<Answer>(of: AskedEndpoint, request: () => Promise<Answer>): Promise<Answer> {
    const endpoint = this.#endpoints.get(of.endpoint) ?? this.#openEndpoint(of);
    const own = this.#organizations.get(organizationKey(of)) ?? this.#openOrganization(of);
    try {
      const answer = await own.circuit.execute(() =>
        endpoint.circuit.execute(() => request().catch((error: unknown) => this.#noted(error, of, endpoint, own))),
      );
      this.#noteAnswer(of, endpoint);
      return answer;
    } catch (error) {
      if (error instanceof BrokenCircuitError) {
        throw new ProviderFailure('circuitOpen', `${of.label} is not asked for a while, it failed too often`);
      }
      throw error;
    }
  }

  /** Notes a failure, and for which circuits it counts. */
  #noted(error: unknown, of: AskedEndpoint, endpoint: Endpoint, own: Waiting): never {
    if (!(error instanceof ProviderFailure)) throw error;
    const { failure, details } = error;
    if (failure === 'unreachable') endpoint.counted.add(error);
    if (failure === 'timeout') {
      const isFirst = this.#noteTimeout(of, endpoint);
      // What finds out whether it is back counts, whatever it is about.
      if (isFirst || own.circuit.state !== CircuitState.Closed) own.counted.add(error);
      const isNew = isFirst && !endpoint.waiting.has(of.organizationId);
      if (isNew || endpoint.circuit.state !== CircuitState.Closed) endpoint.counted.add(error);
      endpoint.waiting.add(of.organizationId);
    }
    if (failure === 'rateLimited') {
      const wait = Math.min(details.retryAfterMs ?? 0, LONGEST_HOLD_MS);
      endpoint.heldUntil = Math.max(endpoint.heldUntil, Date.now() + wait);
    }
    throw error;
  }

  #noteAnswer(of: AskedEndpoint, endpoint: Endpoint): void {
    endpoint.waiting.clear();
    endpoint.answers++;
    const key = contentKey(of);
    const slow = key === null ? undefined : this.#slow.peek(key);
    // That it answers about the content itself proves nothing against it.
    if (slow !== undefined) slow.answersAt++;
  }

  /** @returns whether it is the first over that content */
  #noteTimeout(of: AskedEndpoint, { answers }: Endpoint): boolean {
    const key = contentKey(of);
    if (key === null) return true;
    const known = this.#slow.get(key);
    const isAtFault = known !== undefined && (known.isAtFault || answers > known.answersAt);
    this.#slow.set(key, { answersAt: answers, isAtFault });
    return known === undefined;
  }

  #openEndpoint({ endpoint, label }: AskedEndpoint): Endpoint {
    const counted = new WeakSet<Error>();
    const circuit = this.#circuit(label, (error) => error instanceof Error && counted.has(error));
    const opened = { circuit, waiting: new Set<string>(), counted, answers: 0, heldUntil: 0 };
    this.#endpoints.set(endpoint, opened);
    return opened;
  }

  #openOrganization(of: AskedEndpoint): Waiting {
    const counted = new WeakSet<Error>();
    const circuit: CircuitBreakerPolicy = this.#circuit(
      `${of.label} for an organization`,
      // Where the endpoint itself is not asked, nothing shows that it is back for the organization.
      (error) =>
        (error instanceof Error && counted.has(error)) ||
        (error instanceof BrokenCircuitError && circuit.state === CircuitState.HalfOpen),
    );
    const opened = { circuit, counted };
    this.#organizations.set(organizationKey(of), opened);
    return opened;
  }

  #circuit(label: string, counts: (error: unknown) => boolean): CircuitBreakerPolicy {
    const circuit = circuitBreaker(handleWhen(counts), {
      breaker: new ConsecutiveBreaker(FAILURES),
      halfOpenAfter: new ExponentialBackoff({ initialDelay: FIRST_BREAK_MS, maxDelay: LONGEST_BREAK_MS }),
    });
    circuit.onStateChange((state) => {
      if (state === CircuitState.Open) this.#onChange(label, 'does not answer');
      if (state === CircuitState.Closed) this.#onChange(label, 'answers');
    });
    return circuit;
  }
}

const organizationKey = ({ endpoint, organizationId }: AskedEndpoint) => `${organizationId} ${endpoint}`;

function contentKey(of: AskedEndpoint): string | null {
  return of.content === null ? null : `${of.content} ${organizationKey(of)}`;
}
