import type { Database, DatabaseOptions } from '../database/database.js';
import { FeedListener } from './feed-listener.js';
import { FeedSubscription } from './feed-subscription.js';
import { OrganizationTail } from './organization-tail.js';
import { readEvents, readHead, readMessageEvents, type FeedEvent, type FeedHead } from './read-events.js';

/** Notifications only wake readers: one that was lost costs at most this. */
const SAFETY_POLL_MS = 1_000;
const PAGE = 500;

/** The cursor lies before what is kept, or behind the end (a restored database): reading on would miss events. */
export class CursorExpiredError extends Error {
  override name = 'CursorExpiredError';
}

export interface FeedReaderOptions extends Pick<DatabaseOptions, 'url' | 'applicationName'> {
  /** As everpost_app. */
  database: Database;
  onError: (error: unknown) => void;
}

export interface FeedRequest {
  organizationId: string;
  /** Only this message's events. */
  messageId?: string;
  /** The position last seen; `now` for what is still to come, `start` for all that is kept. */
  after: number | 'now' | 'start';
}

interface SharedTail {
  opened: Promise<OrganizationTail>;
  tail: OrganizationTail | null;
  subscribers: number;
}

/**
 * The live feed of a process: one listening connection, one tail an organization that is followed, any number of
 * subscribers. Each event reaches a subscriber once, in order.
 */
export class FeedReader {
  readonly #options: FeedReaderOptions;
  readonly #listener: FeedListener;
  readonly #tails = new Map<string, SharedTail>();
  readonly #open = new Set<FeedSubscription>();
  #poll: NodeJS.Timeout | null = null;

  constructor(options: FeedReaderOptions) {
    this.#options = options;
    this.#listener = new FeedListener({
      url: options.url,
      applicationName: options.applicationName,
      role: 'everpost_app',
      onWake: () => this.#wake(false),
      onError: options.onError,
    });
  }

  start(): void {
    this.#listener.start();
    this.#poll ??= setInterval(() => this.#wake(true), SAFETY_POLL_MS);
  }

  /** Ends every subscription and the listening connection. */
  async stop(): Promise<void> {
    if (this.#poll) clearInterval(this.#poll);
    for (const subscription of this.#open) subscription.close();
    await this.#listener.stop();
  }

  /**
   * Begins to follow a feed; when this resolves, whatever commits from now on is delivered.
   *
   * @returns events until `return` is called or the reader stops. Memory is bounded however slowly they are taken.
   * @throws CursorExpiredError here, or later when retention overtakes a subscriber that hardly reads
   */
  async subscribe(request: FeedRequest): Promise<FeedSubscription> {
    const shared = this.#share(request.organizationId);
    try {
      const tail = await shared.opened;
      const head = await this.#options.database.withOrganization(request.organizationId, readHead);
      const from = startOf(request.after, head);
      const subscription: FeedSubscription = new FeedSubscription(
        (closed) => this.#follow(tail, request, from, closed),
        () => {
          this.#open.delete(subscription);
          this.#leave(request.organizationId, shared);
        },
      );
      this.#open.add(subscription);
      return subscription;
    } catch (error) {
      this.#leave(request.organizationId, shared);
      throw error;
    }
  }

  async *#follow(
    tail: OrganizationTail,
    request: FeedRequest,
    from: number,
    signal: AbortSignal,
  ): AsyncGenerator<FeedEvent, undefined> {
    let position = from;
    while (!signal.aborted) {
      const until = tail.position;
      const events = tail.newerThan(position) ?? (await this.#readBacklog(request, position, until));
      for (const event of events) {
        if (signal.aborted) return;
        if (event.position <= position) continue;
        position = event.position;
        if (request.messageId === undefined || event.messageId === request.messageId) yield event;
      }
      // A page that was not full, or the window, reaches to `until`: the rest of it is other messages' events.
      if (events.length < PAGE) position = Math.max(position, until);
      await tail.advanced(position, signal);
    }
    return undefined;
  }

  async #readBacklog(request: FeedRequest, after: number, until: number): Promise<FeedEvent[]> {
    const { messageId } = request;
    return this.#options.database.withOrganization(request.organizationId, async (sql) => {
      const events =
        messageId === undefined
          ? (await readEvents(sql, after, PAGE)).filter((event) => event.position <= until)
          : await readMessageEvents(sql, messageId, after, until, PAGE);
      // Asked after the events: what retention dropped meanwhile shows here and nothing is missed in silence.
      const head = await readHead(sql);
      if (after < head.oldest - 1) throw new CursorExpiredError(expired(after, head.oldest));
      return events;
    });
  }

  #share(organizationId: string): SharedTail {
    let shared = this.#tails.get(organizationId);
    if (shared === undefined) {
      const opened = OrganizationTail.open(this.#options.database, organizationId, this.#options.onError);
      const created: SharedTail = { opened, tail: null, subscribers: 0 };
      opened.then(
        (tail) => {
          created.tail = tail;
          tail.wake(true);
        },
        () => {
          // every subscriber that waits for it is told; the next one tries anew
          if (this.#tails.get(organizationId) === created) this.#tails.delete(organizationId);
        },
      );
      shared = created;
      this.#tails.set(organizationId, shared);
    }
    shared.subscribers++;
    return shared;
  }

  #leave(organizationId: string, shared: SharedTail): void {
    shared.subscribers--;
    if (shared.subscribers === 0 && this.#tails.get(organizationId) === shared) this.#tails.delete(organizationId);
  }

  #wake(thorough: boolean): void {
    for (const shared of this.#tails.values()) shared.tail?.wake(thorough);
  }
}

function startOf(after: FeedRequest['after'], head: FeedHead): number {
  if (after === 'now') return head.position;
  if (after === 'start') return head.oldest - 1;
  if (after < head.oldest - 1) throw new CursorExpiredError(expired(after, head.oldest));
  if (after > head.position) {
    throw new CursorExpiredError(`the cursor names position ${after}, but the feed ends at ${head.position}`);
  }
  return after;
}

const expired = (after: number, oldest: number) =>
  `the cursor names position ${after}, but the first event that is still kept is ${oldest}`;
