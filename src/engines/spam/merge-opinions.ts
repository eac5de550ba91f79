import type { Finding } from '../../domain/findings.js';
import type { SpamDetectionOutcome, SpamService } from '../../domain/outcomes.js';
import type { SpamAnswer, SpamOpinion } from '../../domain/scans.js';
import type { StepResult } from '../../domain/step-result.js';
import { probability } from './model.js';

/** The filters outside that were asked, by name. */
export type SpamAnswers = Partial<Record<SpamService, SpamAnswer>>;

/** The share of each filter before they are divided by their sum: those outside see networks and reputations. */
const WEIGHT = { embedded: 2, rspamd: 3, spamassassin: 3 } as const;
const NAME = { rspamd: 'rspamd', spamassassin: 'SpamAssassin' } as const satisfies Record<SpamService, string>;
/** A filter's score that it takes for spam is a probability of 0.95. */
const LOGIT_AT_REQUIRED = 3;
const MOST_FOR_SPAM = 6;
/** A score near 0 says that nothing was recognised, which is little evidence for wanted mail. */
const MOST_FOR_HAM = -2;
const SPAM_FROM = 0.9;
const HAM_BELOW = 0.5;
const SHOWN_SYMBOLS = 8;
const AGREEMENT = 1.15;
const DISAGREEMENT = 0.7;

interface Opinion {
  service: SpamService;
  answer: SpamOpinion;
  logit: number;
}

/**
 * The verdicts of the embedded filter and of those outside that answered as one (docs/scanners.md): the weighted mean of
 * their logits. A filter outside is undecided at half of the score that it requires.
 */
export function mergeOpinions(
  embedded: StepResult<SpamDetectionOutcome>,
  answers: SpamAnswers,
): StepResult<SpamDetectionOutcome> {
  const services = Object.entries(answers).map(([name, answer]) => shownAnswer(name as SpamService, answer));
  const opinions = Object.entries(answers).flatMap(([name, answer]) =>
    answer.status === 'answered' ? [{ service: name as SpamService, answer, logit: logitOfScore(answer) }] : [],
  );
  if (opinions.length === 0) return { ...embedded, outcome: { ...embedded.outcome, services } };
  const own = logitOfProbability(embedded.outcome.score);
  const total = opinions.reduce<number>((sum, { service }) => sum + WEIGHT[service], WEIGHT.embedded);
  const share = (filter: keyof typeof WEIGHT) => WEIGHT[filter] / total;
  const merged = opinions.reduce((sum, { service, logit }) => sum + share(service) * logit, share('embedded') * own);
  const score = probability(merged);
  const agree = opinions.every(({ logit }) => Math.sign(logit) === Math.sign(own));
  return {
    outcome: {
      ...embedded.outcome,
      score,
      verdict: score >= SPAM_FROM ? 'spam' : score < HAM_BELOW ? 'ham' : 'unsure',
      contributions: [
        ...opinions.flatMap((opinion) => contributionsOf(opinion, share(opinion.service))),
        ...embedded.outcome.contributions.map((one) => ({ ...one, weight: round(share('embedded') * one.weight) })),
      ].toSorted((one, two) => Math.abs(two.weight) - Math.abs(one.weight)),
      answeredBy: ['embedded', ...opinions.map(({ service }) => service)],
      services,
    },
    // Filters that agree are surer than one; that disagree, less sure.
    confidence: Math.min(1, embedded.confidence * (agree ? AGREEMENT : DISAGREEMENT)),
    findings: [...(embedded.findings ?? []), ...opinions.map(findingOf)],
  };
}

/** What a score says in logits: 0 at half of what is required, 3 at what is required, from -2 to 6. */
function logitOfScore({ score, required }: SpamOpinion): number {
  const half = required / 2;
  return Math.max(MOST_FOR_HAM, Math.min(MOST_FOR_SPAM, (LOGIT_AT_REQUIRED * (score - half)) / half));
}

function logitOfProbability(score: number): number {
  const bounded = Math.min(0.999, Math.max(0.001, score));
  return Math.log(bounded / (1 - bounded));
}

/** What a filter moved the score by, divided among its symbols by their points; the rest is where it begins. */
function contributionsOf({ service, answer, logit }: Opinion, share: number): SpamDetectionOutcome['contributions'] {
  const name = NAME[service];
  const perPoint = (share * LOGIT_AT_REQUIRED) / (answer.required / 2);
  const symbols = answer.symbols.slice(0, SHOWN_SYMBOLS).map((symbol) => ({
    signal: `${service}:${symbol.name}`,
    weight: round(perPoint * symbol.score),
    explanation: `${name}'s ${symbol.name} adds ${symbol.score} points.`,
  }));
  const rest = share * logit - symbols.reduce((sum, { weight }) => sum + weight, 0);
  return [
    ...symbols,
    {
      signal: `${service}:score`,
      weight: round(rest),
      explanation: `${name} counts from half of its ${answer.required} points, within limits.`,
    },
  ];
}

function findingOf({ service, answer: { score, required } }: Opinion): Finding {
  return {
    code: `spam.${service}`,
    severity: score >= required ? 'medium' : 'info',
    score: Math.max(-1, Math.min(1, score / required)) / 2,
    explanation: `${NAME[service]} gives it ${score} of the ${required} points that it takes for spam.`,
  };
}

function shownAnswer(service: SpamService, answer: SpamAnswer): NonNullable<SpamDetectionOutcome['services']>[number] {
  const nothing = { score: null, required: null, action: null, reason: null };
  switch (answer.status) {
    case 'answered':
      return {
        service,
        status: answer.status,
        ...nothing,
        score: answer.score,
        required: answer.required,
        action: answer.action,
      };
    case 'skipped':
      return { service, status: answer.status, ...nothing, reason: answer.reason };
    case 'failed':
      return { service, status: answer.status, ...nothing, reason: answer.error };
  }
}

function round(weight: number): number {
  return Math.round(weight * 1_000) / 1_000;
}
