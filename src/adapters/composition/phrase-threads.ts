import { Piscina } from 'piscina';
import type {
  BuiltModel,
  Completion,
  LessonRow,
  PhraseTask,
  PredictionAnswer,
  PredictionTask,
} from '../../domain/composition.js';
import { threadArguments, threadProgram } from '../source-threads.js';

const THREAD = new URL('../../engines/composition/phrase-thread.js', import.meta.url);
const IDLE_MS = 10 * 60_000;
const MEMORY_MB = 768;
/** What comes later is of no use to somebody who types. */
const PREDICTION_MS = 1_000;
const BUILD_MS = 120_000;
/** More wait than a thread can answer in time: these are told nothing. */
const MOST_WAITING = 50;

/** Beside the event loop: what is typed next, and the models that it is read from. Started by the first use. */
export class PhraseThreads {
  #pool: Piscina<PhraseTask, PredictionAnswer | BuiltModel[]> | null = null;

  /**
   * @param read gives the bytes of versions that the thread does not have
   * @returns null where there was no answer in time
   */
  async predict(
    task: Omit<PredictionTask, 'task'>,
    read: (versions: readonly string[]) => Promise<ReadonlyMap<string, Uint8Array>>,
  ): Promise<Completion[] | null> {
    const pool = this.#started();
    if (pool.queueSize > MOST_WAITING) return null;
    // The first one waits for the thread to start, which is no fault of it.
    const signal = AbortSignal.timeout(pool.threads.length === 0 ? 30_000 : PREDICTION_MS);
    try {
      const answer = (await pool.run({ task: 'predict', ...task }, { signal })) as PredictionAnswer;
      if ('completions' in answer) return answer.completions;
      const bytes = await read(answer.missing);
      const withBytes = (model: PredictionTask['organization']) => {
        if (model === null || !answer.missing.includes(model.version)) return model;
        const found = bytes.get(model.version);
        return found === undefined ? null : { version: model.version, bytes: found };
      };
      const again = { ...task, organization: withBytes(task.organization), mailbox: withBytes(task.mailbox) };
      const second = (await pool.run({ task: 'predict', ...again }, { signal })) as PredictionAnswer;
      return 'completions' in second ? second.completions : null;
    } catch (error) {
      if (signal.aborted) return null;
      throw error;
    }
  }

  /** @throws where it takes too long or does not survive it */
  async build(lessons: readonly LessonRow[]): Promise<BuiltModel[]> {
    const signal = AbortSignal.timeout(BUILD_MS);
    return (await this.#started().run({ task: 'build', lessons }, { signal })) as BuiltModel[];
  }

  async close(): Promise<void> {
    await this.#pool?.destroy();
    this.#pool = null;
  }

  #started() {
    const program = threadProgram(THREAD);
    return (this.#pool ??= new Piscina<PhraseTask, PredictionAnswer | BuiltModel[]>({
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
