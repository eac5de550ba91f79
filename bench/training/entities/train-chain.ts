import {
  type Chain,
  emissionsOf,
  marginalsOf,
  TAGS,
  WEIGHTS,
} from '../../../src/engines/content/entities/names/chain.js';
import type { SeededNumbers } from './random.js';

/** A stretch of tokens: the buckets of each, and the tags that each may have. */
export interface Sequence {
  features: number[][];
  allowed: Uint8Array;
}

const ROUNDS = 5;
const RATE = 0.12;
const RIDGE = 2e-7;

/**
 * Weights under which the allowed tags are likeliest: stochastic gradient of the partial log likelihood (expected
 * counts under what is allowed less those under everything), steps by AdaGrad, weights averaged over the last rounds.
 */
export function trainChain(sequences: readonly Sequence[], random: SeededNumbers): Chain {
  const chain: Chain = { weights: new Float32Array(WEIGHTS), transitions: new Float32Array(TAGS * TAGS) };
  const squares = new Float32Array(WEIGHTS).fill(1e-2);
  const transitionSquares = new Float32Array(TAGS * TAGS).fill(1);
  const order = [...sequences];
  for (let round = 0; round < ROUNDS; round++) {
    random.shuffle(order);
    for (const { features, allowed } of order) {
      const scores = emissionsOf(chain, features);
      const wanted = marginalsOf(chain, scores, allowed);
      const present = marginalsOf(chain, scores);
      features.forEach((buckets, at) => {
        for (let tag = 0; tag < TAGS; tag++) {
          const gradient = (wanted.tags[at * TAGS + tag] ?? 0) - (present.tags[at * TAGS + tag] ?? 0);
          if (Math.abs(gradient) < 1e-4) continue;
          for (const bucket of buckets) step(chain.weights, squares, bucket * TAGS + tag, gradient);
        }
      });
      for (let index = 0; index < TAGS * TAGS; index++) {
        step(
          chain.transitions,
          transitionSquares,
          index,
          (wanted.transitions[index] ?? 0) - (present.transitions[index] ?? 0),
        );
      }
    }
  }
  return chain;
}

function step(weights: Float32Array, squares: Float32Array, at: number, gradient: number): void {
  const pulled = gradient - RIDGE * (weights[at] ?? 0);
  squares[at] = (squares[at] ?? 0) + pulled * pulled;
  weights[at] = (weights[at] ?? 0) + (RATE * pulled) / Math.sqrt(squares[at] ?? 1);
}
