import { Piscina } from 'piscina';
import { comparisonsOf, type Comparison } from '../../domain/embedding.js';
import type { Database } from '../database/database.js';
import { threadArguments, threadProgram } from '../source-threads.js';
import { readEmbedding, readEmbeddingPage } from './message-embeddings.js';

const THREAD = new URL('./similarity-thread.js', import.meta.url);
const IDLE_MS = 60_000;
/** The newest ones are searched: 13 MB of vectors, in pieces of 3 MB. */
export const MOST_SEARCHED = 20_000;
const PAGE = 5_000;

export interface SimilarityTask {
  wanted: Int8Array;
  /** Side by side, each as long as `wanted`. */
  vectors: Uint8Array;
  most: number;
}

export interface SimilarMessage {
  messageId: string;
  /** -1 to 1. */
  likeness: number;
  /** The space in which both were compared. */
  space: string;
}

/** Messages that are about the same, searched beside the event loop. */
export class SimilarMessages {
  #pool: Piscina<SimilarityTask, { place: number; likeness: number }[]> | null = null;

  constructor(private readonly database: Database) {}

  /** The `most` likest of the organization's newest messages, likest first; null where nothing is known of the message. */
  async find(organizationId: string, messageId: string, most: number): Promise<SimilarMessage[] | null> {
    const wanted = await this.database.withOrganization(organizationId, (sql) => readEmbedding(sql, messageId));
    if (wanted === null) return null;
    const found: SimilarMessage[] = [];
    let left = MOST_SEARCHED;
    for (const comparison of comparisonsOf(wanted)) {
      const { likest, searched } = await this.#search(organizationId, comparison, most + 1, left);
      found.push(...likest);
      left -= searched;
    }
    return found
      .filter((one) => one.messageId !== messageId)
      .sort((one, two) => two.likeness - one.likeness)
      .slice(0, most);
  }

  /** The likest among the newest vectors that are compared so. */
  async #search(organizationId: string, comparison: Comparison, most: number, limit: number) {
    const { comparedIn, bytes } = comparison;
    let likest: SimilarMessage[] = [];
    let before: string | null = null;
    let searched = 0;
    while (searched < limit) {
      const size = Math.min(PAGE, limit - searched);
      const page = await this.database.withOrganization(organizationId, (sql) =>
        readEmbeddingPage(sql, comparison, before, size),
      );
      searched += page.messageIds.length;
      const task = { wanted: bytes, vectors: page.vectors, most };
      const places = page.messageIds.length === 0 ? [] : await this.#started().run(task);
      const ofPage = places.map(({ place, likeness }) => ({
        messageId: page.messageIds[place]!,
        likeness,
        space: comparedIn,
      }));
      likest = [...likest, ...ofPage].sort((one, two) => two.likeness - one.likeness).slice(0, most);
      if (page.messageIds.length < size) break;
      before = page.messageIds.at(-1)!;
    }
    return { likest, searched };
  }

  async close(): Promise<void> {
    await this.#pool?.destroy();
    this.#pool = null;
  }

  #started() {
    const program = threadProgram(THREAD);
    return (this.#pool ??= new Piscina<SimilarityTask, { place: number; likeness: number }[]>({
      filename: program.href,
      minThreads: 0,
      maxThreads: 1,
      idleTimeout: IDLE_MS,
      concurrentTasksPerWorker: 1,
      execArgv: threadArguments(program),
    }));
  }
}
