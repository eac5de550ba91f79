export const SEVERITIES = ['info', 'low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/**
 * One piece of evidence about a message.
 *
 * `code` is a stable name in dotted lower case (`attachment.executable`, `auth.dmarc.fail`); `score` is how much it
 * weighs, 0 (nothing) to 1 (certain harm), negative where it speaks for the message; `explanation` is one sentence for
 * a person that names what was seen.
 */
export interface Finding {
  code: string;
  severity: Severity;
  score: number;
  explanation: string;
}

export function atLeast(severity: Severity, least: Severity): boolean {
  return SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(least);
}

/** The worst severity among findings, `least` where none is worse. */
export function worstOf(findings: readonly Pick<Finding, 'severity'>[], least: Severity = 'info'): Severity {
  return findings.reduce<Severity>((worst, { severity }) => (atLeast(severity, worst) ? severity : worst), least);
}
