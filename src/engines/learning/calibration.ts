import type { Doubt, Scope } from './classifier.js';
import { softmax } from './classifier.js';

/** Scores of an example that the classifier was not trained on, and the index of its label. */
export interface Held {
  scores: Float64Array;
  target: number;
}

/** Few examples prove little: the fit is held near this by as much as so many examples weigh. */
const USUAL_TEMPERATURE = 0.3;
const USUAL_EXAMPLES = 4;
const LEAST_TEMPERATURE = 0.02;
const MOST_TEMPERATURE = 5;

/** The temperature under which the probabilities of held-out answers are likeliest (Guo et al., ICML 2017). */
export function fitTemperature(held: readonly Held[]): number {
  const loss = (temperature: number) =>
    held.reduce(
      (sum, { scores, target }) => sum - Math.log(Math.max(1e-9, softmax(scores, temperature)[target] ?? 0)),
      USUAL_EXAMPLES * Math.log(temperature / USUAL_TEMPERATURE) ** 2,
    );
  return Math.exp(least(Math.log(LEAST_TEMPERATURE), Math.log(MOST_TEMPERATURE), (at) => loss(Math.exp(at))));
}

/** Golden section search: the place of the least value of a function with one valley. */
function least(from: number, to: number, value: (at: number) => number): number {
  const ratio = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [from, to];
  for (let step = 0; step < 30; step++) {
    const one = high - ratio * (high - low);
    const two = low + ratio * (high - low);
    if (value(one) < value(two)) high = two;
    else low = one;
  }
  return (low + high) / 2;
}

/** What is believed of belonging before examples tell: the more of its words are known, the likelier. */
export const USUAL_SCOPE: Scope = { bias: -2, best: 1, margin: 1, certainty: 2, coverage: 3 };
const SCOPE_STEPS = 400;
const SCOPE_RATE = 0.5;
const SCOPE_RIDGE = 0.002;
const LEAST_OUTSIDE = 8;

/** Logistic regression over doubts of held-out examples that belong to a label, and of some that belong to none. */
export function fitScope(inside: readonly Doubt[], outside: readonly Doubt[]): Scope {
  if (inside.length < LEAST_OUTSIDE || outside.length < LEAST_OUTSIDE) return USUAL_SCOPE;
  const scope = { ...USUAL_SCOPE };
  const pull = (doubts: readonly Doubt[], target: number) => {
    const slope: Scope = { bias: 0, best: 0, margin: 0, certainty: 0, coverage: 0 };
    for (const { best, margin, certainty, coverage } of doubts) {
      const logit =
        scope.bias +
        scope.best * best +
        scope.margin * margin +
        scope.certainty * certainty +
        scope.coverage * coverage;
      // Both sides weigh alike, however many examples they have.
      const error = (target - 1 / (1 + Math.exp(-logit))) / (2 * doubts.length);
      slope.bias += error;
      slope.best += error * best;
      slope.margin += error * margin;
      slope.certainty += error * certainty;
      slope.coverage += error * coverage;
    }
    return slope;
  };
  for (let step = 0; step < SCOPE_STEPS; step++) {
    const up = pull(inside, 1);
    const down = pull(outside, 0);
    for (const key of SCOPE_KEYS)
      scope[key] += SCOPE_RATE * 4 * (up[key] + down[key] - SCOPE_RIDGE * (scope[key] - USUAL_SCOPE[key]));
  }
  return scope;
}

const SCOPE_KEYS = ['bias', 'best', 'margin', 'certainty', 'coverage'] as const;
