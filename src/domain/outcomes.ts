import type { Severity } from './findings.js';
import type { IndicatorKind } from './indicators.js';
import type { RouteFeatures } from './learned-routes.js';
import type { Attachment, Defect } from './parsed-message.js';
import type { StepName } from './pipeline.js';

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
}

export const MAIL_ORIGINS = ['person', 'list', 'bounce', 'autoReply', 'bulk'] as const;
export type MailOrigin = (typeof MAIL_ORIGINS)[number];

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
  spf: { result: AuthResult; domain: string | null };
  dkim: { result: AuthResult; domain: string | null; selector: string | null; algorithm: string | null }[];
  dmarc: { result: AuthResult; domain: string | null; policy: 'none' | 'quarantine' | 'reject' | null };
  arc: { result: AuthResult };
}

export interface SecurityScanOutcome {
  authentication: Authentication;
  /** The worst severity among the findings, `info` where there are none. */
  threatLevel: Severity;
  checkedAttachments: number;
  checkedLinks: number;
}

export const SPAM_VERDICTS = ['ham', 'unsure', 'spam'] as const;
export type SpamVerdict = (typeof SPAM_VERDICTS)[number];

export interface SpamDetectionOutcome {
  /** Probability that it is spam. */
  score: number;
  verdict: SpamVerdict;
  /** What moved the score, strongest first, in logits: above 0 towards spam. */
  contributions: { signal: string; weight: number; explanation: string }[];
  /** Who answered: the embedded filter, or rspamd merged with it. */
  answeredBy: 'embedded' | 'rspamd';
}

export interface LanguageDetectionOutcome {
  /** ISO 639-1, or `unknown`. */
  language: string;
  alternatives: { language: string; score: number }[];
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
}

export interface ContentAnalysisOutcome {
  type: MailType;
  typeConfidence: number;
  priority: Priority;
  /** Why that priority, in words. */
  priorityReasons: string[];
  /** -1 (very negative) to 1. */
  sentiment: number;
  entities: Entity[];
  /** Questions that the new text asks. */
  questions: string[];
}

export interface RoutingOutcome {
  /** The mailboxes the message goes to, by the address that it was received for. */
  routes: { recipient: string; mailboxId: string; mailbox: string; rule: string | null; explanation: string }[];
  /** Where it would belong by what was learned; null where nothing was. */
  proposed: { mailboxId: string; mailbox: string; probability: number } | null;
  /** What is learned from it once a person says where it belongs; outcomes of version 1 are without. */
  features?: RouteFeatures;
}

export interface SummaryOutcome {
  /** Sentences of the mail's new text, in their order; never longer than the text. */
  summary: string;
  sentences: { text: string; score: number }[];
}

export interface UnavailableOutcome {
  reason: string;
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
}

export interface ActionSuggestionsOutcome {
  suggestions: { action: string; label: string; confidence: number; explanation: string }[];
}

export interface ResponseTemplatesOutcome {
  templates: { id: string; title: string; text: string; score: number; explanation: string }[];
}

export interface StepOutcomes {
  parsing: ParsingOutcome;
  securityScan: SecurityScanOutcome;
  spamDetection: SpamDetectionOutcome;
  languageDetection: LanguageDetectionOutcome;
  contentAnalysis: ContentAnalysisOutcome;
  routingAnalysis: RoutingOutcome;
  summary: SummaryOutcome;
  translation: UnavailableOutcome;
  voice: UnavailableOutcome;
  selfHealing: SelfHealingOutcome;
  performanceOptimization: PerformanceOptimizationOutcome;
  threatIntelligence: ThreatIntelligenceOutcome;
  predictiveActions: PredictiveActionsOutcome;
  notifications: NotificationsOutcome;
  dashboardUpdate: DashboardUpdateOutcome;
  actionSuggestions: ActionSuggestionsOutcome;
  responseTemplates: ResponseTemplatesOutcome;
}
