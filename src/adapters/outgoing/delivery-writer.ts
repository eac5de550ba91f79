import pRetry from 'p-retry';
import { sqlState, type Database } from '../database/database.js';
import { isUnreachable } from '../database/unreachable.js';
import { writeIntents, writeSettlements, type Intent, type Settlement } from './recipient-writes.js';

/** Another round has taken over: this one must not go on. */
export class AttemptOvertaken extends Error {
  override name = 'AttemptOvertaken';
}

interface Waiting {
  organizationId: string;
  write: Intent | Settlement;
  resolve: () => void;
  reject: (error: unknown) => void;
}

const MOST_TOGETHER = 200;
const SETTLE_WITHIN_MS = 30 * 60_000;

/**
 * Writes intents and settlements of many conversations in one transaction an organization: what comes while one commits
 * goes into the next. Each is on the disk when its promise resolves.
 */
export class DeliveryWriter {
  readonly #database: Database;
  #waiting: Waiting[] = [];
  #writing = false;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * Commits the intent of an attempt.
   *
   * @throws AttemptOvertaken where another round has its recipient by now
   */
  intend(organizationId: string, intent: Omit<Intent, 'kind'>): Promise<void> {
    return this.#write(organizationId, { kind: 'intent', ...intent });
  }

  /** Commits how a round ended. A database that is down is waited for: what the server said is known here alone. */
  settle(organizationId: string, settlement: Omit<Settlement, 'kind'>): Promise<void> {
    return pRetry(() => this.#write(organizationId, { kind: 'settlement', ...settlement }), {
      retries: Infinity,
      minTimeout: 200,
      maxTimeout: 5_000,
      maxRetryTime: SETTLE_WITHIN_MS,
      shouldRetry: ({ error }) => isUnreachable(error) || sqlState(error) === DEADLOCK,
    });
  }

  #write(organizationId: string, write: Intent | Settlement): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ organizationId, write, resolve, reject });
      if (this.#writing) return;
      this.#writing = true;
      setImmediate(() => void this.#drain());
    });
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const taken = this.#waiting.splice(0, MOST_TOGETHER);
      const byOrganization = Map.groupBy(taken, ({ organizationId }) => organizationId);
      await Promise.all([...byOrganization].map(([id, group]) => this.#commit(id, group)));
    }
    this.#writing = false;
  }

  async #commit(organizationId: string, group: Waiting[]): Promise<void> {
    try {
      const intended = await this.#transaction(organizationId, group);
      for (const { write, resolve, reject } of group) {
        if (write.kind === 'settlement' || intended.has(write.attemptId)) resolve();
        else reject(new AttemptOvertaken('another worker has taken over'));
      }
    } catch (error) {
      if (group.length === 1) return group[0]!.reject(error);
      for (const waiting of group) await this.#commit(organizationId, [waiting]);
    }
  }

  #transaction(organizationId: string, group: Waiting[]): Promise<Set<string>> {
    const writes = group.map(({ write }) => write);
    const intents = writes.filter((write) => write.kind === 'intent');
    const settlements = writes.filter((write) => write.kind === 'settlement');
    return this.#database.withOrganization(organizationId, async (sql) => {
      const [intended] = await Promise.all([
        writeIntents(sql, organizationId, intents),
        writeSettlements(sql, organizationId, settlements),
      ]);
      return intended;
    });
  }
}

const DEADLOCK = '40P01';
