/** What can be asked of a provider beside the embedded engines. */
export const AI_CAPABILITIES = [
  'contentAnalysis',
  'summary',
  'translation',
  'voice',
  'composition',
  'embedding',
] as const;
export type AiCapability = (typeof AI_CAPABILITIES)[number];

/** Who can answer. `embedded` are the engines of this program: always there, nothing leaves the machine. */
export const AI_PROVIDERS = ['embedded', 'openai', 'anthropic', 'libretranslate', 'apertium', 'pocketsphinx'] as const;
export type AiProvider = (typeof AI_PROVIDERS)[number];

/** What of a mail may leave the machine, least first. */
export const DISCLOSURES = ['nothing', 'redacted', 'everything'] as const;
export type Disclosure = (typeof DISCLOSURES)[number];

/** Why a provider gave no answer that could be used. */
export const AI_FAILURES = [
  'unreachable',
  'timeout',
  'rateLimited',
  'overBudget',
  'refused',
  'nonsense',
  'circuitOpen',
  'notAllowed',
] as const;
export type AiFailure = (typeof AI_FAILURES)[number];

/** As the provider counts them. */
export interface TokenCount {
  input: number;
  output: number;
}

/** Who answered, at what price; on every outcome that a provider outside could have given. */
export interface AnsweredBy {
  provider: AiProvider;
  /** As the provider names it. */
  model: string | null;
  durationMs: number;
  /** Null where the provider counts none. */
  tokens: TokenCount | null;
  /** In units of the currency that the prices are configured in. */
  cost: number | null;
  disclosure: Disclosure;
  /** Who was asked before and gave no answer. */
  insteadOf: { provider: AiProvider; failure: AiFailure; reason: string }[];
}

/** The capabilities that the enhancement stage asks of providers, and the step that reads the answer, there or later. */
export const AI_STEPS = {
  contentAnalysis: 'contentAnalysis',
  summary: 'summary',
  translation: 'translation',
  voice: 'voice',
  embedding: 'dashboardUpdate',
} as const satisfies Partial<Record<AiCapability, string>>;
export type AskedCapability = keyof typeof AI_STEPS;
export const ASKED_CAPABILITIES = Object.keys(AI_STEPS) as AskedCapability[];

/** What a workflow learns of an answer: that it is there. The answer itself is committed under the run. */
export type AiReport =
  | { status: 'answered' }
  | {
      status: 'failed';
      provider: AiProvider;
      failure: AiFailure;
      reason: string;
      /** When it may be asked again (ISO 8601), where the provider or a budget says so. */
      notBefore: string | null;
      /** Whether a request went out. */
      asked: boolean;
    };

export type AiReports = { [Capability in AskedCapability]?: AiReport };

/** The capabilities still to be asked: configured, not reported, and the step that reads them not committed. */
export function missingAnswers(
  configured: readonly AskedCapability[],
  reports: AiReports,
  steps: readonly string[],
  isCommitted: (step: (typeof AI_STEPS)[AskedCapability]) => boolean,
): AskedCapability[] {
  return configured.filter(
    (capability) =>
      steps.includes(AI_STEPS[capability]) && reports[capability] === undefined && !isCommitted(AI_STEPS[capability]),
  );
}

/** What the embedded engines say of themselves. */
export function embeddedAnswer(durationMs: number, insteadOf: AnsweredBy['insteadOf'] = []): AnsweredBy {
  return {
    provider: 'embedded',
    model: null,
    durationMs: Math.round(durationMs * 1_000) / 1_000,
    tokens: null,
    cost: null,
    disclosure: 'nothing',
    insteadOf,
  };
}
