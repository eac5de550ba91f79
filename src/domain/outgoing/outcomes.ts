import type { Severity } from '../findings.js';
import type { RecipientCounts } from './recipient-status.js';

/** What preparation may come to; policy decides by the gravest of its steps. */
export const VERDICTS = ['allow', 'modify', 'hold', 'refuse'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** The graver of two. */
export function graver(one: Verdict, other: Verdict): Verdict {
  return VERDICTS.indexOf(one) >= VERDICTS.indexOf(other) ? one : other;
}

/** What every step of preparation says. */
export interface PreparationOutcome {
  verdict: Verdict;
  /** In sentences for a person: why it is held or refused, what was changed. */
  reasons: string[];
}

/** Outcomes of preparation without the optional fields are of a step that made nothing of the kind. */
export interface SecurityValidationOutcome extends PreparationOutcome {
  /** What was found, without what it was found in. */
  found?: { code: string; severity: Severity; score: number }[];
}

/** What rules change in a message. */
export interface PolicyChanges {
  /** In the order of the rules. Null: made of the text. */
  footers: { text: string; html: string | null }[];
  /** Before the subject. */
  prefixes: string[];
  /** Above the text. */
  notices: string[];
  headers: { name: string; value: string }[];
}

export interface ComplianceOutcome extends PreparationOutcome {
  /** The rules that match or could not be evaluated, in their order. */
  rules?: { id: string; name: string; verdict: Verdict }[];
  changes?: PolicyChanges;
  retention?: string | null;
  /** Protection that rules ask for, whatever the sending asks. */
  require?: { sign: boolean; encrypt: boolean };
}

export interface DeliveryOptimizationOutcome extends PreparationOutcome {
  /** Bytes of what leaves, before it is signed and sealed. */
  size?: number;
  /** Whether each recipient gets bytes of its own. */
  personal?: boolean;
}

export interface EncryptionOutcome extends PreparationOutcome {
  /** Recipients who get it signed, encrypted; as far as they were looked at. */
  signed?: number;
  encrypted?: number;
}

export interface SendTimeOutcome {
  /** When it leaves, ISO 8601; null: at once. With an optimized time, the earliest of the recipients'. */
  leavesAt: string | null;
  /** Recipients whose time was chosen by what they opened, clicked and answered. */
  optimized: number;
  reason: string;
}

export interface RouteSelectionOutcome {
  /** By destination: the route and why; at most a hundred. */
  routes: { destination: string; recipients: number; route: string; reason: string }[];
}

export interface PerformanceMonitoringOutcome {
  /** By destination, of the last day; at most a hundred. */
  destinations: { destination: string; delivered: number; deferred: number; medianSeconds: number | null }[];
  slow: string[];
}

export interface ErrorHandlingOutcome {
  /** Recipients that are left out, and why. */
  suppressed: { address: string; reason: string }[];
  retriesForHours: number;
  uncertain: 'RETRY_ONCE' | 'ASK';
}

export interface DeliveryStatusOutcome {
  recipients: RecipientCounts;
}

export interface DeliveryAnalyticsOutcome {
  attempts: number;
  /** Seconds from the first moment that it could leave until the last recipient had it; null where nobody has. */
  seconds: number | null;
  /** Deliveries over an encrypted connection, of all. */
  encrypted: number;
}

export interface SuccessMonitoringOutcome {
  /** Of this message, and of the organization's last thirty days. */
  rate: number | null;
  usualRate: number | null;
}

export interface ErrorRecoveryOutcome {
  /** Failures by class. */
  failures: Record<string, number>;
  /** What was done about them, and what a person may do. */
  done: string[];
}

/** A suggestion of `composition`, or that there is none. */
export interface CompositionOutcome {
  suggestions: string[];
}

export interface OutgoingOutcomes {
  predictiveText: CompositionOutcome;
  translation: { language: string; text: string | null };
  templateSuggestions: { templates: { id: string; name: string; reason: string }[] };
  voiceInput: { text: string | null };
  securityValidation: SecurityValidationOutcome;
  encryption: EncryptionOutcome;
  deliveryOptimization: DeliveryOptimizationOutcome;
  compliance: ComplianceOutcome;
  sendTime: SendTimeOutcome;
  routeSelection: RouteSelectionOutcome;
  performanceMonitoring: PerformanceMonitoringOutcome;
  errorHandling: ErrorHandlingOutcome;
  status: DeliveryStatusOutcome;
  analytics: DeliveryAnalyticsOutcome;
  successMonitoring: SuccessMonitoringOutcome;
  errorRecovery: ErrorRecoveryOutcome;
}
