import type { PhishingOutcome } from '../../../domain/outcomes.js';
import type { FindingList } from '../finding-list.js';

const MOST_TOLD = 4;

/** A certain verdict quarantines; an unsure one marks the message for its reader. */
export function findPhishing({ verdict, score, signals }: PhishingOutcome, findings: FindingList): void {
  if (verdict === 'none') return;
  const reasons = signals.filter(({ weight }) => weight > 0).slice(0, MOST_TOLD);
  const told = reasons.map(({ explanation }) => explanation.replace(/\.$/, '')).join('; ');
  if (verdict === 'certain') {
    findings.add('phishing.certain', 'high', score, `The message shows the marks of a deceit: ${told}.`);
  } else {
    findings.add('phishing.unsure', 'medium', score / 2, `The message may be a deceit: ${told}.`);
  }
}
