import { type Finding, worstOf } from '../../domain/findings.js';
import type { Antivirus, SecurityScanOutcome } from '../../domain/outcomes.js';
import type { Defect } from '../../domain/parsed-message.js';
import type { VirusAnswer } from '../../domain/scans.js';
import type { StepResult } from '../../domain/step-result.js';

/** Archives that a scanner gives up on, or passes, without having looked inside. */
const OWN_LIMITS = /^archive\.bomb$/;
/** Names of clamd for what looks like malware; and for what is no malware, but unwanted (PUA). */
const LIKELY = /^(?:Heuristics|PUA)\./i;

/** How sure the scan is still where no scanner looked, or not at all of it. */
const SURE: Readonly<Record<Antivirus['status'], number>> = {
  clean: 1,
  infected: 1,
  off: 1,
  unscannable: 0.8,
  failed: 0.7,
};

/** The security scan with what the virus scanner said; `answer` is null where none is configured. */
export function withAntivirus(
  scan: StepResult<SecurityScanOutcome>,
  answer: VirusAnswer | null,
  defects: readonly Defect[],
): StepResult<SecurityScanOutcome> {
  const { antivirus, findings } = judgeAntivirus(answer, defects);
  return {
    outcome: { ...scan.outcome, threatLevel: worstOf(findings, scan.outcome.threatLevel), antivirus },
    findings: [...(scan.findings ?? []), ...findings],
    confidence: Math.round(scan.confidence * SURE[antivirus.status] * 1_000) / 1_000,
  };
}

/**
 * What the virus scanner's answer comes to. Two zip bombs were `OK` to clamd when it was tried: by our own limits they
 * are unscannable whatever it says.
 */
export function judgeAntivirus(
  answer: VirusAnswer | null,
  defects: readonly Defect[],
): { antivirus: Antivirus; findings: Finding[] } {
  if (answer === null) return { antivirus: { status: 'off', signature: null, engine: null }, findings: [] };
  if (answer.status === 'failed') {
    return { antivirus: { status: 'failed', signature: null, engine: null }, findings: [unanswered(answer.error)] };
  }
  const { verdict, signature, engine } = answer;
  if (verdict === 'infected') {
    return { antivirus: { status: verdict, signature, engine }, findings: [infected(signature ?? 'unnamed')] };
  }
  const own = defects.find(({ code }) => OWN_LIMITS.test(code));
  if (verdict === 'unscannable' || own !== undefined) {
    const limit = verdict === 'unscannable' ? (signature ?? 'a limit') : (own?.code ?? 'a limit');
    return { antivirus: { status: 'unscannable', signature: limit, engine }, findings: [unscannable(limit)] };
  }
  return { antivirus: { status: 'clean', signature: null, engine }, findings: [] };
}

function infected(signature: string): Finding {
  return LIKELY.test(signature)
    ? {
        code: 'malware.likely',
        severity: 'high',
        score: 0.8,
        explanation: `The virus scanner suspects it: ${signature}.`,
      }
    : {
        code: 'malware.signature',
        severity: 'critical',
        score: 1,
        explanation: `The virus scanner knows it: ${signature}.`,
      };
}

function unscannable(limit: string): Finding {
  return {
    code: 'attachment.unscannable',
    severity: 'medium',
    score: 0.5,
    explanation: `The virus scanner has not looked at all of it: ${limit}.`,
  };
}

function unanswered(error: string): Finding {
  return {
    code: 'malware.unscanned',
    severity: 'info',
    score: 0,
    explanation: `It was not scanned for viruses, as the scanner did not answer: ${error.slice(0, 200)}.`,
  };
}
