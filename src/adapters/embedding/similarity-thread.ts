import type { SimilarityTask } from './similar-messages.js';

/** The likest of vectors that lie side by side: their places, likest first. What a thread of similar-messages.ts runs. */
export default function search({ wanted, vectors, most }: SimilarityTask): { place: number; likeness: number }[] {
  const dimensions = wanted.length;
  const all = new Int8Array(vectors.buffer, vectors.byteOffset, vectors.byteLength);
  const ofWanted = Math.sqrt(squaresOf(wanted, 0, dimensions));
  const found: { place: number; likeness: number }[] = [];
  let least = -Infinity;
  for (let place = 0; (place + 1) * dimensions <= all.length; place++) {
    const start = place * dimensions;
    let product = 0;
    for (let at = 0; at < dimensions; at++) product += wanted[at]! * all[start + at]!;
    const length = ofWanted * Math.sqrt(squaresOf(all, start, dimensions));
    const likeness = length === 0 ? 0 : product / length;
    if (found.length === most && likeness <= least) continue;
    found.push({ place, likeness });
    found.sort((one, two) => two.likeness - one.likeness || one.place - two.place);
    found.length = Math.min(found.length, most);
    least = found.at(-1)!.likeness;
  }
  return found;
}

function squaresOf(vectors: Int8Array, start: number, dimensions: number): number {
  let squares = 0;
  for (let at = start; at < start + dimensions; at++) squares += vectors[at]! * vectors[at]!;
  return squares;
}
