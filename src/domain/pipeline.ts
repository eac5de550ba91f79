/** The incoming flow as data: which stages and steps there are, and which step needs which (docs/architecture.md). */

export const STAGES = ['reception', 'enhancement', 'autonomy', 'publication'] as const;
export type StageName = (typeof STAGES)[number];

export const STEPS_BY_STAGE = {
  reception: ['parsing', 'securityScan', 'spamDetection'],
  enhancement: ['languageDetection', 'contentAnalysis', 'routingAnalysis', 'summary', 'translation', 'voice'],
  autonomy: ['selfHealing', 'performanceOptimization', 'threatIntelligence', 'predictiveActions'],
  publication: ['notifications', 'dashboardUpdate', 'actionSuggestions', 'responseTemplates'],
} as const satisfies Record<StageName, readonly string[]>;

export type StepName = (typeof STEPS_BY_STAGE)[StageName][number];

/** The two steps of `enhancement` that run only when the caller asked for them. */
export const OPTIONAL_STEPS = ['translation', 'voice'] as const satisfies readonly StepName[];
export type OptionalStep = (typeof OPTIONAL_STEPS)[number];

/** Steps of the same stage whose outcome a step reads; steps of earlier stages are always there. */
export const NEEDS: Readonly<Record<StepName, readonly StepName[]>> = {
  parsing: [],
  securityScan: ['parsing'],
  spamDetection: ['parsing', 'securityScan'],
  languageDetection: [],
  contentAnalysis: ['languageDetection'],
  routingAnalysis: ['contentAnalysis'],
  summary: ['contentAnalysis'],
  translation: ['languageDetection'],
  voice: [],
  selfHealing: [],
  threatIntelligence: [],
  predictiveActions: [],
  performanceOptimization: ['selfHealing', 'threatIntelligence', 'predictiveActions'],
  notifications: [],
  dashboardUpdate: [],
  actionSuggestions: [],
  responseTemplates: [],
};

/** The steps of a stage that a run executes, in the order in which they are listed. */
export function stepsOf(stage: StageName, asked: readonly OptionalStep[]): StepName[] {
  const optional: readonly StepName[] = OPTIONAL_STEPS;
  return STEPS_BY_STAGE[stage].filter(
    (step: StepName) => !optional.includes(step) || asked.some((name) => name === step),
  );
}

export function stageOf(step: StepName): StageName {
  const stage = STAGES.find((name) => (STEPS_BY_STAGE[name] as readonly string[]).includes(step));
  if (stage === undefined) throw new Error(`no stage has the step ${step}`);
  return stage;
}

/** How a step ended. `degraded`: a fallback answered. `unavailable`: no provider is configured for it. */
export const STEP_STATUSES = ['RUNNING', 'DONE', 'DEGRADED', 'UNAVAILABLE', 'FAILED'] as const;
export type StepStatus = (typeof STEP_STATUSES)[number];

export const DIRECTIONS = ['INCOMING', 'OUTGOING'] as const;
export type Direction = (typeof DIRECTIONS)[number];

/** What an API client may ask of processEmail. `ai` and `autonomous` are always run; they select what is reported. */
export const OPERATIONS = ['ai', 'autonomous', 'translation', 'voice'] as const;
export type Operation = (typeof OPERATIONS)[number];

export const WORKFLOW_TYPES = ['incoming', 'outgoing', 'analysis'] as const;
export type WorkflowType = (typeof WORKFLOW_TYPES)[number];
