import { describe, expect, test } from 'vitest';
import {
  decideDisposition,
  DEFAULT_POLICY,
  statusFor,
  type DispositionFacts,
  type DispositionPolicy,
} from '../../../src/domain/disposition.js';
import type { Severity } from '../../../src/domain/findings.js';

const finding = (code: string, severity: Severity) => ({ code, severity, explanation: `It shows ${code}.` });

function decide(facts: Partial<DispositionFacts>, policy: Partial<DispositionPolicy> = {}) {
  const ordinary: DispositionFacts = {
    findings: [],
    refusedByDomain: null,
    spamScore: 0.1,
    decided: null,
    uncheckedSteps: [],
  };
  return decideDisposition({ ...ordinary, ...facts }, { ...DEFAULT_POLICY, ...policy });
}

describe('the disposition', () => {
  test('delivers where nothing speaks against it', () => {
    expect(decide({}).disposition).toBe('deliver');
    expect(decide({ findings: [finding('link.text', 'medium'), finding('a', 'low')] }).disposition).toBe('deliver');
  });

  test('is what a person decided, whatever was found', () => {
    const bad = { findings: [finding('attachment.eicar', 'critical')], spamScore: 1, refusedByDomain: 'bank.example' };
    expect(decide({ ...bad, decided: 'deliver' })).toMatchObject({
      disposition: 'deliver',
      reason: expect.stringContaining('a person'),
    });
    expect(decide({ decided: 'reject' }).disposition).toBe('reject');
  });

  test('rejects what its domain asks to refuse, unless the organization does not want that', () => {
    const refused = { refusedByDomain: 'bank.example' };
    expect(decide(refused)).toMatchObject({ disposition: 'reject', reason: expect.stringContaining('bank.example') });
    expect(decide(refused, { rejectOnDmarcReject: false }).disposition).toBe('deliver');
  });

  test.each(['high', 'critical'] as const)('quarantines at a finding that is %s and says which', (severity) => {
    const findings = [finding('attachment.executable', severity)];
    expect(decide({ findings })).toEqual({ disposition: 'quarantine', reason: 'It shows attachment.executable.' });
  });

  test('names the gravest finding', () => {
    const findings = [finding('a', 'high'), finding('threat.indicator', 'low'), finding('b', 'critical')];
    expect(decide({ findings }).reason).toBe('It shows b.');
    expect(decide({ findings: findings.slice(0, 2) }).reason).toBe('It shows threat.indicator.');
  });

  test('quarantines at a listed code whatever its severity', () => {
    expect(decide({ findings: [finding('threat.indicator', 'info')] }).disposition).toBe('quarantine');
    expect(decide({ findings: [finding('own.code', 'info')] }, { quarantineOn: ['own.code'] }).disposition).toBe(
      'quarantine',
    );
  });

  test('quarantines spam from the threshold on', () => {
    expect(decide({ spamScore: 0.89 }).disposition).toBe('deliver');
    expect(decide({ spamScore: 0.9 })).toMatchObject({
      disposition: 'quarantine',
      reason: expect.stringContaining('0.90'),
    });
    expect(decide({ spamScore: 0.6 }, { quarantineAtSpam: 0.5 }).disposition).toBe('quarantine');
  });

  test('holds at a listed code, but quarantines first', () => {
    const lookalike = finding('sender.lookalike', 'medium');
    expect(decide({ findings: [lookalike] })).toEqual({ disposition: 'hold', reason: lookalike.explanation });
    expect(decide({ findings: [lookalike], spamScore: 0.95 }).disposition).toBe('quarantine');
    expect(decide({ findings: [lookalike] }, { holdOn: [] }).disposition).toBe('deliver');
  });

  test('passes what the virus scanner did not answer for, or holds it where the policy says so', () => {
    expect(decide({ unscanned: true }).disposition).toBe('deliver');
    expect(decide({ unscanned: true }, { whenUnscanned: 'hold' })).toEqual({
      disposition: 'hold',
      reason: 'the virus scanner did not answer: it is held as the policy says',
    });
    expect(decide({ unscanned: false }, { whenUnscanned: 'hold' }).disposition).toBe('deliver');
    const known = { unscanned: true, findings: [finding('attachment.eicar', 'critical')] };
    expect(decide(known, { whenUnscanned: 'hold' }).disposition).toBe('quarantine');
  });

  test('holds what the virus scanner could not look at as a whole', () => {
    expect(decide({ findings: [finding('attachment.unscannable', 'medium')] }).disposition).toBe('hold');
  });

  test('holds what could not be checked', () => {
    const decision = decide({ spamScore: null, uncheckedSteps: ['spamDetection', 'securityScan'] });
    expect(decision.disposition).toBe('hold');
    expect(decision.reason).toContain('spamDetection, securityScan');
  });
});

test('each disposition that ends a run has its status', () => {
  expect(statusFor('deliver')).toBe('DELIVERED');
  expect(statusFor('forward')).toBe('DELIVERED');
  expect(statusFor('quarantine')).toBe('QUARANTINED');
  expect(statusFor('reject')).toBe('REJECTED');
});
