import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import type { LanguageModel } from 'ai';
import type { ProviderEndpoint } from '../capability.js';

const OPENAI = 'https://api.openai.com/v1';
const ANTHROPIC = 'https://api.anthropic.com/v1';
/** Servers on one's own machines often ask for none; a header has to hold something. */
const NO_KEY = 'none';

/**
 * The model of an endpoint. Address and key are given in full, so that none is taken from the environment.
 *
 * @throws Error where the endpoint is of no provider of language models or names no model: a mistake of ours
 */
export function languageModelOf({ provider, baseUrl, key, model, fetch }: ProviderEndpoint): LanguageModel {
  if (model === null) throw new Error(`an endpoint of ${provider} needs a model`);
  if (provider === 'anthropic') {
    return createAnthropic({ baseURL: baseUrl ?? ANTHROPIC, apiKey: key ?? NO_KEY, fetch })(model);
  }
  if (provider !== 'openai') throw new Error(`${provider} has no language model`);
  const baseURL = baseUrl ?? OPENAI;
  const isOpenAi = new URL(baseURL).hostname === 'api.openai.com';
  return createOpenAICompatible({
    name: 'openai',
    baseURL,
    fetch,
    ...(key === null ? {} : { apiKey: key }),
    // Without it the schema stays here and the model is asked for any JSON.
    supportsStructuredOutputs: true,
    ...(isOpenAi ? { transformRequestBody: completionTokens } : {}),
  })(model);
}

/** OpenAI's reasoning models refuse the older name, which is the only one that other servers know. */
function completionTokens({ max_tokens: most, ...body }: Record<string, unknown>): Record<string, unknown> {
  return most === undefined ? body : { ...body, max_completion_tokens: most };
}
