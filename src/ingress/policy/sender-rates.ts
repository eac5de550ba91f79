import { LRUCache } from 'lru-cache';
import type { CountedMessages, SenderRate } from '../../adapters/intake/sender-rates.js';

const REMEMBERED = 100_000;

interface Rate {
  organizationId: string;
  source: string;
  /** Counted here and not written yet. */
  fresh: number;
  /** Of all processes in this hour, as last written. */
  written: number;
  /** Null until it was written once: what is usual is not known here. */
  usual: number | null;
  hour: number;
}

/** Messages an hour by source, counted here and shared with the other processes by `flush`. */
export class SenderRates {
  readonly #rates = new LRUCache<string, Rate>({ max: REMEMBERED });

  /** Counts one more and tells where the source stands. */
  count(organizationId: string, source: string, now: number): { thisHour: number; usual: number | null } {
    const key = `${organizationId} ${source}`;
    const hour = Math.floor(now / 3_600_000);
    const rate = this.#rates.get(key) ?? { organizationId, source, fresh: 0, written: 0, usual: null, hour };
    if (rate.hour !== hour) Object.assign(rate, { hour, written: 0 });
    rate.fresh += 1;
    this.#rates.set(key, rate);
    return { thisHour: rate.written + rate.fresh, usual: rate.usual };
  }

  /** Writes what was counted since; where writing fails, it is counted on. */
  async flush(write: (counted: CountedMessages[]) => Promise<SenderRate[]>): Promise<void> {
    const counting = [...this.#rates.values()].filter(({ fresh }) => fresh > 0);
    if (counting.length === 0) return;
    const counted = counting.map(({ organizationId, source, fresh }) => ({ organizationId, source, messages: fresh }));
    const written = await write(counted);
    for (const [index, rate] of counting.entries()) rate.fresh -= counted[index]!.messages;
    for (const { organizationId, source, messages, usual } of written) {
      const rate = this.#rates.get(`${organizationId} ${source}`);
      if (rate) Object.assign(rate, { written: messages, usual });
    }
  }
}
