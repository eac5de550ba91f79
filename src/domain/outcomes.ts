import type {
  ActionSuggestionsOutcome,
  DashboardUpdateOutcome,
  NotificationsOutcome,
  PerformanceOptimizationOutcome,
  PredictiveActionsOutcome,
  ResponseTemplatesOutcome,
  SelfHealingOutcome,
  ThreatIntelligenceOutcome,
} from './outcomes/autonomy.js';
import type { ContentAnalysisOutcome } from './outcomes/content-analysis.js';
import type {
  LanguageDetectionOutcome,
  RoutingOutcome,
  SummaryOutcome,
  TranslationOutcome,
  UnavailableOutcome,
  VoiceOutcome,
} from './outcomes/enhancement.js';
import type { ParsingOutcome, SecurityScanOutcome, SpamDetectionOutcome } from './outcomes/reception.js';

export * from './outcomes/autonomy.js';
export * from './outcomes/content-analysis.js';
export * from './outcomes/enhancement.js';
export * from './outcomes/reception.js';

/**
 * What each step of the incoming flow says of a message: one interface a step, stored as the step's outcome and shown
 * on the API. Probabilities and confidences lie between 0 and 1; dates are ISO 8601.
 */
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
