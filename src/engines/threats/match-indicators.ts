import type { Finding, Severity } from '../../domain/findings.js';
import type { IndicatorKind } from '../../domain/indicators.js';
import type { ThreatIntelligenceOutcome } from '../../domain/outcomes.js';
import type { StepResult } from '../../domain/step-result.js';
import { asProbability } from '../../domain/step-result.js';
import type { ExtractedIndicators, IndicatorRow } from './indicators.js';

/** Below this an indicator is a rumour: it is told, under a code of its own, and quarantines nothing. */
const TRUSTED = 0.5;
const KIND_WORDS: Readonly<Record<IndicatorKind, string>> = {
  url: 'the web address',
  domain: 'the domain',
  ip: 'the machine',
  address: 'the mail address',
  hash: 'an attachment with the SHA-256',
};
/** Size of a list at which finding nothing in it begins to say something. */
const TELLING_LIST = 500;

/** `listed`: indicators of the organization that are in force, whether they match or not. */
export interface MatchContext {
  now: Date;
  listed: number;
}

/** What of a message the indicator list names. Rows that have expired or match nothing are passed over. */
export function matchIndicators(
  extracted: ExtractedIndicators,
  hits: readonly IndicatorRow[],
  { now, listed }: MatchContext,
): StepResult<ThreatIntelligenceOutcome> {
  const seen: Readonly<Record<IndicatorKind, ReadonlySet<string>>> = {
    url: new Set(extracted.urls),
    domain: new Set(extracted.domains),
    ip: new Set(extracted.ips),
    address: new Set(extracted.addresses),
    hash: new Set(extracted.hashes),
  };
  const matches = hits
    .filter(({ kind, value, expiresAt }) => seen[kind].has(value) && !isPast(expiresAt, now))
    .map(({ kind, value, source, confidence }) => ({ kind, value, source, confidence: asProbability(confidence) }))
    .sort((a, b) => b.confidence - a.confidence);
  const checked = {
    urls: extracted.urls.length,
    domains: extracted.domains.length,
    addresses: extracted.addresses.length + extracted.ips.length,
    hashes: extracted.hashes.length,
  };
  return {
    outcome: { checked, matches },
    confidence: confidenceOf(checked, matches, listed),
    findings: matches.map(findingOf),
  };
}

function isPast(expiresAt: Date | string | null, now: Date): boolean {
  return expiresAt !== null && new Date(expiresAt).getTime() <= now.getTime();
}

function findingOf({ kind, value, source, confidence }: ThreatIntelligenceOutcome['matches'][number]): Finding {
  return {
    code: confidence >= TRUSTED ? 'threat.indicator' : 'threat.indicator.weak',
    severity: severityFor(confidence),
    score: confidence,
    explanation: `${KIND_WORDS[kind]} ${value} is on the indicator list (${source}, ${Math.round(confidence * 100)} % sure)`,
  };
}

function severityFor(confidence: number): Severity {
  if (confidence >= 0.9) return 'critical';
  if (confidence >= 0.7) return 'high';
  return confidence >= TRUSTED ? 'medium' : 'low';
}

/** Matches as sure as their sources together; no match as sure as the list is long, unless there was nothing to look up. */
function confidenceOf(
  checked: ThreatIntelligenceOutcome['checked'],
  matches: ThreatIntelligenceOutcome['matches'],
  listed: number,
): number {
  if (matches.length > 0)
    return asProbability(1 - matches.reduce((doubt, { confidence }) => doubt * (1 - confidence), 1));
  const lookedUp = checked.urls + checked.domains + checked.addresses + checked.hashes;
  return lookedUp === 0 ? 1 : asProbability(0.5 + 0.5 * (1 - Math.exp(-listed / TELLING_LIST)));
}
