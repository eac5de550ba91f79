import type { SideEffect } from '../adapters/runs/journal-entry.js';
import type { StepOutcomes } from '../domain/outcomes.js';
import type { AnyStep } from '../domain/outgoing/outgoing-pipeline.js';
import type { StepName } from '../domain/pipeline.js';
import type { EngineIdentity, StepResult } from '../domain/step-result.js';
import type { RunContext } from './run-context.js';

/** What a step's work gives: an engine's result, and how it came about where that was not as planned. */
export interface StepWork<Outcome> extends StepResult<Outcome> {
  /** `DONE` where absent. */
  status?: 'DONE' | 'DEGRADED' | 'UNAVAILABLE';
  /** Why it is degraded or unavailable. */
  error?: { code: string; message: string };
  /** Done with the step's commit, once by message, kind and target. */
  effects?: SideEffect[];
  /** Whether it was answered from what is kept in this process for identical bytes. */
  fromCache?: boolean;
}

/** A step of a flow whose runs have contexts of that kind. */
export interface FlowStep<Name extends AnyStep, Context, Outcome extends object = object> {
  name: Name;
  engine: EngineIdentity;
  /** Milliseconds after which it is failed. */
  deadlineMs: number;
  /**
   * All that the outcome depends on, as JSON: equal input within an organization, equal outcome. Null for a step whose
   * outcome is this message's alone (its thread, side effects, figures of the run).
   */
  input: (context: Context) => object | null;
  run: (context: Context) => Promise<StepWork<Outcome>> | StepWork<Outcome>;
}

/** A step of the incoming flow. */
export type StepDefinition<Name extends StepName = StepName> = FlowStep<Name, RunContext, StepOutcomes[Name]>;

/** Definitions by name: one for every step of the flow. */
export type StepDefinitions = { [Name in StepName]: StepDefinition<Name> };
