import type { StepName } from './pipeline.js';

/** Services outside the machine that reception may ask of a message; each is asked where it is configured. */
export const SCANNERS = ['clamd', 'rspamd', 'spamassassin'] as const;
export type Scanner = (typeof SCANNERS)[number];

/** A scanner that gave no answer: unreachable, too slow, or it answered something else. */
export interface ScanFailure {
  status: 'failed';
  error: string;
}

/** What a virus scanner says of a message. */
export type VirusAnswer =
  | {
      status: 'answered';
      /** `unscannable`: it has not looked at all of it. */
      verdict: 'clean' | 'infected' | 'unscannable';
      /** The signature that matched, or the limit that was met. */
      signature: string | null;
      /** The scanner with the version of its signatures. */
      engine: string;
    }
  | ScanFailure;

/** What a spam filter outside says of a message: its score, the score that it takes for spam, and why. */
export interface SpamOpinion {
  status: 'answered';
  score: number;
  required: number;
  /** What it would do, in its own words. */
  action: string;
  /** Strongest first. */
  symbols: { name: string; score: number }[];
}

/** `skipped`: by its own rule it is not asked of such a message. */
export type SpamAnswer = SpamOpinion | { status: 'skipped'; reason: string } | ScanFailure;

/** What was answered so far, by scanner: small, it goes through Temporal. */
export interface ScanAnswers {
  clamd?: VirusAnswer;
  rspamd?: SpamAnswer;
  spamassassin?: SpamAnswer;
}

/** Symbols that an answer keeps. */
export const MOST_SYMBOLS = 20;

/** The step that reads a scanner's answer. */
const READ_BY = {
  clamd: 'securityScan',
  rspamd: 'spamDetection',
  spamassassin: 'spamDetection',
} as const satisfies Record<Scanner, StepName>;

/** The scanners that are still to be asked: configured, not answered, and the step that reads them not committed. */
export function missingScans(
  configured: readonly Scanner[],
  answers: ScanAnswers,
  isCommitted: (step: StepName) => boolean,
): Scanner[] {
  return configured.filter((scanner) => answers[scanner] === undefined && !isCommitted(READ_BY[scanner]));
}
