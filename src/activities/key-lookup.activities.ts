import pLimit from 'p-limit';
import type { Wkd, WkdAnswer } from '../adapters/mail-keys/wkd.js';

export interface KeyLookupDeps {
  /** Null where DNS is switched off. */
  wkd: Wkd | null;
  /** Those of the addresses whose directory was not asked lately. */
  addressesToAsk: (organizationId: string, addresses: readonly string[]) => Promise<string[]>;
  keep: (organizationId: string, address: string, answer: WkdAnswer) => Promise<void>;
  /** Ends when Temporal cancels the activity. */
  cancellation: () => AbortSignal;
}

/** How many addresses were asked for, and what came of it; which ones lies in Postgres. */
export interface KeyLookupReport {
  asked: number;
  found: number;
  failed: number;
}

/** A message is looked up for so many recipients; who is behind them is written to with the keys that are stored. */
export const MOST_LOOKUPS = 200;
const AT_ONCE = 8;

/** Regular activities of the `delivery` queue: what they ask is outside the machine. */
export function createKeyLookupActivities({ wkd, addressesToAsk, keep, cancellation }: KeyLookupDeps) {
  return {
    /** Safe to run twice: what was answered is stored and not asked again. */
    async lookUpKeys(organizationId: string, addresses: string[]): Promise<KeyLookupReport> {
      const report: KeyLookupReport = { asked: 0, found: 0, failed: 0 };
      if (wkd === null) return report;
      const limit = pLimit(AT_ONCE);
      const open = (await addressesToAsk(organizationId, [...new Set(addresses)])).slice(0, MOST_LOOKUPS);
      await Promise.all(
        open.map((address) =>
          limit(async () => {
            const answer = await wkd(address, cancellation());
            await keep(organizationId, address, answer);
            report.asked += 1;
            if (answer.status === 'failed') report.failed += 1;
            else if (answer.key !== null) report.found += 1;
          }),
        ),
      );
      return report;
    },
  };
}

export type KeyLookupActivities = ReturnType<typeof createKeyLookupActivities>;
