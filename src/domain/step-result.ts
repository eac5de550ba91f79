import type { Finding } from './findings.js';

/** What every engine of the incoming flow gives back for its step. */
export interface StepResult<Outcome> {
  outcome: Outcome;
  /** 0 to 1, computed from the evidence at hand: margins, lengths, agreement. */
  confidence: number;
  findings?: Finding[];
}

/** Who computed an outcome; stored with the step, so that a figure can be traced to the rules that gave it. */
export interface EngineIdentity {
  engine: string;
  version: string;
  rules?: string;
  model?: string;
}

/** A number forced into 0 to 1; what is not a number counts as nothing. */
export function asProbability(value: number): number {
  return value > 0 ? Math.min(1, value) : 0;
}
