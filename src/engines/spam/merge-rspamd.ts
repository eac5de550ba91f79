import type { Finding } from '../../domain/findings.js';
import type { SpamDetectionOutcome } from '../../domain/outcomes.js';
import type { RspamdAnswer } from '../../domain/run.js';
import type { StepResult } from '../../domain/step-result.js';
import { probability } from './model.js';

/** Logits by point of rspamd's score beyond half of what it requires: at the required score 95 % speaks for spam. */
const LOGIT_AT_REQUIRED = 3;
/** rspamd sees networks and reputations that the embedded filter does not: it counts for more. */
const RSPAMD_SHARE = 0.6;
const SPAM_FROM = 0.9;
const HAM_BELOW = 0.5;
const SHOWN_SYMBOLS = 8;

/**
 * The two filters' verdicts as one, in logits: 0.6 of rspamd's and 0.4 of the embedded filter's. rspamd's score is
 * mapped so that half of its required score is undecided and its required score is a probability of 0.95.
 */
export function mergeRspamd(
  embedded: StepResult<SpamDetectionOutcome>,
  answer: Extract<RspamdAnswer, { status: 'answered' }>,
): StepResult<SpamDetectionOutcome> {
  const half = answer.required / 2;
  const rspamd = Math.max(-6, Math.min(6, (LOGIT_AT_REQUIRED * (answer.score - half)) / half));
  const own = logitOf(embedded.outcome.score);
  const score = probability(RSPAMD_SHARE * rspamd + (1 - RSPAMD_SHARE) * own);
  const symbols = answer.symbols
    .filter((symbol) => symbol.score !== 0)
    .sort((one, two) => Math.abs(two.score) - Math.abs(one.score))
    .slice(0, SHOWN_SYMBOLS)
    .map(({ name, score: points }) => ({
      signal: `rspamd:${name}`,
      weight: (LOGIT_AT_REQUIRED * points) / half,
      explanation: `rspamd's ${name} adds ${points} points.`,
    }));
  const finding: Finding = {
    code: 'spam.rspamd',
    severity: answer.score >= answer.required ? 'medium' : 'info',
    score: Math.max(-1, Math.min(1, answer.score / answer.required)) / 2,
    explanation: `rspamd gives it ${answer.score} of the ${answer.required} points that it takes for spam.`,
  };
  return {
    outcome: {
      score,
      verdict: score >= SPAM_FROM ? 'spam' : score < HAM_BELOW ? 'ham' : 'unsure',
      contributions: [...symbols, ...embedded.outcome.contributions],
      answeredBy: 'rspamd',
    },
    // Two filters that agree are surer than either; that disagree, less sure.
    confidence: Math.min(1, embedded.confidence * (Math.sign(rspamd) === Math.sign(own) ? 1.15 : 0.7)),
    findings: [...(embedded.findings ?? []), finding],
  };
}

function logitOf(score: number): number {
  const bounded = Math.min(0.999, Math.max(0.001, score));
  return Math.log(bounded / (1 - bounded));
}
