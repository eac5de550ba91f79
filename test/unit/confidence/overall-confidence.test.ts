import { describe, expect, it } from 'vitest';
import type { ConfidentStep } from '../../../src/domain/confidence.js';
import { overallConfidence, stageConfidence, stepConfidence } from '../../../src/domain/confidence.js';

const done = (name: ConfidentStep['name'], confidence: number): ConfidentStep => ({ name, status: 'DONE', confidence });

describe('the confidence of a run', () => {
  it('weighs core and AI with 0.4 each and the autonomous stage with 0.2', () => {
    const steps = [done('parsing', 1), done('summary', 0.5), done('predictiveActions', 0)];
    expect(overallConfidence(steps)).toBeCloseTo(0.4 * 1 + 0.4 * 0.5);
  });

  it('spreads the weights over the stages that ran', () => {
    expect(overallConfidence([done('parsing', 0.8)])).toBeCloseTo(0.8);
    expect(overallConfidence([done('parsing', 1), done('selfHealing', 0.4)])).toBeCloseTo((0.4 + 0.2 * 0.4) / 0.6);
  });

  it('counts a failed step and one without a provider as nothing', () => {
    const steps: ConfidentStep[] = [
      done('languageDetection', 1),
      { name: 'summary', status: 'FAILED', confidence: 0.9 },
      { name: 'translation', status: 'UNAVAILABLE', confidence: null },
      { name: 'routingAnalysis', status: 'DEGRADED', confidence: 0.6 },
    ];
    expect(stageConfidence('enhancement', steps)).toBeCloseTo(1.6 / 4);
  });

  it('leaves out what still runs and what publication says', () => {
    const running: ConfidentStep = { name: 'spamDetection', status: 'RUNNING', confidence: null };
    expect(stepConfidence(running)).toBeNull();
    expect(overallConfidence([running])).toBeNull();
    expect(overallConfidence([done('parsing', 0.7), running, done('notifications', 0)])).toBeCloseTo(0.7);
  });

  it('keeps a confidence that is no probability between 0 and 1', () => {
    expect(stepConfidence(done('parsing', 7))).toBe(1);
    expect(stepConfidence(done('parsing', Number.NaN))).toBe(0);
  });
});
