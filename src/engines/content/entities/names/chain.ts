import { BUCKETS } from './name-features.js';

/** What a stretch of words names; the first word of the kind at k has tag 1 + 2k, later ones 2 + 2k. */
export const NAMED_KINDS = ['person', 'organization', 'place'] as const;
export type NamedKind = (typeof NAMED_KINDS)[number];

/** Outside, and a first and a later word of each kind. */
export const TAGS = 1 + 2 * NAMED_KINDS.length;
export const OUTSIDE = 0;
export const firstOf = (kind: NamedKind): number => 1 + 2 * NAMED_KINDS.indexOf(kind);
export const laterOf = (kind: NamedKind): number => firstOf(kind) + 1;
/** The kind that a tag is of; null for outside. */
export const kindOf = (tag: number): NamedKind | null => NAMED_KINDS[(tag - 1) >> 1] ?? null;
const isLater = (tag: number): boolean => tag > 0 && tag % 2 === 0;

/** A linear-chain conditional random field over these tags. */
export interface Chain {
  /** Weight of tag t for bucket b at `b * TAGS + t`. */
  weights: Float32Array;
  /** Weight of going from tag a to tag b at `a * TAGS + b`. */
  transitions: Float32Array;
}

export const WEIGHTS = BUCKETS * TAGS;

/** Scores of each tag for each token; a later word cannot come first. */
export function emissionsOf(chain: Chain, features: readonly (readonly number[])[]): Float64Array {
  const scores = new Float64Array(features.length * TAGS);
  features.forEach((buckets, at) => {
    for (const bucket of buckets) {
      for (let tag = 0; tag < TAGS; tag++) {
        scores[at * TAGS + tag] = (scores[at * TAGS + tag] ?? 0) + (chain.weights[bucket * TAGS + tag] ?? 0);
      }
    }
  });
  return scores;
}

const IMPOSSIBLE = -1e9;
/** Every tag allowed, a bit each. */
export const ANY_TAG = (1 << TAGS) - 1;

function transition(chain: Chain, from: number, to: number): number {
  const breaks = isLater(to) && from !== to && from !== to - 1;
  return breaks ? IMPOSSIBLE : (chain.transitions[from * TAGS + to] ?? 0);
}

/** The likeliest tags. */
export function likeliestTags(chain: Chain, scores: Float64Array): number[] {
  const length = scores.length / TAGS;
  const best = new Float64Array(scores.length);
  const from = new Int8Array(scores.length);
  for (let at = 0; at < length; at++) {
    for (let tag = 0; tag < TAGS; tag++) {
      let highest = Number.NEGATIVE_INFINITY;
      for (let before = 0; before < TAGS; before++) {
        if (at === 0 && before !== OUTSIDE) continue;
        const score = (at === 0 ? 0 : (best[(at - 1) * TAGS + before] ?? 0)) + transition(chain, before, tag);
        if (score > highest) {
          highest = score;
          from[at * TAGS + tag] = before;
        }
      }
      best[at * TAGS + tag] = highest + (scores[at * TAGS + tag] ?? 0);
    }
  }
  const tags = Array.from({ length }, () => OUTSIDE);
  let tag = OUTSIDE;
  for (let other = 1; other < TAGS; other++) {
    if ((best[(length - 1) * TAGS + other] ?? 0) > (best[(length - 1) * TAGS + tag] ?? 0)) tag = other;
  }
  for (let at = length - 1; at >= 0; at--) {
    tags[at] = tag;
    tag = from[at * TAGS + tag] ?? OUTSIDE;
  }
  return tags;
}

export interface Marginals {
  /** Probability of each tag at each token. */
  tags: Float64Array;
  /** Expected number of each transition. */
  transitions: Float64Array;
}

/**
 * Forward and backward in probabilities, each token scaled. `allowed` narrows the tags of a token: bit t is tag t.
 */
export function marginalsOf(chain: Chain, scores: Float64Array, allowed?: Uint8Array): Marginals {
  const length = scores.length / TAGS;
  const potential = new Float64Array(scores.length);
  for (let at = 0; at < length; at++) {
    let top = Number.NEGATIVE_INFINITY;
    for (let tag = 0; tag < TAGS; tag++) top = Math.max(top, scores[at * TAGS + tag] ?? 0);
    for (let tag = 0; tag < TAGS; tag++) {
      const isAllowed = allowed === undefined || (((allowed[at] ?? ANY_TAG) >> tag) & 1) === 1;
      potential[at * TAGS + tag] = isAllowed ? Math.exp((scores[at * TAGS + tag] ?? 0) - top) + 1e-30 : 0;
    }
  }
  const step = new Float64Array(TAGS * TAGS);
  for (let a = 0; a < TAGS; a++) for (let b = 0; b < TAGS; b++) step[a * TAGS + b] = Math.exp(transition(chain, a, b));
  const forward = new Float64Array(scores.length);
  const backward = new Float64Array(scores.length).fill(1);
  for (let at = 0; at < length; at++) {
    let sum = 0;
    for (let tag = 0; tag < TAGS; tag++) {
      let mass = 0;
      if (at === 0) mass = step[tag] ?? 0;
      else
        for (let from = 0; from < TAGS; from++)
          mass += (forward[(at - 1) * TAGS + from] ?? 0) * (step[from * TAGS + tag] ?? 0);
      const value = mass * (potential[at * TAGS + tag] ?? 0);
      forward[at * TAGS + tag] = value;
      sum += value;
    }
    for (let tag = 0; tag < TAGS; tag++) forward[at * TAGS + tag] = (forward[at * TAGS + tag] ?? 0) / (sum || 1);
  }
  for (let at = length - 2; at >= 0; at--) {
    let sum = 0;
    for (let tag = 0; tag < TAGS; tag++) {
      let mass = 0;
      for (let to = 0; to < TAGS; to++)
        mass +=
          (step[tag * TAGS + to] ?? 0) * (potential[(at + 1) * TAGS + to] ?? 0) * (backward[(at + 1) * TAGS + to] ?? 0);
      backward[at * TAGS + tag] = mass;
      sum += mass;
    }
    for (let tag = 0; tag < TAGS; tag++) backward[at * TAGS + tag] = (backward[at * TAGS + tag] ?? 0) / (sum || 1);
  }
  return {
    tags: tagMarginals(forward, backward, length),
    transitions: transitionMarginals(forward, backward, potential, step, length),
  };
}

function tagMarginals(forward: Float64Array, backward: Float64Array, length: number): Float64Array {
  const tags = new Float64Array(length * TAGS);
  for (let at = 0; at < length; at++) {
    let sum = 0;
    for (let tag = 0; tag < TAGS; tag++) sum += (forward[at * TAGS + tag] ?? 0) * (backward[at * TAGS + tag] ?? 0);
    for (let tag = 0; tag < TAGS; tag++)
      tags[at * TAGS + tag] = ((forward[at * TAGS + tag] ?? 0) * (backward[at * TAGS + tag] ?? 0)) / (sum || 1);
  }
  return tags;
}

function transitionMarginals(
  forward: Float64Array,
  backward: Float64Array,
  potential: Float64Array,
  step: Float64Array,
  length: number,
): Float64Array {
  const expected = new Float64Array(TAGS * TAGS);
  const cell = new Float64Array(TAGS * TAGS);
  for (let at = 0; at < length; at++) {
    let sum = 0;
    for (let a = 0; a < TAGS; a++) {
      const source = at === 0 ? Number(a === OUTSIDE) : (forward[(at - 1) * TAGS + a] ?? 0);
      for (let b = 0; b < TAGS; b++) {
        const value =
          source * (step[a * TAGS + b] ?? 0) * (potential[at * TAGS + b] ?? 0) * (backward[at * TAGS + b] ?? 0);
        cell[a * TAGS + b] = value;
        sum += value;
      }
    }
    for (let index = 0; index < cell.length; index++)
      expected[index] = (expected[index] ?? 0) + (cell[index] ?? 0) / (sum || 1);
  }
  return expected;
}
