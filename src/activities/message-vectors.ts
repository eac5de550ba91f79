import { embeddedText, toBytes, type Embedder, type StoredVector } from '../domain/embedding.js';
import { WordEmbedder } from '../engines/embedding/word-embedder.js';
import type { RunContext } from './run-context.js';

/** Vectors of messages: by the embedding model where there is one, else, and where it fails, by words. */
export class MessageVectors {
  readonly #words = new WordEmbedder();
  readonly #model: Embedder | null;
  readonly #onFailure: (error: unknown) => void;

  constructor(model: Embedder | null, onFailure: (error: unknown) => void) {
    this.#model = model;
    this.#onFailure = onFailure;
  }

  /** Made once a message. */
  async of(context: RunContext): Promise<StoredVector> {
    context.vector ??= this.#embed(context);
    const vector = await context.vector;
    if (vector.space !== this.#words.name) context.meaning = vector;
    return vector;
  }

  /** For what learns from it: where nothing was learned or no model is, it costs nothing. */
  async prepare(context: RunContext): Promise<void> {
    if (this.#model !== null && context.learned.length > 0) await this.of(context);
  }

  async #embed({ parsed }: RunContext): Promise<StoredVector> {
    const text = embeddedText(parsed.subject, parsed.newText);
    if (this.#model !== null) {
      try {
        const [vector] = await this.#model.embed([text]);
        if (vector !== undefined) return { space: this.#model.name, bytes: toBytes(vector) };
      } catch (error) {
        this.#onFailure(error);
      }
    }
    return { space: this.#words.name, bytes: toBytes(this.#words.embedOne(text)) };
  }
}
