import { expect, test } from 'vitest';
import { answeredOf } from '../../../src/adapters/learning/answers.js';
import { embeddedAnswer } from '../../../src/domain/ai.js';
import { mergeAnalysis } from '../../../src/domain/ai-proposals.js';
import type { ContentAnalysisOutcome } from '../../../src/domain/outcomes.js';

const embedded: ContentAnalysisOutcome = {
  type: 'request',
  typeConfidence: 0.6,
  priority: 'normal',
  priorityReasons: [],
  sentiment: 0,
  entities: [],
  questions: [],
  models: { TYPE: 'version-of-the-organization' },
  rules: { types: { request: 0.6 }, priorities: { normal: 1 } },
};
const proposal = {
  type: 'complaint',
  typeConfidence: 0.9,
  priority: 'high',
  priorityReason: 'It says so.',
  sentiment: 0,
  questions: [],
  actionItems: [],
} as const;

test('a correction is held against what our engines said, and never against what a language model proposed', () => {
  const by = { ...embeddedAnswer(1), provider: 'openai' as const, model: 'some-model' };
  const { outcome } = mergeAnalysis(embedded, 0.6, { ...proposal, questions: [], actionItems: [] }, by);
  expect(outcome).toMatchObject({ type: 'complaint', priority: 'high' });
  const message = {
    organizationId: 'o',
    receivedAt: '2026-11-20T08:00:00Z',
    isDeleted: false,
    session: {} as never,
    mailboxIds: [],
    steps: [{ name: 'contentAnalysis', outcome, engine: 'content', engineVersion: '2' }],
  };
  expect(answeredOf(message, 'TYPE', '')).toMatchObject({
    said: 'request',
    confidence: 0.6,
    by: { engine: 'content', model: 'version-of-the-organization' },
    rules: { request: 0.6 },
  });
  expect(answeredOf(message, 'PRIORITY', '')).toMatchObject({ said: 'normal', rules: { normal: 1 } });
});

test('a filter that took a message for ham was as sure as it is no spam', () => {
  const of = (verdict: 'ham' | 'spam', score: number) => ({
    organizationId: 'o',
    receivedAt: '2026-11-20T08:00:00Z',
    isDeleted: false,
    session: {} as never,
    mailboxIds: [],
    steps: [
      {
        name: 'spamDetection',
        outcome: { verdict, score, contributions: [], answeredBy: ['embedded'] },
        engine: 'spam',
        engineVersion: '1',
      },
    ],
  });
  expect(answeredOf(of('ham', 0.01), 'SPAM', '')).toMatchObject({ said: 'ham', confidence: 0.99 });
  expect(answeredOf(of('spam', 0.98), 'SPAM', '')).toMatchObject({ said: 'spam', confidence: 0.98 });
});
