import { embeddedText, meaningPart, toBytes, type Embedder, type StoredVector } from '../domain/embedding.js';
import { MeaningEmbedder } from '../engines/embedding/meaning-embedder.js';
import { WordEmbedder } from '../engines/embedding/word-embedder.js';
import type { RunContext } from './run-context.js';

/** What makes vectors of messages here. */
export interface VectorMakers {
  /** The embedding model that the operator named; null where there is none. */
  model: Embedder | null;
  /** Reads what words mean (src/adapters/embedding/meaning-file.ts). */
  meanings: () => Uint8Array;
  /** Of what fails, whose place the next one takes. */
  onFailure: (error: unknown, embedder: string) => void;
}

/** Vectors of messages: by the embedding model where there is one, else by what words mean, else by words alone. */
export class MessageVectors {
  readonly #embedders: readonly Embedder[];
  readonly #onFailure: VectorMakers['onFailure'];

  constructor({ model, meanings, onFailure }: VectorMakers) {
    const embedded = [new MeaningEmbedder(meanings), new WordEmbedder()];
    this.#embedders = model === null ? embedded : [model, ...embedded];
    this.#onFailure = onFailure;
  }

  /** Made once a message. */
  async of(context: RunContext): Promise<StoredVector> {
    context.vector ??= this.#embed(context);
    const vector = await context.vector;
    context.meaning = meaningPart(vector);
    return vector;
  }

  /** For what learns from it: where nothing was learned it costs nothing. */
  async prepare(context: RunContext): Promise<void> {
    if (context.learned.length > 0) await this.of(context);
  }

  async #embed({ parsed }: RunContext): Promise<StoredVector> {
    const text = embeddedText(parsed.subject, parsed.newText);
    for (const embedder of this.#embedders) {
      try {
        const [vector] = await embedder.embed([text]);
        if (vector !== undefined) return { space: embedder.name, bytes: toBytes(vector) };
      } catch (error) {
        this.#onFailure(error, embedder.name);
      }
    }
    throw new Error('no embedder made a vector');
  }
}
