import type { CalendarEvent } from '../calendar.js';
import type { MachineReport } from '../bounce.js';
import type { Severity } from '../findings.js';
import type { Attachment, Defect } from '../parsed-message.js';
import type { Protection } from '../protection.js';
import type { Scanner } from '../scans.js';
import type { SpamEvidence } from '../spam-evidence.js';

/** What the steps of `reception` say of a message. */

export interface ParsingOutcome {
  subject: string;
  from: string;
  to: string[];
  date: string | null;
  messageId: string | null;
  threadId: string;
  /** How the thread was found. */
  threadBy: 'references' | 'inReplyTo' | 'subject' | 'new';
  attachments: Attachment[];
  parts: number;
  depth: number;
  /** Characters of the text and of its new part. */
  textLength: number;
  newTextLength: number;
  links: number;
  defects: Defect[];
  /** Machine mail: list, bounce, auto-reply; `person` where nothing says so. */
  origin: MailOrigin;
  /** What a machine reports of an earlier message; outcomes of engine version 1 are without. */
  report?: MachineReport | null;
  /** What was encrypted or signed in it; absent where nothing is. */
  protection?: Protection;
  /** Events that it invites to, answers or cancels; outcomes of engine version 1 are without. */
  events?: CalendarEvent[];
}

/** `complaint` is a feedback report (RFC 5965), `receipt` a disposition notification (RFC 8098). */
export const MAIL_ORIGINS = ['person', 'list', 'bounce', 'complaint', 'receipt', 'autoReply', 'bulk'] as const;
export type MailOrigin = (typeof MAIL_ORIGINS)[number];

/** Whether no person waits for an answer: answering a machine starts loops (RFC 3834 2). */
export function isMachine(origin: MailOrigin): boolean {
  return origin !== 'person' && origin !== 'list';
}

export const AUTH_RESULTS = [
  'pass',
  'fail',
  'softfail',
  'neutral',
  'none',
  'temperror',
  'permerror',
  'policy',
  'skipped',
] as const;
/** A result in the words of RFC 8601; `skipped` where there was nothing to check it with (no client address, no DNS). */
export type AuthResult = (typeof AUTH_RESULTS)[number];

export interface Authentication {
  spf: {
    result: AuthResult;
    domain: string | null;
    /** Whose domain that is (RFC 7208 2.3, 2.4); absent where nothing was checked. */
    identity?: 'mailFrom' | 'helo';
  };
  dkim: DkimResult[];
  dmarc: {
    result: AuthResult;
    domain: string | null;
    /** What the owner asks for, after `sp`, `np` and `t` (RFC 9989 4.7). */
    policy: 'none' | 'quarantine' | 'reject' | null;
  };
  arc: {
    result: AuthResult;
    /** Sets in the chain, and who sealed the newest one. */
    sets?: number;
    sealedBy?: string | null;
    /** The newest set is of a sealer that this installation believes, which found the message authenticated. */
    trusted?: true;
  };
  /** A published brand indicator, looked for where DMARC passed under an enforcing policy; its logo is not fetched. */
  bimi?: { domain: string; selector: string; location: string; authority: string | null } | null;
  /** The hop that SPF was checked for; absent where the message was not examined. */
  client?: {
    address: string | null;
    helo: string | null;
    mailFrom: string;
    /** `received`: behind trusted relays, by the Received field of the first of them. */
    from: 'session' | 'received';
  };
}

export interface DkimResult {
  result: AuthResult;
  domain: string | null;
  selector: string | null;
  algorithm: string | null;
  /** Why it is not `pass`, in a few words. */
  reason?: string | null;
  /** Bytes of the body that an `l=` tag leaves unsigned (RFC 6376 8.2); absent where all is signed. */
  unsignedBytes?: number;
}

export interface SecurityScanOutcome {
  authentication: Authentication;
  /** The Authentication-Results field (RFC 8601) that the stored and forwarded message carries, and whose it is. */
  authenticationResults?: { authservId: string; field: string };
  /** The worst severity among the findings, `info` where there are none. */
  threatLevel: Severity;
  checkedAttachments: number;
  checkedLinks: number;
  /** Absent in outcomes from before there was one. */
  antivirus?: Antivirus;
  /** How likely it deceives its reader; absent from outcomes of version 1. */
  phishing?: PhishingOutcome;
}

export const PHISHING_VERDICTS = ['none', 'unsure', 'certain'] as const;
export type PhishingVerdict = (typeof PHISHING_VERDICTS)[number];

export interface PhishingOutcome {
  /** Probability that it is phishing or another deceit. */
  score: number;
  verdict: PhishingVerdict;
  /** What moved the score, strongest first, in logits: above 0 towards phishing. */
  signals: { code: string; weight: number; explanation: string }[];
}

/** What the virus scanner said; `off` where none is configured, `failed` where it did not answer. */
export interface Antivirus {
  status: 'clean' | 'infected' | 'unscannable' | 'failed' | 'off';
  /** The signature that matched, or the limit by which it is unscannable. */
  signature: string | null;
  /** The scanner with its version and that of its signatures. */
  engine: string | null;
}

export const SPAM_VERDICTS = ['ham', 'unsure', 'spam'] as const;
export type SpamVerdict = (typeof SPAM_VERDICTS)[number];

/** What a contribution comes of; outcomes of model version 1, and filters outside, name none. */
export type SpamSource = 'prior' | 'rules' | 'organization' | 'mailbox';

export interface SpamDetectionOutcome {
  /** What is learned from it once a person corrects it; outcomes of model version 1 are without. */
  evidence?: SpamEvidence;
  /** Probability that it is spam. */
  score: number;
  verdict: SpamVerdict;
  /** What moved the score, strongest first, in logits: above 0 towards spam. */
  contributions: { signal: string; weight: number; explanation: string; source?: SpamSource }[];
  /** Whose verdicts are merged in it (docs/scanners.md). */
  answeredBy: ('embedded' | SpamService)[];
  /** What each filter outside said; absent where none is configured. */
  services?: SpamServiceAnswer[];
}

export type SpamService = Exclude<Scanner, 'clamd'>;

export interface SpamServiceAnswer {
  service: SpamService;
  status: 'answered' | 'skipped' | 'failed';
  score: number | null;
  /** The score that it takes for spam. */
  required: number | null;
  action: string | null;
  /** Why it did not answer. */
  reason: string | null;
}
