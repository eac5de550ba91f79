import { Piscina } from 'piscina';
import {
  DRAFT_CHECKS,
  type DraftAnswer,
  type DraftTask,
  type DraftThreadAnswer,
  type DraftThreadData,
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

/** Beside the event loop: what is wrong with a draft. Started by the first use. */
export class DraftThreads {
  #pool: Piscina<DraftTask, DraftThreadAnswer> | null = null;

  readonly #dictionaries: string | null;

  /** @param dictionaries folder of Hunspell dictionaries beside those that come with the program; null: none */
  constructor(dictionaries: string | null) {
    this.#dictionaries = dictionaries;
  }

  /** Where there is no answer in time, all checks are told as not made. */
  async check(task: DraftTask): Promise<DraftAnswer> {
    const pool = this.#started();
    if (pool.queueSize > MOST_WAITING) return unanswered(task, 'too many drafts are being checked');
    const signal = AbortSignal.timeout(pool.threads.length === 0 ? START_MS : CHECK_MS);
    try {
      const answer = await pool.run(task, { signal });
      if (!('wants' in answer)) return answer;
      const dictionary = await readDictionary(answer.wants, this.#dictionaries);
      const second = await pool.run({ ...task, dictionary }, { signal });
      return 'wants' in second ? unanswered(task, 'its dictionary could not be loaded') : second;
    } catch (error) {
      if (signal.aborted) return unanswered(task, 'it took too long');
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#pool?.destroy();
    this.#pool = null;
  }

  #started() {
    const program = threadProgram(THREAD);
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
