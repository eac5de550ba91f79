import type { ModelAnswer, ModelClient, ModelRequest, ProviderEndpoint } from '../capability.js';

/**
 * A language model by the API of OpenAI, which many servers speak, or by Anthropic's. One call is one request.
 *
 * The SDK takes 29 MB and 150 ms to load: a process that asks no model does without.
 */
export function createModelClient(endpoint: ProviderEndpoint): ModelClient {
  return {
    async complete<Answer>(request: ModelRequest<Answer>): Promise<ModelAnswer<Answer>> {
      const { askModel } = await import('./ask-model.js');
      return askModel(endpoint, request);
    },
  };
}
