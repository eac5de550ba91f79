import { LRUCache } from 'lru-cache';
import type { OutgoingRunFacts } from '../../adapters/outgoing/outgoing-store.js';
import type { OutgoingMessageInput } from '../../domain/outgoing/outgoing-input.js';
import { OutgoingContext, RECIPIENTS_READ } from './outgoing-context.js';

const RUNS_KEPT = 200;
const KEPT_MS = 10 * 60_000;

/** Contexts of the outgoing runs that this process works on. Losing them costs a read, no more. */
export class OutgoingContexts {
  readonly #runs = new LRUCache<string, OutgoingContext>({ max: RUNS_KEPT, ttl: KEPT_MS });

  constructor(readonly read: (run: OutgoingMessageInput, recipients: number) => Promise<OutgoingRunFacts | null>) {}

  /** @returns null where the organization has no such message */
  async load(run: OutgoingMessageInput): Promise<OutgoingContext | null> {
    const known = this.#runs.get(run.runId);
    if (known !== undefined) return known;
    const read = await this.read(run, RECIPIENTS_READ);
    if (read === null) return null;
    const { facts, recipients, recipientCount, steps, timeZone, domains, settings } = read;
    const context = new OutgoingContext(run, facts, recipients, recipientCount, { timeZone, domains, settings }, steps);
    this.#runs.set(run.runId, context);
    return context;
  }

  forget(runId: string): void {
    this.#runs.delete(runId);
  }
}
