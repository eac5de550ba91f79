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

interface Endpoint {
  circuit: CircuitBreakerPolicy;
  /** It asked not to be asked before then (Retry-After), in milliseconds. */
  heldUntil: number;
}

export type EndpointState = 'answers' | 'does not answer';

/**
 * Keeps requests from endpoints that are down, and from those that asked for a pause. An answer that makes no sense
 * does not count: a mail could be written so that the model fails at it, and must not cut off everybody else.
 */
export class EndpointBreakers {
  readonly #endpoints = new LRUCache<string, Endpoint>({ max: MOST_ENDPOINTS });
  readonly #onChange: (endpoint: string, state: EndpointState) => void;

  constructor(onChange: (endpoint: string, state: EndpointState) => void) {
    this.#onChange = onChange;
  }

  /** @throws ProviderFailure where it asked for a pause that is not over */
  throwIfHeld(endpoint: string, label: string): void {
    const heldFor = (this.#endpoints.get(endpoint)?.heldUntil ?? 0) - Date.now();
    if (heldFor > 0) {
      throw new ProviderFailure('rateLimited', `${label} asked for a pause`, { retryAfterMs: heldFor });
    }
  }

  /**
   * @param endpoint names it: provider, address, model and whose it is
   * @throws ProviderFailure `circuitOpen` without a request; else as `request` does
   */
  async ask<Answer>(endpoint: string, label: string, request: () => Promise<Answer>): Promise<Answer> {
    const known = this.#endpoints.get(endpoint) ?? this.#open(endpoint, label);
    try {
      return await known.circuit.execute(request);
    } catch (error) {
      if (error instanceof BrokenCircuitError) {
        throw new ProviderFailure('circuitOpen', `${label} is not asked for a while, it failed too often`);
      }
      if (error instanceof ProviderFailure && error.failure === 'rateLimited') {
        const wait = Math.min(error.details.retryAfterMs ?? 0, LONGEST_HOLD_MS);
        known.heldUntil = Math.max(known.heldUntil, Date.now() + wait);
      }
      throw error;
    }
  }

  #open(endpoint: string, label: string): Endpoint {
    const circuit = circuitBreaker(
      handleWhen(
        (error) => error instanceof ProviderFailure && (error.failure === 'unreachable' || error.failure === 'timeout'),
      ),
      {
        breaker: new ConsecutiveBreaker(FAILURES),
        halfOpenAfter: new ExponentialBackoff({ initialDelay: FIRST_BREAK_MS, maxDelay: LONGEST_BREAK_MS }),
      },
    );
    circuit.onStateChange((state) => {
      if (state === CircuitState.Open) this.#onChange(label, 'does not answer');
      if (state === CircuitState.Closed) this.#onChange(label, 'answers');
    });
    const opened = { circuit, heldUntil: 0 };
    this.#endpoints.set(endpoint, opened);
    return opened;
  }
}
