import { sqlState, type Database, type Sql } from '../adapters/database/database.js';
import { acceptMessages, type AcceptedMessage } from '../adapters/messages/accept-messages.js';
import { storeChunks } from '../adapters/messages/blobs.js';
import type { InstanceLock } from './instance-lock.js';
import { cannotBeStored, temporaryFailure, type SmtpReply } from './replies.js';
import type { SpoolFile } from './spool.js';
import { withoutWaitingForDisk, type Acceptance, type UnconfirmedLedger } from './unconfirmed.js';

/** One mail transaction of a client, read to its end: a message for each organization that receives it. */
export interface Delivery {
  acceptance: Acceptance;
  /** When its DATA began. */
  startedAt: Date;
  messages: AcceptedMessage[];
  /** Where the bytes are when the messages do not carry them. */
  file: SpoolFile | null;
  /** Text of the 250. */
  reply: string;
}

export interface Accepted {
  /** Text of the 250: the delivery's own, or that of the acceptance that it repeats. */
  reply: string;
  repeated: boolean;
}

const LOCK_PATIENCE_MS = 5_000;

/** Commits deliveries, each whole or not at all, in one transaction together with their unconfirmed rows. */
export class AcceptanceWriter {
  readonly #database: Database;
  readonly #ledger: UnconfirmedLedger;
  readonly #lock: InstanceLock;

  constructor(database: Database, ledger: UnconfirmedLedger, lock: InstanceLock) {
    this.#database = database;
    this.#ledger = ledger;
    this.#lock = lock;
  }

  async write(deliveries: readonly Delivery[]): Promise<Accepted[]> {
    if (!(await this.#lock.held(LOCK_PATIENCE_MS))) throw new Error('the database does not answer');
    const known = (await this.#writeAsNew(deliveries)) ? new Map<string, string>() : await this.#match(deliveries);
    return deliveries.map(({ acceptance, reply }) => {
      acceptance.written = true;
      const earlier = known.get(acceptance.session);
      return { reply: earlier ?? reply, repeated: earlier !== undefined };
    });
  }

  /**
   * Writes what the ledger knows, without waiting for the disk: the death of a process loses nothing of it. Apart from
   * the batches, where it cost a statement or two each.
   */
  async flush(): Promise<void> {
    let settle: (committed: boolean) => void = () => undefined;
    try {
      await this.#database.asSystem(async (sql) => {
        await Promise.all([withoutWaitingForDisk(sql), this.#ledger.write(sql, (settled) => (settle = settled))]);
      });
      settle(true);
    } catch (error) {
      settle(false);
      throw error;
    }
  }

  /**
   * Stores them all as new ones while it looks whether one may be known: hardly ever one is, and so the statements
   * travel together.
   *
   * @returns false when one may be known; nothing is committed then
   */
  async #writeAsNew(deliveries: readonly Delivery[]): Promise<boolean> {
    if (deliveries.some(({ file }) => file !== null)) return false; // no megabytes are copied in vain
    try {
      await this.#database.asSystem(async (sql) => {
        const [mayBeKnown] = await Promise.all([
          this.#ledger.lockAndLook(
            sql,
            deliveries.map(({ acceptance }) => acceptance),
          ),
          this.#store(sql, deliveries),
        ]);
        if (mayBeKnown) throw new MayBeKnown();
      });
      return true;
    } catch (error) {
      if (error instanceof MayBeKnown) return false;
      throw error;
    }
  }

  /** @returns the earlier replies of those that are known, by session; the others are stored */
  async #match(deliveries: readonly Delivery[]): Promise<Map<string, string>> {
    return this.#database.asSystem(async (sql) => {
      const acceptances = deliveries.map(({ acceptance }) => acceptance);
      const [, claimed] = await Promise.all([
        this.#ledger.lockAndLook(sql, acceptances),
        this.#ledger.claim(sql, deliveries),
      ]);
      const known = new Map(claimed.map(({ session, reply }) => [session, reply]));
      const fresh = deliveries.filter(({ acceptance }) => !known.has(acceptance.session));
      for (const { file, messages } of fresh) {
        if (file !== null) for (const message of messages) await storeChunks(sql, message, file.read());
      }
      if (fresh.length > 0) await this.#store(sql, fresh);
      return known;
    });
  }

  async #store(sql: Sql, deliveries: readonly Delivery[]): Promise<void> {
    await Promise.all([
      acceptMessages(
        sql,
        deliveries.flatMap(({ messages }) => messages),
      ),
      this.#ledger.insert(sql, deliveries.map(unconfirmedRow)),
    ]);
  }
}

/** Ends a transaction that stored what may be known already. */
class MayBeKnown extends Error {}

function unconfirmedRow({ acceptance, messages, reply }: Delivery) {
  return { acceptance, acceptedAs: messages.map(({ id }) => id), reply };
}

/** Errors of a statement, which another message's data may have caused; not those of the connection or the server. */
export function mayBeOneMessages(error: unknown): boolean {
  const state = sqlState(error);
  return state !== null && !/^(08|53|57|58)/.test(state);
}

/** Class 22: data that a column never takes. 54: beyond a limit of Postgres. All else may go away. */
export function replyFor(error: unknown): SmtpReply {
  return /^(22|54)/.test(sqlState(error) ?? '') ? cannotBeStored() : temporaryFailure();
}
