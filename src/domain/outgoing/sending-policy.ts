import type { Finding } from '../findings.js';
import type { Problem } from '../problem.js';
import { graver, type Verdict } from './outcomes.js';

/** What becomes of a message with a finding of a kind. */
export const SENDING_VERDICTS = ['ALLOW', 'HOLD', 'REFUSE'] as const;
export type SendingVerdict = (typeof SENDING_VERDICTS)[number];

/** What an organization has set for the check of what it sends. */
export interface SendingPolicy {
  /** A virus scanner knows it. */
  malware: SendingVerdict;
  /** A scanner is configured, and has not looked at all of its attachments. */
  unscanned: SendingVerdict;
  /** Programs, scripts, macros, files that hide what they are. */
  dangerousAttachments: SendingVerdict;
  /** Attachments that no scanner can look into. */
  encryptedAttachments: SendingVerdict;
  /** Private keys, keys of services, passwords. */
  secrets: SendingVerdict;
  cardNumbers: SendingVerdict;
  /** IBANs: they stand in every invoice. */
  bankAccounts: SendingVerdict;
  /** Findings that score less count for nothing, 0 to 1. */
  leastScore: number;
  /** Bytes; what is larger is refused. */
  mostBytes: number;
}

export const DEFAULT_SENDING_POLICY = {
  malware: 'REFUSE',
  unscanned: 'HOLD',
  dangerousAttachments: 'HOLD',
  encryptedAttachments: 'HOLD',
  secrets: 'HOLD',
  cardNumbers: 'HOLD',
  bankAccounts: 'ALLOW',
  leastScore: 0.3,
  mostBytes: 50 * 1024 * 1024,
} satisfies SendingPolicy;

const LEAST_BYTES = 1_024;
const MOST_BYTES = 256 * 1024 * 1024;

/** Everything that is wrong with a policy, by field. */
export function sendingPolicyProblems({ leastScore, mostBytes }: SendingPolicy): Problem[] {
  const problems: Problem[] = [];
  if (!(leastScore >= 0 && leastScore <= 1)) problems.push({ field: 'leastScore', problem: 'must be 0 to 1' });
  if (!Number.isInteger(mostBytes) || mostBytes < LEAST_BYTES || mostBytes > MOST_BYTES) {
    problems.push({ field: 'mostBytes', problem: `must be ${LEAST_BYTES} to ${MOST_BYTES}` });
  }
  return problems;
}

type Kind = Exclude<keyof SendingPolicy, 'leastScore' | 'mostBytes'>;

/** What a finding speaks of; findings of other codes decide nothing. */
function kindOf(code: string): Kind | 'always' | null {
  if (code.startsWith('outgoing.')) return 'always';
  if (code === 'malware.signature' || code === 'malware.likely' || code === 'attachment.eicar') return 'malware';
  if (code === 'malware.unscanned' || code === 'attachment.unscannable') return 'unscanned';
  if (code === 'archive.encrypted' || code === 'archive.passwordInText') return 'encryptedAttachments';
  if (code.startsWith('attachment.') || code.startsWith('archive.')) return 'dangerousAttachments';
  if (code === 'secret.card') return 'cardNumbers';
  if (code === 'secret.account') return 'bankAccounts';
  return code.startsWith('secret.') ? 'secrets' : null;
}

/**
 * What the findings of a message come to. `outgoing.*` (a broken header section, a forged author) is refused whatever is
 * set: no policy makes it right.
 */
export function judgeSending(
  findings: readonly Finding[],
  policy: SendingPolicy,
): { verdict: Verdict; reasons: string[]; confidence: number } {
  let verdict: Verdict = 'allow';
  const reasons: string[] = [];
  let doubt = 1;
  for (const { code, score, explanation } of findings) {
    const kind = kindOf(code);
    if (kind === null) continue;
    const asked = kind === 'always' ? 'REFUSE' : policy[kind];
    // That nobody looked is no evidence of harm, and is asked about all the same.
    const counts = kind === 'always' || kind === 'unscanned' || score >= policy.leastScore;
    if (asked === 'ALLOW' || !counts) continue;
    verdict = graver(verdict, asked === 'REFUSE' ? 'refuse' : 'hold');
    doubt *= 1 - Math.min(1, Math.max(score, kind === 'unscanned' ? 0.5 : 0));
    reasons.push(explanation);
  }
  return { verdict, reasons, confidence: verdict === 'allow' ? cleanConfidence(findings) : 1 - doubt };
}

/** The strongest sign that was not enough is what it may be wrong by. */
function cleanConfidence(findings: readonly Finding[]): number {
  return 1 - Math.max(0, ...findings.map(({ score }) => Math.min(1, score))) * 0.5;
}
