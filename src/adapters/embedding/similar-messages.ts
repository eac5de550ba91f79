import { Piscina } from 'piscina';
import type { Database } from '../database/database.js';
import { threadArguments, threadProgram } from '../source-threads.js';
import { readEmbedding, readEmbeddingPage } from './message-embeddings.js';

const THREAD = new URL('./similarity-thread.js', import.meta.url);
const IDLE_MS = 60_000;
/** The newest ones are searched: 8 MB of vectors, in pieces of 2 MB. */
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
  /** The space that both vectors are of. */
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
    let found: SimilarMessage[] = [];
    let before: string | null = null;
    for (let searched = 0; searched < MOST_SEARCHED; searched += PAGE) {
      const page = await this.database.withOrganization(organizationId, (sql) =>
        readEmbeddingPage(sql, wanted, before, PAGE),
      );
      const task = { wanted: wanted.bytes, vectors: page.vectors, most: most + 1 };
      const likest = page.messageIds.length === 0 ? [] : await this.#started().run(task);
      found = [
        ...found,
        ...likest.map((one) => ({
          messageId: page.messageIds[one.place]!,
          likeness: one.likeness,
          space: wanted.space,
        })),
      ]
        .filter((one) => one.messageId !== messageId)
        .sort((one, two) => two.likeness - one.likeness)
        .slice(0, most);
      if (page.messageIds.length < PAGE) break;
      before = page.messageIds.at(-1)!;
    }
    return found;
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
