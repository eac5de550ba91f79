import { actedOn } from './ai-proposals.js';
import type { DispositionFacts } from './disposition.js';
import type { Finding } from './findings.js';
import type { StepOutcomes } from './outcomes.js';
import type { ParsedMessage, SmtpSession } from './parsed-message.js';
import type { StepName } from './pipeline.js';
import { headerFacts, runFacts, sessionFacts, type RuleFacts } from './rule-facts.js';

/** What a run has found out of a message when it is decided, whoever asks: the run itself, or a dry run after it. */
export interface AnalysedMessage {
  /** Null where parsing failed. */
  parsed: ParsedMessage | null;
  /** The door it came through. */
  source: string;
  session: SmtpSession;
  size: number;
  receivedAt: string;
  timeZone: string;
  recipients: readonly { address: string; mailbox: string | null }[];
  outcome<Name extends StepName>(name: Name): StepOutcomes[Name] | null;
  hasFailed(name: StepName): boolean;
  findings: readonly (Finding & { step: StepName })[];
  correspondentKnown: boolean;
}

const CHECKS = ['parsing', 'securityScan', 'spamDetection'] as const;

/** What the built-in policy decides from. */
export function builtInFacts(message: AnalysedMessage, decided: DispositionFacts['decided']): DispositionFacts {
  const scan = message.outcome('securityScan');
  const { dmarc, arc } = scan?.authentication ?? {};
  const refused = dmarc?.result === 'fail' && dmarc.policy === 'reject' && arc?.trusted !== true;
  return {
    findings: message.findings,
    refusedByDomain: refused ? (dmarc.domain ?? 'its domain') : null,
    spamScore: message.outcome('spamDetection')?.score ?? null,
    decided,
    unscanned: scan?.antivirus?.status === 'failed',
    uncheckedSteps: CHECKS.filter((name) => message.hasFailed(name)),
    ownMessage: message.source === 'system',
  };
}

/** What rules know of it, but for the recipient; only what the session said where it could not be parsed. */
export function factsForRules(message: AnalysedMessage): { facts: RuleFacts; phase: 'rcpt' | 'run' } {
  const { parsed, session, source, receivedAt, timeZone, findings, correspondentKnown } = message;
  const ofSession = sessionFacts({ intake: source, session });
  if (parsed === null) return { facts: ofSession, phase: 'rcpt' };
  const recipients = message.recipients.map(({ address }) => address);
  const content = message.outcome('contentAnalysis');
  return {
    facts: {
      ...ofSession,
      ...headerFacts(parsed, message.size, recipients),
      ...runFacts({
        parsed,
        parsing: message.outcome('parsing'),
        securityScan: message.outcome('securityScan'),
        spamDetection: message.outcome('spamDetection'),
        contentAnalysis: content && actedOn(content),
        language: message.outcome('languageDetection')?.language ?? 'unknown',
        findings,
        correspondentKnown,
        receivedAt,
        timeZone,
      }),
    },
    phase: 'run',
  };
}

/** Whether an expression asks for what has to be looked up apart. */
export function asksForCorrespondent(expression: string): boolean {
  return /\bcorrespondent\b/.test(expression);
}
