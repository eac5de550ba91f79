import type { ReplyReport, ReplyRequest } from '../domain/reply-suggestions.js';
import { asAiFailure } from './ai-failure.js';
import { askForReplies } from './proxies.js';

/** Asks a model for replies to a message, for a person who waits. They are committed under the request. */
export async function suggestReplies(request: ReplyRequest): Promise<ReplyReport> {
  return askForReplies(request).catch(asAiFailure);
}
