export interface GroupCommitOptions<Item, Result> {
  /** Commits a batch in one transaction: results in the order of the items, or an error and nothing is committed. */
  write(batch: readonly Item[]): Promise<Result[]>;
  bytesOf(item: Item): number;
  /** Whether an error may be one item's alone: then each is tried in a transaction of its own. */
  mayBeOneItems(error: unknown): boolean;
  /** Whether nobody waits for an item any more: it is dropped as long as it is in no batch. */
  isAbandoned(item: Item): boolean;
  /** Batches that commit at the same time. */
  lanes: number;
  maxItems: number;
  maxBytes: number;
  /**
   * For tests alone: answers before the commit, as a server that loses mail does. Never made from configuration; the
   * durability tests need it to show that they notice a loss.
   */
  answerBeforeCommit?: (item: Item) => Result;
}

export class AbandonedError extends Error {
  override name = 'AbandonedError';
}

interface Waiting<Item, Result> {
  item: Item;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

/**
 * Lets concurrent deliveries share a commit: a batch is what came in while the one before it committed, so that the
 * cost of an fsync is spread the wider the more there is to do, and a lone message waits for nobody.
 *
 * A batch that fails is retried item by item: what one message cannot be stored for never changes another's reply.
 */
export class GroupCommit<Item, Result> {
  readonly #options: GroupCommitOptions<Item, Result>;
  #waiting: Waiting<Item, Result>[] = [];
  #busyLanes = 0;
  #scheduled = false;
  #whenIdle: (() => void)[] = [];

  constructor(options: GroupCommitOptions<Item, Result>) {
    this.#options = options;
  }

  /** @throws the item's own error, AbandonedError where nobody waited for it */
  submit(item: Item): Promise<Result> {
    const result = new Promise<Result>((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
    });
    this.#schedule();
    const early = this.#options.answerBeforeCommit;
    if (early === undefined) return result;
    result.catch(() => undefined); // it was answered already: this is the loss that the tests must notice
    return Promise.resolve(early(item));
  }

  /** Resolves when nothing waits or commits. */
  async idle(): Promise<void> {
    if (this.#busyLanes === 0 && this.#waiting.length === 0) return;
    await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
  }

  /** After the current turn of the event loop: what its sockets brought goes into one batch. */
  #schedule(): void {
    if (this.#scheduled || this.#busyLanes >= this.#options.lanes) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#fillLanes();
    });
  }

  #fillLanes(): void {
    while (this.#busyLanes < this.#options.lanes) {
      const batch = this.#nextBatch();
      if (batch.length === 0) break;
      this.#busyLanes += 1;
      void this.#commit(batch).finally(() => {
        this.#busyLanes -= 1;
        this.#schedule();
        if (this.#busyLanes === 0 && this.#waiting.length === 0) this.#tellIdle();
      });
    }
    if (this.#busyLanes === 0) this.#tellIdle();
  }

  #nextBatch(): Waiting<Item, Result>[] {
    const options = this.#options;
    const batch: Waiting<Item, Result>[] = [];
    let bytes = 0;
    let taken = 0;
    for (const waiting of this.#waiting) {
      if (options.isAbandoned(waiting.item)) {
        waiting.reject(new AbandonedError());
      } else {
        bytes += options.bytesOf(waiting.item);
        if (batch.length === options.maxItems || (batch.length > 0 && bytes > options.maxBytes)) break;
        batch.push(waiting);
      }
      taken += 1;
    }
    this.#waiting = this.#waiting.slice(taken);
    return batch;
  }

  async #commit(batch: Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.#options.write(batch.map(({ item }) => item));
      batch.forEach((one, index) => one.resolve(results[index]!));
    } catch (error) {
      if (batch.length > 1 && this.#options.mayBeOneItems(error)) {
        for (const one of batch) await this.#commit([one]);
      } else {
        for (const one of batch) one.reject(error);
      }
    }
  }

  #tellIdle(): void {
    const told = this.#whenIdle;
    this.#whenIdle = [];
    for (const tell of told) tell();
  }
}
