import type { AnsweredBy } from '../ai.js';
import type { IndicatorKind } from '../indicators.js';
import type { StepName } from '../pipeline.js';

/** What the steps of `autonomy` and `publication` say of a message. */

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
