import type { ModelClient, ProviderEndpoint, Translator } from '../ai/capability.js';
import { ApertiumProgram } from './apertium-program.js';
import { ApertiumServer } from './apertium-server.js';
import { createGuardedTranslator } from './guarded-translator.js';
import { LibreTranslate } from './libretranslate.js';
import { ModelTranslation, type TranslationPrompt } from './model-translation.js';
import type { TextService } from './text-service.js';

/**
 * The translator of an endpoint.
 *
 * @param model for `openai` and `anthropic`: its calls are metered
 * @param prompt what such a model is asked
 */
export function createTranslator(
  endpoint: ProviderEndpoint,
  model: ModelClient | null,
  prompt: TranslationPrompt | null,
): Translator {
  return createGuardedTranslator(serviceOf(endpoint, model, prompt));
}

function serviceOf(
  endpoint: ProviderEndpoint,
  model: ModelClient | null,
  prompt: TranslationPrompt | null,
): TextService {
  switch (endpoint.provider) {
    case 'libretranslate':
      return new LibreTranslate(endpoint);
    case 'apertium':
      return endpoint.baseUrl === null ? new ApertiumProgram(endpoint) : new ApertiumServer(endpoint);
    case 'openai':
    case 'anthropic':
      if (model === null || prompt === null) throw new Error('a translation by a model needs the model and its prompt');
      return new ModelTranslation(model, prompt);
    case 'pocketsphinx':
      throw new Error('pocketsphinx does not translate');
  }
}
