import type { StageName, StepName, StepStatus } from '../pipeline.js';

/** The outgoing flow as data: which stages and steps there are, and which step needs which (docs/architecture.md). */
export const OUTGOING_STAGES = ['composition', 'preparation', 'optimization', 'delivery'] as const;
export type OutgoingStage = (typeof OUTGOING_STAGES)[number];

export const OUTGOING_STEPS_BY_STAGE = {
  composition: ['predictiveText', 'translation', 'templateSuggestions', 'voiceInput'],
  preparation: ['securityValidation', 'encryption', 'deliveryOptimization', 'compliance'],
  optimization: ['sendTime', 'routeSelection', 'performanceMonitoring', 'errorHandling'],
  delivery: ['status', 'analytics', 'successMonitoring', 'errorRecovery'],
} as const satisfies Record<OutgoingStage, readonly string[]>;

export type OutgoingStep = (typeof OUTGOING_STEPS_BY_STAGE)[OutgoingStage][number];

/** The steps of `composition`: they run only when the caller asks for them. */
export type CompositionStep = (typeof OUTGOING_STEPS_BY_STAGE)['composition'][number];

/** Steps of the same stage whose outcome a step reads: what leaves is checked, then changed, then signed and sealed. */
export const OUTGOING_NEEDS: Readonly<Record<OutgoingStep, readonly OutgoingStep[]>> = {
  predictiveText: [],
  translation: ['voiceInput'],
  templateSuggestions: ['voiceInput'],
  voiceInput: [],
  securityValidation: [],
  compliance: ['securityValidation'],
  deliveryOptimization: ['compliance'],
  encryption: ['deliveryOptimization'],
  sendTime: [],
  routeSelection: [],
  performanceMonitoring: ['routeSelection'],
  errorHandling: ['routeSelection'],
  status: [],
  analytics: [],
  successMonitoring: [],
  errorRecovery: [],
};

export interface OutgoingStepReport {
  name: OutgoingStep;
  status: StepStatus;
  confidence: number | null;
}

/** A stage or a step of either flow. */
export type AnyStage = StageName | OutgoingStage;
export type AnyStep = StepName | OutgoingStep;
