import { NO_PROVIDERS, type OperatorAi, type ProviderSettings } from '../../src/domain/ai-settings.js';
import type { AiCapability } from '../../src/domain/ai.js';

/** An operator's settings with one model server for some capabilities; repairs follow within a second. */
export function operatorAi(
  baseUrl: string,
  capabilities: readonly AiCapability[] = ['contentAnalysis', 'summary'],
  more: Partial<ProviderSettings & { key: string | null }> = {},
  operator: Partial<OperatorAi> = {},
): OperatorAi {
  const provider = {
    provider: 'openai' as const,
    model: 'test-model',
    baseUrl,
    key: 'sk-test-key',
    timeoutMs: 5_000,
    prices: { input: 1, output: 4 },
    requestsPerMinute: null,
    tokensPerDay: null,
    costPerDay: null,
    disclosure: 'everything' as const,
    redactNames: false,
    ...more,
  };
  return {
    ...NO_PROVIDERS,
    capabilities: {
      ...NO_PROVIDERS.capabilities,
      ...Object.fromEntries(capabilities.map((capability) => [capability, provider])),
    },
    disclosures: {
      contentAnalysis: 'everything',
      summary: 'everything',
      translation: 'everything',
      voice: 'everything',
      composition: 'everything',
      embedding: 'everything',
    },
    repairs: { retriesMs: [300, 600], giveUpMs: 600_000 },
    ...operator,
  };
}
