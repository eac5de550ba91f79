import type { MessageTranslationInput, MessageTranslationReport } from '../domain/translation/message-translation.js';
import { asAiFailure } from './ai-failure.js';
import { translateForReader } from './proxies.js';

/**
 * Has a message translated for a person who wants to read it. The translation is committed beside the message's run; who
 * asks for the same meanwhile waits for this one.
 */
export async function translateMessage(input: MessageTranslationInput): Promise<MessageTranslationReport> {
  return translateForReader(input).catch(asAiFailure);
}
