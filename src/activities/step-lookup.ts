import type { GateAnswer, StepGate } from '../adapters/runs/step-gate.js';
import type { RunContext } from './run-context.js';
import { hashOf } from './stage-run.js';
import type { StepDefinitions } from './step-definition.js';

/**
 * Asks the gate for steps of the incoming flow. Every shared outcome is computed from the content, so content that the
 * organization has not seen is looked up once: by languageDetection's input, which is the content alone.
 */
export function stepLookup(gate: StepGate, probe: StepDefinitions['languageDetection']) {
  return async (context: RunContext, inputHash: Buffer | null): Promise<GateAnswer> => {
    const ask = (hash: Buffer | null) => {
      const { organizationId, runId } = context.run;
      const { cacheHours } = context.organization.tuning;
      return gate.ask({ organizationId, runId, readAt: context.readAt, inputHash: hash, cacheHours });
    };
    if (inputHash === null) return ask(null);
    context.cacheLookups++;
    context.knownContent ??= ask(hashOf(probe, context)).then((answer) => answer.cached !== null);
    const known = await context.knownContent;
    return ask(known ? inputHash : null);
  };
}
