import type { AssignmentProposal } from './assignment.js';
import type { AnsweredBy } from './ai.js';
import type { CalendarEvent } from './calendar.js';
import type { MachineReport } from './bounce.js';
import type { Severity } from './findings.js';
import type { IndicatorKind } from './indicators.js';
import type { AnswerSource } from './learned-opinion.js';
import type { RouteFeatures } from './learned-routes.js';
import type { IntentFound } from './mail-intent.js';
import type { Attachment, Defect } from './parsed-message.js';
import type { StepName } from './pipeline.js';
import type { Protection } from './protection.js';
import type { MeetingProposal, Task } from './requests.js';
import type { Scanner } from './scans.js';
import type { SpamEvidence } from './spam-evidence.js';

/**
 * What each step of the incoming flow says of a message: one interface a step, stored as the step's outcome and shown
 * on the API. Probabilities and confidences lie between 0 and 1; dates are ISO 8601.
 */

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

export interface LanguageDetectionOutcome {
  /** ISO 639-1, or `unknown`. */
  language: string;
  alternatives: { language: string; score: number }[];
  /** Who answered; outcomes from before there were providers are without. */
  answeredBy?: AnsweredBy;
}

export const MAIL_TYPES = [
  'question',
  'request',
  'complaint',
  'invoice',
  'order',
  'meeting',
  'newsletter',
  'notification',
  'bounce',
  'autoReply',
  'application',
  'personal',
  'information',
] as const;
export type MailType = (typeof MAIL_TYPES)[number];

export const PRIORITIES = ['low', 'normal', 'high', 'urgent'] as const;
export type Priority = (typeof PRIORITIES)[number];

export const ENTITY_KINDS = [
  'person',
  'organization',
  'place',
  'dateTime',
  'amount',
  'email',
  'url',
  'phone',
  'identifier',
] as const;
export type EntityKind = (typeof ENTITY_KINDS)[number];

export interface Entity {
  kind: EntityKind;
  /** As written in the mail. */
  text: string;
  /** Normalised: ISO 8601 for times, `12.50 EUR` for amounts, E.164 for phones, lower case for addresses. */
  value: string;
  confidence: number;
  /** Last day or moment of a period or range, written like `value`; outcomes of version 1 are without. */
  until?: string;
  /** Where `text` starts in the message's new text; absent for what stands in the subject or signature alone. */
  at?: number;
}

/** A phrase that a mail is about. */
export interface Topic {
  phrase: string;
  /** The rarer and the more prominent, the higher. */
  confidence: number;
}

/** An answer of a closed set, which corrections may have changed. */
export interface MailLabel {
  name: string;
  /** Calibrated. */
  confidence: number;
  source: AnswerSource;
  /** Why it is not what the rules alone say; null where it is. */
  explanation: string | null;
}

export interface ContentAnalysisOutcome {
  type: MailType;
  typeConfidence: number;
  priority: Priority;
  /** Why that priority, in words. */
  priorityReasons: string[];
  /** -1 (very negative) to 1. */
  sentiment: number;
  /** How likely the sentiment is on the right side of 0; outcomes of version 1 are without this and the next three. */
  sentimentConfidence?: number;
  /** How soon it wants attention, 0 to 1, with the reasons, strongest first. */
  urgency?: { value: number; reasons: string[]; confidence: number };
  /** What it is there to do. */
  intent?: IntentFound;
  /** Phrases that it is about, as written, most telling first. */
  topics?: Topic[];
  entities: Entity[];
  /** Questions that the new text asks. */
  questions: string[];
  /** What it asks somebody to do or to tell; outcomes of version 1 are without this and the next two. */
  actionItems?: Task[];
  /** What its writer, or somebody whom it names, will do. */
  commitments?: Task[];
  meetings?: MeetingProposal[];
  /** What the organization calls it, of its own labels too; outcomes from before there were labels are without. */
  label?: MailLabel;
  /** How sure the priority is, and whose answer it is; outcomes from before corrections were learned are without. */
  priorityLabel?: MailLabel;
  /** What the rules that ship gave alone, before what was learned: what a correction is compared with. */
  rules?: { types: Record<string, number>; priorities: Record<string, number> };
  /** Promoted versions of models that had a say, by kind; null: corrections alone, without one. */
  models?: Partial<Record<'TYPE' | 'PRIORITY', string | null>>;
  /** Who answered; outcomes from before there were providers are without. */
  answeredBy?: AnsweredBy;
  /** What a model reads as asked of the reader: text for a person. */
  proposedActionItems?: string[];
  /** What the embedded engines found, where a model's proposal stands above: what acts reads this (ai-proposals.ts). */
  embedded?: ContentAnalysisOutcome;
}

export interface RoutingOutcome {
  /** The mailboxes the message goes to, by the address that it was received for. */
  routes: { recipient: string; mailboxId: string; mailbox: string; rule: string | null; explanation: string }[];
  /** Where it would belong by what was learned; null where nothing was. */
  proposed: { mailboxId: string; mailbox: string; probability: number } | null;
  /** What is learned from it once a person says where it belongs; outcomes of version 1 are without. */
  features?: RouteFeatures;
  /** Who should have it; null where no rule, team or lesson speaks for anybody. Outcomes of version 2 are without. */
  assignment?: AssignmentProposal | null;
  /** Who answered; outcomes from before there were providers are without. */
  answeredBy?: AnsweredBy;
}

export interface SummaryOutcome {
  /** Sentences of the mail's new text, in their order, or what a model wrote; never longer than the text. */
  summary: string;
  sentences: { text: string; score: number }[];
  /** Who answered; outcomes from before there were providers are without. */
  answeredBy?: AnsweredBy;
  /** The embedded summary, where a model's stands above. */
  embedded?: { summary: string };
}

export interface UnavailableOutcome {
  reason: string;
  /** Who was asked and failed. */
  answeredBy?: AnsweredBy;
}

export interface TranslationOutcome {
  /** ISO 639-1. */
  from: string;
  to: string;
  /** `gist`: readable, not to be relied on. */
  quality: 'fluent' | 'gist';
  subject: string;
  /** Of the new text, in order. */
  paragraphs: {
    text: string;
    status: 'translated' | 'kept' | 'failed';
    /** What stands between it and the next. */
    separator: string;
    /** Why it could not be translated. */
    reason?: string;
  }[];
  /** The mail is longer than what was translated of it; absent where it was not translated. */
  cut?: boolean;
  answeredBy: AnsweredBy;
}

export interface VoiceOutcome {
  recordings: {
    /** Of the attachment; null where it has none. */
    name: string | null;
    text: string;
    language: string | null;
    confidence: number;
    seconds: number;
    quality: 'dictation' | 'commands';
  }[];
  /** Recordings that could not be read, beside others that could; absent where there are none. */
  unheard?: { name: string | null; reason: string }[];
  answeredBy: AnsweredBy;
}

export interface SelfHealingOutcome {
  /** Steps of this run that fell short, what answered instead, and when to try again. */
  degraded: { step: StepName; error: string; fallback: string | null; repair: string; retryAt: string | null }[];
  healthy: number;
}

export interface PerformanceOptimizationOutcome {
  lane: string;
  backlog: number;
  cacheHits: number;
  cacheLookups: number;
  /** Milliseconds by step, slowest first. */
  slowest: { step: StepName; durationMs: number; usualMs: number | null }[];
  recommendations: { code: string; explanation: string }[];
}

export interface ThreatIntelligenceOutcome {
  checked: { urls: number; domains: number; addresses: number; hashes: number };
  matches: { kind: IndicatorKind; value: string; source: string; confidence: number }[];
}

export interface PredictiveActionsOutcome {
  /** Calibrated probability that a person will want to answer. */
  replyNeeded: { probability: number; reasons: string[] };
  /** When something in it is due; null where nothing is. */
  dueAt: string | null;
  dueText: string | null;
  archive: { probability: number; reasons: string[] };
}

export interface NotificationsOutcome {
  notified: { kind: string; recipient: string; text: string }[];
}

export interface DashboardUpdateOutcome {
  /** What was counted for this run, by name. */
  counters: Record<string, number>;
  /** The space of the vector that says what the mail is about, for similarMessages. Outcomes of earlier versions are without. */
  vectorSpace?: string;
  /** Who made that vector. Outcomes of earlier versions are without. */
  answeredBy?: AnsweredBy;
}

export interface ActionSuggestionsOutcome {
  suggestions: {
    action: string;
    label: string;
    confidence: number;
    explanation: string;
    /** What the rules alone gave, where accepted and dismissed suggestions changed it. */
    rules?: number;
  }[];
}

export interface ResponseTemplatesOutcome {
  templates: {
    id: string;
    title: string;
    text: string;
    score: number;
    explanation: string;
    /** Of a template of the organization's own that has one; those that are built in are without. */
    subject?: string | null;
    /** Whether it is the organization's own; outcomes of version 2 are without. */
    own?: boolean;
  }[];
}

export interface StepOutcomes {
  parsing: ParsingOutcome;
  securityScan: SecurityScanOutcome;
  spamDetection: SpamDetectionOutcome;
  languageDetection: LanguageDetectionOutcome;
  contentAnalysis: ContentAnalysisOutcome;
  routingAnalysis: RoutingOutcome;
  summary: SummaryOutcome;
  translation: TranslationOutcome | UnavailableOutcome;
  voice: VoiceOutcome | UnavailableOutcome;
  selfHealing: SelfHealingOutcome;
  performanceOptimization: PerformanceOptimizationOutcome;
  threatIntelligence: ThreatIntelligenceOutcome;
  predictiveActions: PredictiveActionsOutcome;
  notifications: NotificationsOutcome;
  dashboardUpdate: DashboardUpdateOutcome;
  actionSuggestions: ActionSuggestionsOutcome;
  responseTemplates: ResponseTemplatesOutcome;
}
