import { refusalCounter, type IntakeRefusal } from '../domain/intake-policy.js';
import type { CountedFigure } from '../adapters/organizations/counters.js';

/** What organizations refused during the SMTP session, counted here and added to their figures by `flush`. */
export class RefusalCounts {
  #counts = new Map<string, CountedFigure>();

  count(organizationId: string, by: IntakeRefusal): void {
    const name = refusalCounter(by);
    const key = `${organizationId} ${name}`;
    const figure = this.#counts.get(key);
    if (figure === undefined) this.#counts.set(key, { organizationId, name, value: 1 });
    else figure.value += 1;
  }

  /** Where writing fails, it is counted on. */
  async flush(write: (counted: CountedFigure[]) => Promise<void>): Promise<void> {
    if (this.#counts.size === 0) return;
    const counted = this.#counts;
    this.#counts = new Map();
    try {
      await write([...counted.values()]);
    } catch (error) {
      for (const [key, figure] of counted) {
        const since = this.#counts.get(key);
        this.#counts.set(key, { ...figure, value: figure.value + (since?.value ?? 0) });
      }
      throw error;
    }
  }
}
