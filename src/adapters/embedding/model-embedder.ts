import { existsSync } from 'node:fs';
import path from 'node:path';
import { Piscina } from 'piscina';
import type { Embedder } from '../../domain/embedding.js';
import { threadArguments, threadProgram } from '../source-threads.js';
import type { ModelTask } from './model-thread.js';

const THREAD = new URL('./model-thread.js', import.meta.url);
const DEADLINE_MS = 10_000;
/** Reading the model takes a second or two. */
const FIRST_MS = 60_000;
/** More wait than one thread gets done before they are given up. */
const MOST_WAITING = 500;
const NEEDED = ['model_int8.onnx', 'tokenizer.json', 'tokenizer_config.json', 'node_modules/onnxruntime-node'];

/** all-MiniLM-L6-v2 out of a model folder (deploy/embedding-model/build.sh), in a thread of its own. */
export class ModelEmbedder implements Embedder {
  readonly name = 'minilm-l6-v2';
  readonly dimensions = 384;
  readonly #folder: string;
  #pool: Piscina<ModelTask, Float32Array[]> | null = null;
  #isLoaded = false;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** What a folder lacks to be a model folder, for who set it; null where it has all. */
  static problem(folder: string): string | null {
    const lacking = NEEDED.filter((name) => !existsSync(path.join(folder, name)));
    if (lacking.length === 0) return null;
    return `EVERPOST_EMBEDDING_MODEL: ${folder} has no ${lacking.join(', no ')}: build it with deploy/embedding-model/build.sh`;
  }

  /** @throws where it is not done in time, or the model cannot be read */
  async embed(texts: readonly string[]): Promise<Float32Array[]> {
    const pool = this.#started();
    if (pool.queueSize >= MOST_WAITING) throw new Error('too many texts wait for the embedding model');
    const signal = AbortSignal.timeout(this.#isLoaded ? DEADLINE_MS : FIRST_MS);
    const vectors = await pool.run({ folder: this.#folder, texts }, { signal });
    this.#isLoaded = true;
    return vectors;
  }

  async close(): Promise<void> {
    await this.#pool?.destroy();
    this.#pool = null;
  }

  #started() {
    const program = threadProgram(THREAD);
    return (this.#pool ??= new Piscina<ModelTask, Float32Array[]>({
      filename: program.href,
      minThreads: 0,
      maxThreads: 1,
      // onnxruntime does not give its memory back to a second thread in the same process: the one that is there stays.
      idleTimeout: Infinity,
      concurrentTasksPerWorker: 1,
      execArgv: threadArguments(program),
    }));
  }
}
