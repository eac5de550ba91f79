import type { Finding } from '../../domain/findings.js';
import type { Authentication, SpamDetectionOutcome, SpamVerdict } from '../../domain/outcomes.js';
import type { ParsedMessage } from '../../domain/parsed-message.js';
import { signalsOf } from './features.js';
import { probability, weigh, type Evidence, type SpamModel } from './model.js';
import { isTestSpam, RULES, type RuleInput } from './rules.js';

export interface SpamScore {
  outcome: SpamDetectionOutcome;
  findings: Finding[];
  confidence: number;
}

type Contribution = SpamDetectionOutcome['contributions'][number];

const SHOWN_CONTRIBUTIONS = 12;
const LEAST_SHOWN = 0.05;
const MAX_TEXT = 32 * 1024;
const CERTAIN = 0.9999;
/** The model was trained on the years 2002 to 2005: alone it may speak clearly, but not outweigh every rule. */
const MODEL_LIMIT = 6;
/** Beyond this share of signals that the model knows, more of them say nothing more about its footing. */
const KNOWN_ENOUGH = 0.5;

/** How likely a mail is spam, from the statistical model and the rules, with what moved the score. Pure. */
export function scoreSpam(
  parsed: ParsedMessage,
  authentication: Authentication,
  findings: readonly Finding[],
  model: SpamModel,
): SpamScore {
  if (isTestSpam(parsed)) return testSpam();
  const signals = signalsOf(parsed);
  const weighed = weigh(signals, model);
  const text = `${parsed.subject}\n${parsed.newText}`.slice(0, MAX_TEXT).toLowerCase();
  const input: RuleInput = { parsed, authentication, findings, text };
  const rules = RULES.filter((rule) => rule.holds(input));
  const fromRules = rules.reduce((sum, rule) => sum + rule.weight, 0);
  const fromModel = Math.max(-MODEL_LIMIT, Math.min(MODEL_LIMIT, weighed.logit));
  const score = Math.min(CERTAIN, probability(fromModel + fromRules));
  const verdict = verdictOf(score, model);
  const known = weighed.known / Math.max(1, signals.words.length + signals.traits.length);
  const contributions = [
    ...rules.map(({ code, weight, explanation }) => ({ signal: code, weight, explanation })),
    ...weighed.evidence.map(explained),
  ];
  return {
    outcome: { score: round(score), verdict, contributions: strongest(contributions), answeredBy: 'embedded' },
    findings: [
      ...verdictFinding(verdict, score, contributions),
      ...rules
        .filter(({ weight }) => weight >= 1.2)
        .map(({ code, weight, explanation }) => ({
          code,
          severity: 'low' as const,
          score: round(Math.min(0.4, weight / 6)),
          explanation,
        })),
    ],
    confidence: round((0.5 + 0.5 * Math.abs(2 * score - 1)) * (0.6 + 0.4 * Math.min(1, known / KNOWN_ENOUGH))),
  };
}

function verdictOf(score: number, model: SpamModel): SpamVerdict {
  if (score >= model.spamFrom) return 'spam';
  return score < model.hamBelow ? 'ham' : 'unsure';
}

function strongest(contributions: readonly Contribution[]): Contribution[] {
  return contributions
    .filter(({ weight }) => Math.abs(weight) >= LEAST_SHOWN)
    .toSorted((one, two) => Math.abs(two.weight) - Math.abs(one.weight))
    .slice(0, SHOWN_CONTRIBUTIONS)
    .map((contribution) => ({ ...contribution, weight: round(contribution.weight) }));
}

function explained({ signal, logit }: Evidence): Contribution {
  const side = logit > 0 ? 'spam' : 'wanted mail';
  if (signal.startsWith('trait:')) {
    const trait = signal.slice('trait:'.length);
    return { signal, weight: logit, explanation: `The trait "${trait}" is more frequent in ${side}.` };
  }
  const inSubject = signal.startsWith('subject:');
  const words = inSubject ? signal.slice('subject:'.length) : signal;
  const where = inSubject ? ' in the subject' : '';
  return { signal, weight: logit, explanation: `"${words}"${where} is more frequent in ${side}.` };
}

function verdictFinding(verdict: SpamVerdict, score: number, contributions: readonly Contribution[]): Finding[] {
  if (verdict === 'ham') return [];
  const leading = strongest(contributions.filter(({ weight }) => weight > 0)).slice(0, 3);
  const because = leading.map(({ signal }) => signal).join(', ');
  const percent = Math.round(score * 100);
  return verdict === 'spam'
    ? [
        {
          code: 'spam.likely',
          severity: 'medium',
          score: round(score),
          explanation: `The mail is spam with ${percent} %, chiefly for: ${because}.`,
        },
      ]
    : [
        {
          code: 'spam.unsure',
          severity: 'low',
          score: round(score / 2),
          explanation: `The mail may be spam (${percent} %), chiefly for: ${because}.`,
        },
      ];
}

function testSpam(): SpamScore {
  const explanation = 'The text holds the test string for spam filters (GTUBE).';
  return {
    outcome: {
      score: CERTAIN,
      verdict: 'spam',
      contributions: [{ signal: 'spam.gtube', weight: 9.21, explanation }],
      answeredBy: 'embedded',
    },
    findings: [{ code: 'spam.gtube', severity: 'high', score: 1, explanation }],
    confidence: 1,
  };
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
