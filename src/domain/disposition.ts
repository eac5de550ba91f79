import type { Finding } from './findings.js';
import { atLeast } from './findings.js';
import type { Problem } from './problem.js';
import type { FinalStatus } from './status.js';

export const DISPOSITIONS = ['deliver', 'quarantine', 'reject', 'hold', 'forward'] as const;
export type Disposition = (typeof DISPOSITIONS)[number];

/** An organization's choices; each has a default that suits a mailbox of people. */
export interface DispositionPolicy {
  /** At this probability of spam or above it is quarantined. */
  quarantineAtSpam: number;
  /** Whether a DMARC failure under the sender's own `p=reject` is refused. */
  rejectOnDmarcReject: boolean;
  /** Finding codes that hold a message for a person. */
  holdOn: string[];
  /** Finding codes that quarantine whatever their severity. */
  quarantineOn: string[];
}

export const DEFAULT_POLICY = {
  quarantineAtSpam: 0.9,
  rejectOnDmarcReject: true,
  holdOn: ['sender.lookalike'],
  quarantineOn: ['threat.indicator'],
} satisfies DispositionPolicy;

/** What an organization chose otherwise than DEFAULT_POLICY. */
export type PolicyOverrides = Partial<DispositionPolicy>;

const MOST_CODES = 200;
/** Dotted lower case, as findings have it; `spam.auth.dmarcFail` keeps its hump. */
const FINDING_CODE = /^[a-z][a-zA-Z\d]*(?:\.[a-z\d][a-zA-Z\d]*)*$/;

/** Everything that is wrong with an organization's choices, by field. */
export function policyProblems(overrides: PolicyOverrides): Problem[] {
  const { quarantineAtSpam } = overrides;
  const problems: Problem[] = [];
  if (quarantineAtSpam !== undefined && !(quarantineAtSpam >= 0 && quarantineAtSpam <= 1)) {
    problems.push({ field: 'quarantineAtSpam', problem: `is ${quarantineAtSpam}: must lie between 0 and 1` });
  }
  for (const field of ['holdOn', 'quarantineOn'] as const) {
    const codes = overrides[field] ?? [];
    if (codes.length > MOST_CODES) problems.push({ field, problem: `must be at most ${MOST_CODES}` });
    for (const [index, code] of codes.slice(0, MOST_CODES).entries()) {
      if (code.length <= 100 && FINDING_CODE.test(code)) continue;
      problems.push({
        field: `${field}[${index}]`,
        problem: 'must be the code of a finding, for example sender.lookalike',
      });
    }
  }
  return problems;
}

export interface DispositionFacts {
  findings: readonly Pick<Finding, 'code' | 'severity' | 'explanation'>[];
  /** The domain whose owner asks to refuse this mail (DMARC fail under p=reject, no valid ARC chain); else null. */
  refusedByDomain: string | null;
  /** Probability of spam; null where the step failed. */
  spamScore: number | null;
  /** A person's decision that opened the run or ended a hold; it goes before everything else. */
  decided: 'deliver' | 'reject' | null;
  /** Steps of reception that failed: what could not be checked is not waved through. */
  uncheckedSteps: readonly string[];
}

export interface Decision {
  disposition: Disposition;
  /** One sentence that names the finding, score or person that decided. */
  reason: string;
}

/** The disposition of a message from all that was found, worst first. */
export function decideDisposition(facts: DispositionFacts, policy: DispositionPolicy): Decision {
  if (facts.decided !== null) {
    return { disposition: facts.decided, reason: `a person decided to ${facts.decided} it` };
  }
  if (facts.refusedByDomain !== null && policy.rejectOnDmarcReject) {
    return {
      disposition: 'reject',
      reason: `not authenticated, and ${facts.refusedByDomain} asks to refuse such mail`,
    };
  }
  const dangerous =
    facts.findings.find((finding) => atLeast(finding.severity, 'critical')) ??
    facts.findings.find((finding) => policy.quarantineOn.includes(finding.code)) ??
    facts.findings.find((finding) => finding.severity === 'high');
  if (dangerous) return { disposition: 'quarantine', reason: dangerous.explanation };
  if (facts.spamScore !== null && facts.spamScore >= policy.quarantineAtSpam) {
    return { disposition: 'quarantine', reason: `spam with a probability of ${facts.spamScore.toFixed(2)}` };
  }
  const held = facts.findings.find((finding) => policy.holdOn.includes(finding.code));
  if (held) return { disposition: 'hold', reason: held.explanation };
  if (facts.uncheckedSteps.length > 0) {
    return { disposition: 'hold', reason: `${facts.uncheckedSteps.join(', ')} failed: a person must look at it` };
  }
  return { disposition: 'deliver', reason: 'nothing speaks against it' };
}

/** The status that a run ends with; `hold` does not end one. */
export function statusFor(disposition: Exclude<Disposition, 'hold'>): FinalStatus {
  switch (disposition) {
    case 'deliver':
    case 'forward':
      return 'DELIVERED';
    case 'quarantine':
      return 'QUARANTINED';
    case 'reject':
      return 'REJECTED';
  }
}
