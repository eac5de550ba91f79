import type { SideEffect } from '../../adapters/runs/journal-entry.js';
import type { StoredVector, VectorAnswer } from '../../domain/embedding.js';
import type { StepDefinition } from '../step-definition.js';
import { degraded, gone, type AnsweredDeps } from './answered-steps.js';

/**
 * dashboardUpdate with the vector of a provider beside that of this process, where one was asked. Where it gave none, that
 * of this process stands alone, and what is owed is committed with it.
 */
export function answeredVector(
  embedded: StepDefinition<'dashboardUpdate'>,
  deps: AnsweredDeps,
): StepDefinition<'dashboardUpdate'> {
  return {
    ...embedded,
    run: async (context) => {
      const work = await embedded.run(context);
      const report = context.ai.embedding;
      if (report === undefined) return work;
      if (report.status === 'failed') return degraded(work, report, 'embedding', deps);
      const stored = context.answers.embedding;
      if (stored === undefined) return degraded(work, gone(context, 'embedding', deps), 'embedding', deps);
      const { space, bytes } = vectorOf(stored.answer);
      const effect: SideEffect = { kind: 'embedding', target: space, bytes, byProvider: true };
      return {
        ...work,
        outcome: { ...work.outcome, vectorSpace: space, answeredBy: stored.answeredBy },
        effects: [...(work.effects ?? []), effect],
      };
    },
  };
}

function vectorOf({ space, bytes }: VectorAnswer): StoredVector {
  return { space, bytes: Int8Array.from(new Int8Array(Buffer.from(bytes, 'base64'))) };
}
