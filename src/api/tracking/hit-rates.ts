import { LRUCache } from 'lru-cache';

const WINDOW_MS = 60_000;
const REMEMBERED = 50_000;
const PER_RECIPIENT = 30;

/**
 * How often the links of a recipient are counted: who asks more often is answered, and nothing is written. By network
 * address nothing is limited: behind a proxy all readers have the same one, and only who has a valid link costs a write.
 */
export class HitRates {
  readonly #hits = new LRUCache<string, { since: number; count: number }>({ max: REMEMBERED });

  take(recipientId: string, now: number): boolean {
    const known = this.#hits.get(recipientId);
    if (known === undefined || now - known.since > WINDOW_MS) {
      this.#hits.set(recipientId, { since: now, count: 1 });
      return true;
    }
    known.count += 1;
    return known.count <= PER_RECIPIENT;
  }
}
