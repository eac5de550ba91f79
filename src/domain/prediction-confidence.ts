import type { Completion } from './composition.js';

/**
 * How likely one of the completions is what comes next: the share of the model's mass that they have together. One that
 * goes on where another ends is counted within it.
 *
 * @returns 0 to 1; 0 without completions
 */
export function predictionConfidence(completions: readonly Completion[]): number {
  const goesOn = ({ text }: Completion) =>
    completions.some((other) => other.text.length < text.length && text.startsWith(other.text));
  const apart = completions.filter((completion) => !goesOn(completion));
  return Math.min(
    1,
    apart.reduce((sum, { probability }) => sum + probability, 0),
  );
}
