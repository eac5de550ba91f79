import type { Database } from '../database/database.js';
import type { JournalEntry, JournalReply } from './journal-entry.js';
import { writeEntries } from './journal-statements.js';

interface Waiting {
  entry: JournalEntry;
  resolve: (reply: JournalReply) => void;
  reject: (error: unknown) => void;
}

const MAX_ENTRIES = 200;
/** What nobody waits for is written together with what follows within this time. */
const GATHER_MS = 8;

/**
 * Writes what runs do, many runs in one transaction: what is asked for while one transaction commits goes into the
 * next. Entries of a run are written in their order. When a transaction fails, its entries are tried one by one, so
 * that what one message brought cannot harm another.
 */
export class RunJournal {
  readonly #database: Database;
  #waiting: Waiting[] = [];
  #writing = false;
  #gathering: NodeJS.Timeout | null = null;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * @returns once committed
   * @throws the database's error for this entry alone
   */
  write(entry: JournalEntry): Promise<JournalReply> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ entry, resolve, reject });
      if (entry.durable || entry.awaited) this.#drainSoon();
      else this.#gathering ??= setTimeout(() => this.#drainSoon(), GATHER_MS);
    });
  }

  #drainSoon(): void {
    if (this.#gathering !== null) clearTimeout(this.#gathering);
    this.#gathering = null;
    if (this.#writing) return;
    this.#writing = true;
    setImmediate(() => void this.#drain());
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const taken = this.#waiting.splice(0, MAX_ENTRIES);
      const byOrganization = Map.groupBy(taken, (waiting) => waiting.entry.run.organizationId);
      await Promise.all([...byOrganization].map(([organizationId, group]) => this.#commit(organizationId, group)));
    }
    this.#writing = false;
  }

  async #commit(organizationId: string, group: Waiting[]): Promise<void> {
    try {
      const replies = await this.#transaction(organizationId, group);
      group.forEach((waiting, index) => waiting.resolve(replies[index]!));
    } catch (error) {
      if (group.length === 1) return group[0]!.reject(error);
      for (const waiting of group) await this.#commit(organizationId, [waiting]);
    }
  }

  async #transaction(organizationId: string, group: Waiting[]): Promise<JournalReply[]> {
    const entries = group.map((waiting) => waiting.entry);
    return this.#database.withOrganization(organizationId, async (sql) => {
      const relaxed = entries.every((entry) => !entry.durable);
      if (relaxed) void sql('set local synchronous_commit = off').catch(() => undefined); // what follows fails with it
      return writeEntries(sql, organizationId, entries);
    });
  }
}
