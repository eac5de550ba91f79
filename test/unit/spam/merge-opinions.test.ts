import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SpamDetectionOutcome } from '../../../src/domain/outcomes.js';
import type { SpamAnswer } from '../../../src/domain/scans.js';
import type { StepResult } from '../../../src/domain/step-result.js';
import { mergeOpinions } from '../../../src/engines/spam/merge-opinions.js';

const embedded = (score: number): StepResult<SpamDetectionOutcome> => ({
  outcome: {
    score,
    verdict: score >= 0.9 ? 'spam' : score < 0.5 ? 'ham' : 'unsure',
    contributions: [{ signal: 'word', weight: Math.log(score / (1 - score)), explanation: 'A word.' }],
    answeredBy: ['embedded'],
  },
  confidence: 0.8,
});
const says = (score: number, required = 15, symbols: { name: string; score: number }[] = []): SpamAnswer => ({
  status: 'answered',
  score,
  required,
  action: 'no action',
  symbols,
});
const down: SpamAnswer = { status: 'failed', error: 'connection refused' };
const merged = (score: number, answers: Parameters<typeof mergeOpinions>[1]) =>
  mergeOpinions(embedded(score), answers).outcome;

describe('the verdicts of several filters', () => {
  test('are the weighted mean of their logits: 2 parts the embedded filter, 3 each of the others', () => {
    const logit = (score: number) => Math.log(score / (1 - score));
    expect(logit(merged(0.5, { rspamd: says(15) }).score)).toBeCloseTo((3 * 3) / 5);
    expect(logit(merged(0.5, { rspamd: says(7.5), spamassassin: says(5, 5) }).score)).toBeCloseTo((3 * 3) / 8);
    expect(logit(merged(0.9, { rspamd: says(15), spamassassin: says(5, 5) }).score)).toBeCloseTo(
      (2 * logit(0.9) + 3 * 3 + 3 * 3) / 8,
    );
  });

  test('a filter outside that recognises nothing does not make ham of what the embedded one takes for spam', () => {
    expect(merged(0.98, { rspamd: says(0) }).verdict).not.toBe('ham');
    expect(merged(0.98, { rspamd: says(0), spamassassin: says(0, 5) }).verdict).not.toBe('spam');
  });

  test('that both condemn is spam whatever the embedded one says', () => {
    expect(merged(0.05, { rspamd: says(30), spamassassin: says(15, 5) }).verdict).toBe('spam');
  });

  test('name who answered, and what those said that did not', () => {
    const outcome = merged(0.2, { rspamd: down, spamassassin: says(1, 5) });
    expect(outcome.answeredBy).toEqual(['embedded', 'spamassassin']);
    expect(outcome.services).toEqual([
      { service: 'rspamd', status: 'failed', score: null, required: null, action: null, reason: 'connection refused' },
      { service: 'spamassassin', status: 'answered', score: 1, required: 5, action: 'no action', reason: null },
    ]);
  });

  test('are the embedded one’s alone where no other answers', () => {
    const own = embedded(0.7);
    const { outcome, confidence } = mergeOpinions(own, {
      rspamd: down,
      spamassassin: { status: 'skipped', reason: 'it is large' },
    });
    expect(outcome).toMatchObject(own.outcome);
    expect(confidence).toBe(own.confidence);
  });

  test('that agree are surer than those that do not', () => {
    const agreeing = mergeOpinions(embedded(0.9), { rspamd: says(20) }).confidence;
    const differing = mergeOpinions(embedded(0.1), { rspamd: says(20) }).confidence;
    expect(agreeing).toBeGreaterThan(0.8);
    expect(differing).toBeLessThan(0.8);
  });

  test('are explained: the contributions sum to the logit of the score', () => {
    const scores = fc.double({ min: -50, max: 50, noNaN: true });
    const symbols = fc.array(fc.record({ name: fc.string(), score: fc.double({ min: -9, max: 9, noNaN: true }) }), {
      maxLength: 20,
    });
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        scores,
        symbols,
        scores,
        (own, one, list, other) => {
          const outcome = merged(own, { rspamd: says(one, 15, list), spamassassin: says(other, 5) });
          const sum = outcome.contributions.reduce((total, { weight }) => total + weight, 0);
          expect(sum).toBeCloseTo(Math.log(outcome.score / (1 - outcome.score)), 1);
          expect(outcome.score).toBeGreaterThan(0);
          expect(outcome.score).toBeLessThan(1);
        },
      ),
    );
  });
});
