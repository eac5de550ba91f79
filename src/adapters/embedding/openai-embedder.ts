import { z } from 'zod';
import { ProviderFailure, type ProviderEndpoint, type TextEmbedder } from '../ai/capability.js';
import { askForJson } from '../translation/http-answer.js';

/** Models have 256 and more; what is shorter is no vector of a text. */
const LEAST_DIMENSIONS = 16;
/** As many as are kept of a message. */
const MOST_DIMENSIONS = 8_192;

const EMBEDDINGS = z.object({
  data: z.tuple([z.object({ embedding: z.array(z.number()).min(LEAST_DIMENSIONS).max(MOST_DIMENSIONS) })]),
  usage: z.object({ prompt_tokens: z.number().int().nonnegative() }).nullish(),
});

/** Vectors of an endpoint that speaks OpenAI's `POST /embeddings`. */
export function createOpenAiEmbedder(endpoint: ProviderEndpoint): TextEmbedder {
  return {
    async embed(text, dimensions, signal) {
      if (endpoint.model === null) throw new ProviderFailure('notAllowed', 'no model for embeddings is named');
      const headers: Record<string, string> = { 'content-type': 'application/json' };
      if (endpoint.key !== null) headers['authorization'] = `Bearer ${endpoint.key}`;
      const at = { ...endpoint, baseUrl: endpoint.baseUrl ?? 'https://api.openai.com/v1' };
      const body = JSON.stringify({ model: endpoint.model, input: text, encoding_format: 'float' });
      const request = { method: 'POST', headers, body };
      const { data, usage } = await askForJson(at, '/embeddings', request, EMBEDDINGS, signal);
      const tokens = usage ? { input: usage.prompt_tokens, output: 0 } : null;
      const [{ embedding }] = data;
      const nonsense = (problem: string) =>
        new ProviderFailure('nonsense', `${endpoint.provider} answered ${problem}`, tokens === null ? {} : { tokens });
      if (dimensions !== null && embedding.length !== dimensions) {
        throw nonsense(
          `a vector of ${embedding.length} dimensions, and earlier ones of ${endpoint.model} have ${dimensions}: ` +
            'they cannot be compared',
        );
      }
      const vector = atLengthOne(embedding);
      if (vector === null) throw nonsense('a vector that points nowhere');
      return { vector, tokens };
    },
  };
}

/** Scaled by the largest first: squares of what a server may send leave what numbers can hold. */
function atLengthOne(values: readonly number[]): Float32Array | null {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  if (largest === 0) return null;
  const scaled = values.map((value) => value / largest);
  const length = Math.sqrt(scaled.reduce((sum, value) => sum + value * value, 0));
  return Float32Array.from(scaled, (value) => value / length);
}
