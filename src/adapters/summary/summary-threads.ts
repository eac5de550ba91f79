import { Piscina } from 'piscina';
import type { ThreadSummary, ThreadSummaryTask } from '../../domain/thread-summary.js';
import { threadArguments, threadProgram } from '../source-threads.js';

const THREAD = new URL('../../engines/summary/summary-thread.js', import.meta.url);
const IDLE_MS = 5 * 60_000;
const MEMORY_MB = 256;
const SUMMARY_MS = 20_000;
const MOST_WAITING = 50;

/** More summaries are asked for than can be made, or one took too long. */
export class SummaryUnavailable extends Error {
  override readonly name = 'SummaryUnavailable';
}

/** Beside the event loop: summaries of threads. Started by the first use. */
export class SummaryThreads {
  #pool: Piscina<ThreadSummaryTask, ThreadSummary> | null = null;

  /** @throws SummaryUnavailable */
  async summarise(task: ThreadSummaryTask): Promise<ThreadSummary> {
    const pool = this.#started();
    if (pool.queueSize > MOST_WAITING) throw new SummaryUnavailable('too many summaries are being made');
    const signal = AbortSignal.timeout(SUMMARY_MS);
    try {
      return await pool.run(task, { signal });
    } catch (error) {
      if (signal.aborted) throw new SummaryUnavailable(`it took longer than ${SUMMARY_MS} ms`, { cause: error });
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#pool?.destroy();
    this.#pool = null;
  }

  #started() {
    const program = threadProgram(THREAD);
    return (this.#pool ??= new Piscina<ThreadSummaryTask, ThreadSummary>({
      filename: program.href,
      minThreads: 0,
      maxThreads: 1,
      idleTimeout: IDLE_MS,
      concurrentTasksPerWorker: 1,
      execArgv: threadArguments(program),
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
    }));
  }
}
