import type { StoredAnswer } from '../../adapters/ai/answers.js';
import type { SideEffect } from '../../adapters/runs/journal-entry.js';
import type { StoredVector, VectorAnswer } from '../../domain/embedding.js';
import type { StepDefinition } from '../step-definition.js';
import { degraded, type AnsweredDeps } from './answered-steps.js';

const GONE = {
  status: 'failed',
  failure: 'unreachable',
  reason: 'what it answered is not kept any more',
  notBefore: null,
  asked: false,
} as const;

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
      const stored = context.answers.get('embedding');
      if (stored === undefined) {
        // A run may have waited for a person for longer than answers are kept.
        const { applies } = deps.access.standingOfStep(context.organization.ai, 'embedding');
        return degraded(work, { ...GONE, provider: applies?.provider ?? 'embedded' }, 'embedding', deps);
      }
      const { space, bytes } = vectorOf(stored);
      const effect: SideEffect = { kind: 'embedding', target: space, bytes, byProvider: true };
      return {
        ...work,
        outcome: { ...work.outcome, vectorSpace: space, answeredBy: stored.answeredBy },
        effects: [...(work.effects ?? []), effect],
      };
    },
  };
}

function vectorOf({ answer }: StoredAnswer): StoredVector {
  const { space, bytes } = answer as unknown as VectorAnswer;
  return { space, bytes: Int8Array.from(new Int8Array(Buffer.from(bytes, 'base64'))) };
}
