import type { Finding } from './findings.js';
import { atLeast } from './findings.js';
import type { Problem } from './problem.js';
import { decideByRules, stricter, type Decided, type RecipientRules, type RuleEffects } from './rule-decision.js';
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
  /** What becomes of a message that the virus scanner did not answer for: held for a person, or passed, marked. */
  whenUnscanned: WhenUnscanned;
}

export const WHEN_UNSCANNED = ['pass', 'hold'] as const;
export type WhenUnscanned = (typeof WHEN_UNSCANNED)[number];

export const DEFAULT_POLICY = {
  quarantineAtSpam: 0.9,
  rejectOnDmarcReject: true,
  holdOn: ['sender.lookalike', 'attachment.unscannable'],
  quarantineOn: ['threat.indicator'],
  // A scanner that is down must not stop all mail; who would rather wait says so.
  whenUnscanned: 'pass',
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
  /** The domain whose owner asks to refuse this mail (DMARC fail under p=reject, no ARC chain of a trusted sealer); else null. */
  refusedByDomain: string | null;
  /** Probability of spam; null where the step failed. */
  spamScore: number | null;
  /** A person's decision that opened the run or ended a hold; it goes before everything else. */
  decided: 'deliver' | 'reject' | null;
  /** Steps of reception that failed: what could not be checked is not waved through. */
  uncheckedSteps: readonly string[];
  /** A virus scanner is configured and did not answer. */
  unscanned?: boolean;
  /** The rules that match, by recipient; none where the organization has no rules. */
  rules?: readonly RecipientRules[];
  /** We wrote it ourselves: nothing of it is checked. */
  ownMessage?: boolean;
}

export interface Decision extends Decided {
  /** Where not all recipients get the same: what each gets. `disposition` is what is left to do, see `wholeOf`. */
  recipients?: RecipientDecision[];
  /** What the rules that match do besides; absent where none does anything. */
  effects?: RuleEffects;
}

export interface RecipientDecision extends Decided {
  address: string;
}

/**
 * The disposition of a message from all that was found. In this order: what a person decided; a rule that overrides;
 * what is certainly harmful, refused by its domain or could not be checked, unless a rule is stricter; the rules; the
 * rest of the built-in policy. docs/rules.md tells it to people.
 */
export function decideDisposition(facts: DispositionFacts, policy: DispositionPolicy): Decision {
  if (facts.ownMessage === true) return { disposition: 'deliver', reason: 'Everpost itself wrote it' };
  const floor = floorOf(facts, policy);
  const otherwise = otherwiseOf(facts, policy);
  const decided: Decided | null =
    facts.decided === null ? null : { disposition: facts.decided, reason: `a person decided to ${facts.decided} it` };
  const builtIn = { decided, floor, otherwise };
  const rules = facts.rules ?? [];
  if (rules.length === 0) return decided ?? stricter(floor, otherwise);
  const { recipients, effects } = decideByRules(rules, builtIn);
  return { ...wholeOf(recipients), ...(effects === null ? {} : { effects }) };
}

/** What no rule waves through, unless it overrides. */
function floorOf(facts: DispositionFacts, policy: DispositionPolicy): Decided | null {
  if (facts.refusedByDomain !== null && policy.rejectOnDmarcReject) {
    return {
      disposition: 'reject',
      reason: `not authenticated, and ${facts.refusedByDomain} asks to refuse such mail`,
    };
  }
  const critical = facts.findings.find((finding) => atLeast(finding.severity, 'critical'));
  if (critical) return { disposition: 'quarantine', reason: critical.explanation };
  if (facts.unscanned === true && policy.whenUnscanned === 'hold') {
    return { disposition: 'hold', reason: 'the virus scanner did not answer: it is held as the policy says' };
  }
  if (facts.uncheckedSteps.length === 0) return null;
  return { disposition: 'hold', reason: `${facts.uncheckedSteps.join(', ')} failed: a person must look at it` };
}

/** What the built-in policy says where no rule does. */
function otherwiseOf(facts: DispositionFacts, policy: DispositionPolicy): Decided {
  const dangerous =
    facts.findings.find((finding) => policy.quarantineOn.includes(finding.code)) ??
    facts.findings.find((finding) => finding.severity === 'high');
  if (dangerous) return { disposition: 'quarantine', reason: dangerous.explanation };
  if (facts.spamScore !== null && facts.spamScore >= policy.quarantineAtSpam) {
    return { disposition: 'quarantine', reason: `spam with a probability of ${facts.spamScore.toFixed(2)}` };
  }
  const held = facts.findings.find((finding) => policy.holdOn.includes(finding.code));
  if (held) return { disposition: 'hold', reason: held.explanation };
  return { disposition: 'deliver', reason: 'nothing speaks against it' };
}

/** What is left to do goes before what is done: a message waits while it waits for one of its recipients. */
const OPEN_FIRST: readonly Disposition[] = ['hold', 'quarantine', 'deliver', 'forward', 'reject'];

/** One decision over a message from those over its recipients. */
function wholeOf(recipients: readonly RecipientDecision[]): Decision {
  const [first, ...others] = [...recipients].sort(
    (a, b) => OPEN_FIRST.indexOf(a.disposition) - OPEN_FIRST.indexOf(b.disposition),
  );
  if (first === undefined) throw new Error('a message without recipients is not decided by rules');
  const { disposition, reason } = first;
  const differ = others.some((other) => other.disposition !== disposition);
  return { disposition, reason, ...(differ ? { recipients: [...recipients] } : {}) };
}

/** What a person says of a message that was held goes for every recipient; what rules do besides stays. */
export function decidedByPerson(held: Decision, released: boolean): Decision {
  const { effects } = held;
  const kept = effects === undefined ? {} : { effects };
  if (!released) return { disposition: 'reject', reason: 'a person rejected it', ...kept };
  const addresses = held.recipients?.map(({ address }) => address) ?? [];
  const reason = 'a person released it';
  const away = new Set(effects?.forward.filter(({ keepCopy }) => !keepCopy).flatMap(({ recipients }) => recipients));
  if (away.size === 0) return { disposition: 'deliver', reason, ...kept };
  const all = [...new Set([...addresses, ...effects!.recipients])];
  const recipients = all.map((address): RecipientDecision => ({
    address,
    disposition: away.has(address) ? 'forward' : 'deliver',
    reason,
  }));
  return { ...wholeOf(recipients), ...kept };
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
