import { EMBEDDED_CHARACTERS } from '../../domain/embedding.js';
import { readable } from '../language/text-bounds.js';
import type { MeaningTable } from './meaning-table.js';
import { wordPieces } from './word-pieces.js';

export interface Meaning {
  /** Of length 1; all 0 where no word is known. */
  vector: Float32Array;
  /** Share of its words that the table knows as they are: low where it is of a language that the table does not speak. */
  known: number;
}

/** What the words of a text mean together: the mean of their rows, which are weighed by how rare they are. */
export function meaningOf(text: string, { pieces, dimensions, scales, components }: MeaningTable): Meaning {
  const { rows, words, whole } = wordPieces(readable(text, EMBEDDED_CHARACTERS), pieces);
  const vector = new Float32Array(dimensions);
  for (const row of rows) {
    const scale = scales[row]!;
    const start = row * dimensions;
    for (let dimension = 0; dimension < dimensions; dimension++)
      vector[dimension]! += scale * components[start + dimension]!;
  }
  const length = Math.hypot(...vector) || 1;
  return { vector: vector.map((value) => value / length), known: words === 0 ? 0 : whole / words };
}
