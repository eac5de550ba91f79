import { Piscina } from 'piscina';
import {
  DRAFT_CHECKS,
  type DraftAnswer,
  type DraftTask,
  type DraftThreadAnswer,
  type DraftThreadData,
  type DraftThreadReport,
} from '../../domain/composition.js';
import { readNgramSource } from '../ngram-source.js';
import { readDictionary } from './dictionary-files.js';
import { threadArguments, threadProgram } from '../source-threads.js';

const THREAD = new URL('../../engines/composition/draft-thread.js', import.meta.url);
/** The grammar's words take some 250 MB: a thread that nobody asks gives them back. */
const IDLE_MS = 5 * 60_000;
const MEMORY_MB = 512;
const CHECK_MS = 10_000;
const START_MS = 30_000;
const MOST_WAITING = 20;

type Pool = Piscina<DraftTask, DraftThreadAnswer>;

/** Beside the event loop: what is wrong with a draft. Started by the first use. */
export class DraftThreads {
  #pool: Pool | null = null;

  readonly #dictionaries: string | null;
  readonly #program: URL;

  /**
   * @param dictionaries folder of Hunspell dictionaries beside those that come with the program; null: none
   * @param program what the thread runs
   */
  constructor(dictionaries: string | null, program: URL = THREAD) {
    this.#dictionaries = dictionaries;
    this.#program = program;
  }

  /** Where there is no answer in time, all checks are told as not made. */
  async check(task: DraftTask): Promise<DraftAnswer> {
    const pool = this.#started();
    if (pool.queueSize > MOST_WAITING) return unanswered(task, 'too many drafts are being checked');
    const signal = AbortSignal.timeout(pool.threads.length === 0 ? START_MS : CHECK_MS);
    try {
      const answer = await pool.run(task, { signal });
      if (!('wants' in answer)) return this.#told(answer, pool);
      const dictionary = await readDictionary(answer.wants, this.#dictionaries);
      const second = await pool.run({ ...task, dictionary }, { signal });
      return 'wants' in second ? unanswered(task, 'its dictionary could not be loaded') : this.#told(second, pool);
    } catch (error) {
      if (signal.aborted) return unanswered(task, 'it took too long');
      throw error;
    }
  }

  /** What is asked next goes to another thread where this one is broken; what waits for it is still answered there. */
  #told({ broken, ...answer }: DraftThreadReport, pool: Pool): DraftAnswer {
    if (broken && this.#pool === pool) {
      this.#pool = null;
      void pool.close();
    }
    return answer;
  }

  async close(): Promise<void> {
    await this.#pool?.destroy();
    this.#pool = null;
  }

  #started() {
    const program = threadProgram(this.#program);
    return (this.#pool ??= new Piscina<DraftTask, DraftThreadAnswer>({
      filename: program.href,
      minThreads: 0,
      maxThreads: 1,
      idleTimeout: IDLE_MS,
      concurrentTasksPerWorker: 1,
      execArgv: threadArguments(program),
      workerData: { ngrams: readNgramSource() } satisfies DraftThreadData,
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
    }));
  }
}

function unanswered({ language }: DraftTask, reason: string): DraftAnswer {
  const unchecked = DRAFT_CHECKS.filter((check) => check !== 'RECIPIENTS').map((check) => ({ check, reason }));
  return { language: language ?? 'unknown', warnings: [], checked: [], unchecked };
}
