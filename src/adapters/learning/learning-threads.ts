import { Piscina } from 'piscina';
import type { CurrentTask, FeaturesTask, FoldTask, LearningTask, VersionTask } from '../../domain/learning-task.js';
import type { Evaluation } from '../../domain/promotion.js';
import { threadArguments, threadProgram } from '../source-threads.js';

const THREAD = new URL('../../engines/learning/learning-thread.js', import.meta.url);
/** A thread that had nothing to do for this long ends: corrections come in sittings. */
const IDLE_MS = 60_000;
/** JavaScript heap; the examples of the largest training need about half of it. */
const MEMORY_MB = 768;

/** Threads in which models learn. One for what somebody waits for, one for trainings: neither keeps the other waiting. */
export class LearningThreads {
  #quick: Piscina<LearningTask> | null = null;
  #slow: Piscina<LearningTask> | null = null;

  /** @returns the packed features of a mail */
  features(task: Omit<FeaturesTask, 'task'>): Promise<Uint8Array> {
    return this.#ask(this.#quickPool(), { task: 'features', ...task });
  }

  /** The model that answers now, as src/engines/learning/organization-model.ts has it; null where there is none. */
  current<Model extends object>(task: Omit<CurrentTask, 'task'>): Promise<Model | null> {
    return this.#ask(this.#quickPool(), { task: 'current', ...task });
  }

  /** @param signal ends it at once, with its thread */
  fold(task: Omit<FoldTask, 'task'>, signal?: AbortSignal): Promise<Evaluation> {
    return this.#ask(this.#slowPool(), { task: 'fold', ...task }, signal);
  }

  /** @param signal ends it at once, with its thread */
  version(task: Omit<VersionTask, 'task'>, signal?: AbortSignal): Promise<{ weights: Uint8Array; labels: string[] }> {
    return this.#ask(this.#slowPool(), { task: 'version', ...task }, signal);
  }

  async close(): Promise<void> {
    await Promise.all([this.#quick?.destroy(), this.#slow?.destroy()]);
    this.#quick = null;
    this.#slow = null;
  }

  #ask<Answer>(pool: Piscina<LearningTask>, task: LearningTask, signal?: AbortSignal): Promise<Answer> {
    return pool.run(task, signal === undefined ? {} : { signal }) as Promise<Answer>;
  }

  #quickPool(): Piscina<LearningTask> {
    return (this.#quick ??= createPool());
  }

  #slowPool(): Piscina<LearningTask> {
    return (this.#slow ??= createPool());
  }
}

function createPool(): Piscina<LearningTask> {
  const program = threadProgram(THREAD);
  return new Piscina<LearningTask>({
    filename: program.href,
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: IDLE_MS,
    concurrentTasksPerWorker: 1,
    execArgv: threadArguments(program),
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
  });
}
