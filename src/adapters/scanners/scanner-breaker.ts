import {
  BrokenCircuitError,
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  ExponentialBackoff,
  handleWhen,
  type CircuitBreakerPolicy,
} from 'cockatiel';
import type { Scanner, ScanFailure } from '../../domain/scans.js';

/** After this many failures in a row it is not asked for a while; one call then finds out whether it is back. */
const FAILURES = 5;
/** Short: what comes in while a scanner is back and not asked yet is not scanned. */
const FIRST_BREAK_MS = 500;
const LONGEST_BREAK_MS = 4_000;

export interface BreakerSettings {
  scanner: Scanner;
  onChange: (scanner: Scanner, state: 'answers' | 'does not answer') => void;
}

/** Keeps messages from waiting for a scanner that is down: while it is, they are told so at once. */
export class ScannerBreaker {
  readonly #scanner: Scanner;
  readonly #circuit: CircuitBreakerPolicy;

  constructor({ scanner, onChange }: BreakerSettings) {
    this.#scanner = scanner;
    // A call that Temporal cancels says nothing of the scanner.
    this.#circuit = circuitBreaker(
      handleWhen((error) => !(error instanceof CanceledCall)),
      {
        breaker: new ConsecutiveBreaker(FAILURES),
        halfOpenAfter: new ExponentialBackoff({ initialDelay: FIRST_BREAK_MS, maxDelay: LONGEST_BREAK_MS }),
      },
    );
    this.#circuit.onStateChange((state) => {
      if (state === CircuitState.Open) onChange(scanner, 'does not answer');
      if (state === CircuitState.Closed) onChange(scanner, 'answers');
    });
  }

  /** @throws as `call` does, where it was made */
  async ask<Answer>(call: () => Promise<Answer>, canceled: AbortSignal): Promise<Answer | ScanFailure> {
    try {
      return await this.#circuit.execute(() =>
        call().catch((error: unknown) => {
          if (canceled.aborted) throw new CanceledCall('the call was canceled', { cause: error });
          throw error;
        }),
      );
    } catch (error) {
      if (!(error instanceof BrokenCircuitError)) throw error;
      const last = this.#circuit.lastFailure;
      const reason = last !== undefined && 'error' in last ? `: ${messageOf(last.error)}` : '';
      return { status: 'failed', error: `${this.#scanner} is not asked for a while, it failed too often${reason}` };
    }
  }
}

class CanceledCall extends Error {
  override name = 'CanceledCall';
}

function messageOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? ` (${error.cause.message})` : '';
  return `${error instanceof Error ? error.message : String(error)}${cause}`.slice(0, 300);
}
