import type { Database } from '../database/database.js';
import { readEvents, readHead, readRecentEvents, type FeedEvent } from './read-events.js';

const PAGE = 500;
/** At least so many of the newest events are kept for all subscribers; one that lags further reads the table. */
const WINDOW = 2_000;

/**
 * The end of one organization's feed: read once a wake, shared by all who follow it.
 *
 * It holds a window of the newest events. Subscribers pull from it at their own pace, so nothing queues up for a slow
 * one: who falls behind the window reads on from the table.
 */
export class OrganizationTail {
  readonly #database: Database;
  readonly #organizationId: string;
  readonly #onError: (error: unknown) => void;
  #window: FeedEvent[] = [];
  #position: number;
  #wanted = false;
  #reading = false;
  readonly #waiting = new Set<() => void>();

  private constructor(database: Database, organizationId: string, position: number, onError: (error: unknown) => void) {
    this.#database = database;
    this.#organizationId = organizationId;
    this.#position = position;
    this.#onError = onError;
  }

  /** Begins at the feed's present end. */
  static async open(
    database: Database,
    organizationId: string,
    onError: (error: unknown) => void,
  ): Promise<OrganizationTail> {
    const head = await database.withOrganization(organizationId, readHead);
    return new OrganizationTail(database, organizationId, head.position, onError);
  }

  /** The last position that was read: all before it is committed and visible. */
  get position(): number {
    return this.#position;
  }

  /** What the window holds behind `after`; null where it no longer reaches back that far. */
  newerThan(after: number): readonly FeedEvent[] | null {
    const first = this.#position - this.#window.length;
    if (after < first) return null;
    return this.#window.slice(after - first);
  }

  /** Resolves when something lies behind `after`, or when `signal` is aborted. */
  async advanced(after: number, signal: AbortSignal): Promise<void> {
    if (this.#position > after || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        this.#waiting.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.#waiting.add(done);
      signal.addEventListener('abort', done);
    });
  }

  /** New positions may be there. `thorough` looks in every partition, whatever the server's clock says. */
  wake(thorough: boolean): void {
    this.#wanted = true;
    if (this.#reading) return;
    this.#reading = true;
    void this.#read(thorough);
  }

  async #read(thorough: boolean): Promise<void> {
    try {
      while (this.#wanted) {
        this.#wanted = false;
        const read = thorough ? readEvents : readRecentEvents;
        const events = await this.#database.withOrganization(this.#organizationId, (sql) =>
          read(sql, this.#position, PAGE),
        );
        const [first] = events;
        // A gap: the newer part was seen in a partition, the older one was not looked for.
        const missed = first !== undefined && first.position !== this.#position + 1;
        if (missed && !thorough) this.#wanted = thorough = true;
        else this.#append(events);
        if (events.length === PAGE) this.#wanted = true;
      }
    } catch (error) {
      this.#onError(error); // the next wake reads again
    } finally {
      this.#reading = false;
    }
  }

  #append(events: FeedEvent[]): void {
    const last = events.at(-1);
    if (last === undefined) return;
    if (events[0]!.position !== this.#position + 1) this.#window = [];
    this.#window.push(...events);
    if (this.#window.length > 2 * WINDOW) this.#window = this.#window.slice(-WINDOW);
    this.#position = last.position;
    for (const resolve of this.#waiting) resolve();
  }
}
