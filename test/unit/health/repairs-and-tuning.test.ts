import { describe, expect, it } from 'vitest';
import { errorKind } from '../../../src/engines/health/error-kind.js';
import type { EndedStep } from '../../../src/engines/health/plan-repairs.js';
import { planRepairs } from '../../../src/engines/health/plan-repairs.js';
import type { RunFacts } from '../../../src/engines/health/tune-run.js';
import { tuneRun } from '../../../src/engines/health/tune-run.js';

const now = new Date('2026-03-02T09:00:00Z');
const step = (fields: Partial<EndedStep>): EndedStep => ({
  name: 'spamDetection',
  status: 'DONE',
  durationMs: 5,
  ...fields,
});
const plan = (...steps: EndedStep[]) => planRepairs(steps, now, 0);

describe('planning repairs', () => {
  it('has nothing to do for a healthy run, and is sure of it', () => {
    const { outcome, confidence } = plan(step({}), step({ name: 'parsing' }));
    expect(outcome).toEqual({ degraded: [], healthy: 2 });
    expect(confidence).toBe(1);
  });

  it('names the error, who answered instead, what helps and when', () => {
    const { outcome } = plan(
      step({ status: 'DEGRADED', error: 'rspamd: connect ECONNREFUSED 127.0.0.1:11333', answeredBy: 'embedded' }),
    );
    expect(outcome.degraded).toEqual([
      {
        step: 'spamDetection',
        error: 'rspamd: connect ECONNREFUSED 127.0.0.1:11333',
        fallback: 'embedded',
        repair: 'run spamDetection again when the service behind it answers',
        retryAt: '2026-03-02T09:02:00.000Z',
      },
    ]);
  });

  it('waits twice as long after each attempt, six hours at most, and longer by the spread', () => {
    const retryAt = (attempts: number, spread = 0) =>
      planRepairs([step({ status: 'FAILED', error: 'timeout of 500 ms', attempts })], now, spread).outcome.degraded[0]
        ?.retryAt;
    expect(retryAt(1)).toBe('2026-03-02T09:01:00.000Z');
    expect(retryAt(3)).toBe('2026-03-02T09:04:00.000Z');
    expect(retryAt(40)).toBe('2026-03-02T15:00:00.000Z');
    expect(retryAt(1, 1)).toBe('2026-03-02T09:01:12.000Z');
  });

  it('does not retry what cannot get better by itself', () => {
    const { outcome } = plan(
      step({ name: 'translation', status: 'UNAVAILABLE', error: 'no translation provider is configured' }),
      step({ name: 'parsing', status: 'FAILED', error: 'malformed MIME' }),
    );
    expect(outcome.degraded.map(({ retryAt }) => retryAt)).toEqual([null, null]);
    expect(outcome.degraded[0]?.repair).toContain('configure a provider for translation');
  });

  it('is less sure the more often it was tried', () => {
    const confidence = (attempts: number) => plan(step({ status: 'FAILED', error: 'timed out', attempts })).confidence;
    expect(confidence(1)).toBeGreaterThan(confidence(4));
  });

  it.each([
    ['connection timed out', 'timeout'],
    ['getaddrinfo EAI_AGAIN ns', 'unreachable'],
    ['HTTP 429 Too Many Requests', 'rateLimited'],
    ['401 Unauthorized', 'refused'],
    ['JavaScript heap out of memory', 'exhausted'],
    ['x is not a function', 'internal'],
  ] as const)('takes "%s" for %s', (text, kind) => {
    expect(errorKind(text)).toBe(kind);
  });
});

describe('tuning a run', () => {
  const facts: RunFacts = {
    lane: 'normal',
    backlog: 3,
    cacheHits: 0,
    cacheLookups: 16,
    bytes: 20_000,
    steps: [
      { name: 'parsing', durationMs: 9 },
      { name: 'securityScan', durationMs: 400 },
      { name: 'summary', durationMs: 2 },
      { name: 'spamDetection', durationMs: null },
    ],
    usual: { parsing: { medianMs: 8, runs: 100 }, securityScan: { medianMs: 30, runs: 100 } },
  };
  const codes = (changed: Partial<RunFacts>) =>
    tuneRun({ ...facts, ...changed }).outcome.recommendations.map(({ code }) => code);

  it('lists the slowest steps next to their usual time', () => {
    expect(tuneRun(facts).outcome.slowest).toEqual([
      { step: 'securityScan', durationMs: 400, usualMs: 30 },
      { step: 'parsing', durationMs: 9, usualMs: 8 },
      { step: 'summary', durationMs: 2, usualMs: null },
    ]);
  });

  it('recommends only with evidence', () => {
    expect(codes({})).toEqual(['step.slow', 'step.dominant']);
    expect(codes({ steps: [{ name: 'parsing', durationMs: 9 }] })).toEqual([]);
    expect(codes({ steps: [], backlog: 500, bytes: 9_000_000 })).toEqual(['backlog.high', 'lane.large']);
    expect(codes({ steps: [], lane: 'bulk' })).toEqual(['lane.idle']);
    expect(codes({ steps: [], cacheHits: 12 })).toEqual(['cache.repeated']);
    expect(codes({ steps: [], cacheHits: 1 })).toEqual(['cache.partial']);
  });

  it('is surer where usual times are known', () => {
    expect(tuneRun(facts).confidence).toBeGreaterThan(tuneRun({ ...facts, usual: {} }).confidence);
    expect(tuneRun({ ...facts, steps: [] }).confidence).toBe(0);
  });
});
