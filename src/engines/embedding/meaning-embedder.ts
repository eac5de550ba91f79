import { MEANING_DIMENSIONS, MEANING_SPACE, WORD_DIMENSIONS, type Embedder } from '../../domain/embedding.js';
import { readMeaningTable, type MeaningTable } from './meaning-table.js';
import { meaningOf } from './meaning.js';
import { WordEmbedder } from './word-embedder.js';

/** Of what words mean against the words themselves. */
const MEANING_WEIGHT = 1;
const WORDS_WEIGHT = 0.7;
/** A text of which the table knows fewer of the words is of another language: its words alone stand for it. */
const LEAST_KNOWN = 0.4;
const FULLY_KNOWN = 0.6;

/**
 * What the words of a text mean, out of a table that was distilled from a language model, and beside it the words
 * themselves: texts of a language that the table does not know are as like as their words.
 */
export class MeaningEmbedder implements Embedder {
  readonly name = MEANING_SPACE;
  readonly dimensions = MEANING_DIMENSIONS + WORD_DIMENSIONS;
  readonly #words = new WordEmbedder();
  readonly #load: () => Uint8Array;
  #table: MeaningTable | null = null;

  /** @param load reads the file of the table, at the first text */
  constructor(load: () => Uint8Array) {
    this.#load = load;
  }

  embed(texts: readonly string[]): Promise<Float32Array[]> {
    return Promise.resolve(texts.map((text) => this.embedOne(text)));
  }

  embedOne(text: string): Float32Array {
    const meaning = meaningOf(text, (this.#table ??= this.#read()));
    const known = Math.max(0, Math.min(1, (meaning.known - LEAST_KNOWN) / (FULLY_KNOWN - LEAST_KNOWN)));
    const vector = new Float32Array(this.dimensions);
    const [ofMeaning, ofWords] = [known * MEANING_WEIGHT, WORDS_WEIGHT];
    vector.set(meaning.vector.map((value) => value * ofMeaning));
    vector.set(
      this.#words.embedOne(text).map((value) => value * ofWords),
      MEANING_DIMENSIONS,
    );
    const length = Math.hypot(...vector) || 1;
    return vector.map((value) => value / length);
  }

  #read(): MeaningTable {
    const table = readMeaningTable(this.#load());
    if (table.dimensions !== MEANING_DIMENSIONS)
      throw new Error(`the meanings of words have ${table.dimensions} dimensions, not ${MEANING_DIMENSIONS}`);
    return table;
  }
}
