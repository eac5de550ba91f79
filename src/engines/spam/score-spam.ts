import type { Finding } from '../../domain/findings.js';
import type { Authentication, SpamDetectionOutcome, SpamVerdict } from '../../domain/outcomes.js';
import type { ParsedMessage } from '../../domain/parsed-message.js';
import { signalsOf } from './features.js';
import { encodeSignals, type SpamEvidence } from '../../domain/spam-evidence.js';
import {
  lessonContributions,
  priorContribution,
  ruleContribution,
  strongest,
  type Contribution,
} from './contributions.js';
import { NOTHING_TAUGHT, shiftsOf, type LearnedScopes } from './learned-scopes.js';
import { learningSignals, vectorOf, type NamedSignals } from './learning-signals.js';
import { probability, weigh, type SpamModel } from './model.js';
import { isTestSpam, RULES, type RuleInput } from './rules.js';

export interface SpamScore {
  outcome: SpamDetectionOutcome;
  findings: Finding[];
  confidence: number;
}

const MAX_TEXT = 32 * 1024;
const CERTAIN = 0.9999;
/** The model was trained on the years 2002 to 2005: alone it may speak clearly, but not outweigh every rule. */
const MODEL_LIMIT = 6;
/** Beyond this share of signals that the model knows, more of them say nothing more about its footing. */
const KNOWN_ENOUGH = 0.5;
/**
 * The prior comes of one old corpus: alone it must be this sure to condemn, else the verdict is `unsure`. Rules or
 * lessons of this many logits corroborate it. Set on corpora that it was not trained on (docs/quality/spam.md).
 */
const SURE_ALONE = 0.99;
const CORROBORATING_RULES = 1.5;
const CORROBORATING_LESSONS = 1;

/** How likely a mail is spam, from the prior, the rules and what people taught, with what moved the score. Pure. */
export function scoreSpam(
  parsed: ParsedMessage,
  authentication: Authentication,
  findings: readonly Finding[],
  model: SpamModel,
  learned: LearnedScopes = NOTHING_TAUGHT,
): SpamScore {
  const signals = signalsOf(parsed);
  const weighed = weigh(signals, model);
  const text = `${parsed.subject}\n${parsed.newText}`.slice(0, MAX_TEXT).toLowerCase();
  const input: RuleInput = { parsed, authentication, findings, text };
  const rules = RULES.filter((rule) => rule.holds(input));
  const fromRules = rules.reduce((sum, rule) => sum + rule.weight, 0);
  const prior = Math.max(-MODEL_LIMIT, Math.min(MODEL_LIMIT, weighed.logit));
  const named = vectorOf(learningSignals(parsed), model.rarity);
  const evidence = evidenceOf(prior, fromRules, named);
  if (isTestSpam(parsed)) return testSpam(evidence);
  const shifts = shiftsOf(learned, prior, named);
  const fromLessons = shifts.reduce((sum, { shift }) => sum + shift.logit, 0);
  const score = Math.min(CERTAIN, probability(prior + fromRules + fromLessons));
  const known = weighed.known / Math.max(1, signals.words.length + signals.traits.length);
  const verdict = verdictOf({ prior, rules: fromRules, lessons: fromLessons }, model);
  const contributions = [
    ...rules.map(ruleContribution),
    ...weighed.evidence.map((part) => priorContribution(part, weighed.logit === 0 ? 1 : prior / weighed.logit)),
    ...shifts.flatMap((scoped) => lessonContributions(scoped, named)),
  ];
  return {
    outcome: {
      score: round(score),
      verdict,
      contributions: strongest(contributions),
      answeredBy: ['embedded'],
      evidence,
    },
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

function evidenceOf(prior: number, rules: number, { vector }: NamedSignals): SpamEvidence {
  return {
    version: 1,
    prior: round(prior),
    rules: round(rules),
    signals: Buffer.from(encodeSignals(vector)).toString('base64'),
  };
}

/** The verdict on logits by what they come of. */
export function verdictOf(
  { prior, rules, lessons }: { prior: number; rules: number; lessons: number },
  model: Pick<SpamModel, 'spamFrom' | 'hamBelow'>,
): SpamVerdict {
  const score = Math.min(CERTAIN, probability(prior + rules + lessons));
  if (score < model.hamBelow) return 'ham';
  const isCorroborated = rules >= CORROBORATING_RULES || lessons >= CORROBORATING_LESSONS;
  return score >= (isCorroborated ? model.spamFrom : Math.max(SURE_ALONE, model.spamFrom)) ? 'spam' : 'unsure';
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

function testSpam(evidence: SpamEvidence): SpamScore {
  const explanation = 'The text holds the test string for spam filters (GTUBE).';
  return {
    outcome: {
      score: CERTAIN,
      verdict: 'spam',
      contributions: [{ signal: 'spam.gtube', weight: 9.21, explanation, source: 'rules' }],
      answeredBy: ['embedded'],
      evidence,
    },
    findings: [{ code: 'spam.gtube', severity: 'high', score: 1, explanation }],
    confidence: 1,
  };
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
