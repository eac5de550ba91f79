import { expect, test } from 'vitest';
import { embeddedAnswer, type AnsweredBy } from '../../../src/domain/ai.js';
import { actedOn, mergeAnalysis, mergeSummary, type AnalysisProposal } from '../../../src/domain/ai-proposals.js';
import { PRIORITIES, type ContentAnalysisOutcome } from '../../../src/domain/outcomes.js';

const by: AnsweredBy = { ...embeddedAnswer(12), provider: 'openai', model: 'm', disclosure: 'redacted' };
const embedded: ContentAnalysisOutcome = {
  type: 'request',
  typeConfidence: 0.6,
  priority: 'normal',
  priorityReasons: ['it asks for something'],
  sentiment: 0.1,
  entities: [{ kind: 'email', text: 'a@b.example', value: 'a@b.example', confidence: 1 }],
  questions: ['Could you send the figures?'],
  answeredBy: embeddedAnswer(1),
};
const proposal: AnalysisProposal = {
  type: 'complaint',
  typeConfidence: 1,
  priority: 'urgent',
  priorityReason: 'It says so.',
  sentiment: 40,
  questions: ['could you  send the figures?', 'Who comes?'],
  actionItems: ['Send the figures.'],
};

test('what acts reads the embedded outcome, whatever a model proposed', () => {
  const { outcome } = mergeAnalysis(embedded, 0.7, proposal, by);
  const { answeredBy: _, ...found } = embedded;
  expect(actedOn(outcome)).toEqual(found);
  expect(actedOn(embedded)).toEqual(found);
});

test('a proposed priority moves by one step and wakes nobody', () => {
  for (const from of PRIORITIES) {
    for (const to of PRIORITIES) {
      const { outcome } = mergeAnalysis({ ...embedded, priority: from }, 0.7, { ...proposal, priority: to }, by);
      const steps = Math.abs(PRIORITIES.indexOf(outcome.priority) - PRIORITIES.indexOf(from));
      expect(steps).toBeLessThanOrEqual(1);
      expect(outcome.priority === 'urgent' && from !== 'urgent').toBe(false);
    }
  }
});

test('figures stay in their ranges, entities stay, questions are not said twice', () => {
  const { outcome, confidence } = mergeAnalysis(embedded, 0.9, proposal, by);
  expect(outcome).toMatchObject({
    sentiment: 1,
    entities: embedded.entities,
    proposedActionItems: ['Send the figures.'],
  });
  expect(outcome.questions).toEqual(['Could you send the figures?', 'Who comes?']);
  expect(outcome.typeConfidence).toBeLessThanOrEqual(0.85);
  expect(confidence).toBeGreaterThanOrEqual(0);
  expect(confidence).toBeLessThanOrEqual(1);
});

test('a model that agrees raises the confidence, one that disagrees is not believed as it likes', () => {
  const agrees = mergeAnalysis(embedded, 0.7, { ...proposal, type: 'request' }, by);
  const disagrees = mergeAnalysis(embedded, 0.7, proposal, by);
  expect(agrees.confidence).toBeGreaterThan(0.7);
  expect(disagrees.outcome.typeConfidence).toBeLessThan(agrees.outcome.typeConfidence);
});

const TEXT = 'Ada asks for the figures by Tuesday.';

test('a summary that is longer than its text, or empty, is not taken', () => {
  const own = { summary: 'Ada asks.', sentences: [], answeredBy: embeddedAnswer(1) };
  expect(mergeSummary(own, { summary: 'x'.repeat(50) }, TEXT, by)).toBeNull();
  expect(mergeSummary(own, { summary: '  ' }, TEXT, by)).toBeNull();
  expect(mergeSummary(own, { summary: 'Ada asks for it.' }, TEXT, by)?.outcome).toMatchObject({
    summary: 'Ada asks for it.',
    answeredBy: { provider: 'openai' },
    embedded: { summary: 'Ada asks.' },
  });
});

test('a summary is as sure as the mail bears it out, and never surer than a model is trusted', () => {
  const own = {
    summary: 'Please send the figures of October by Tuesday.',
    sentences: [],
    answeredBy: embeddedAnswer(1),
  };
  const text = `Hello Ben, ${own.summary} The board meets on Thursday. Regards, Ada`;
  const sure = (summary: string) => mergeSummary(own, { summary }, text, by)!.confidence;
  const said = sure('Ada wants the October figures by Tuesday.');
  expect(said).toBeGreaterThan(sure('The board meets on Thursday.'));
  expect(sure('The board meets on Thursday.')).toBeGreaterThan(sure('Everything was cancelled yesterday.'));
  expect(sure(own.summary)).toBeCloseTo(0.85, 5);
  expect(sure('Everything was cancelled yesterday.')).toBe(0);
});
