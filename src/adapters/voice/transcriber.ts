import type { ProviderEndpoint, Transcriber } from '../ai/capability.js';
import { createOpenAiTranscriber } from './openai-transcriber.js';
import { createPocketSphinxTranscriber } from './pocketsphinx-transcriber.js';

/** The transcriber of an endpoint. */
export function createTranscriber(endpoint: ProviderEndpoint): Transcriber {
  switch (endpoint.provider) {
    case 'openai':
      return createOpenAiTranscriber(endpoint);
    case 'pocketsphinx':
      return createPocketSphinxTranscriber(endpoint);
    case 'anthropic':
    case 'libretranslate':
    case 'apertium':
      throw new Error(`${endpoint.provider} does not transcribe`);
  }
}
