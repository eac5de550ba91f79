import type { ThreadSummaryReport, ThreadSummaryRequest } from '../domain/thread-answer.js';
import { asAiFailure } from './ai-failure.js';
import { askForThreadSummary, translateThreadSummary } from './proxies.js';

/**
 * Has a thread summarised by a model, and its summary translated into the language of who reads it. Both are committed
 * beside the request: who waits no longer finds them when he asks again.
 */
export async function summariseThread(request: ThreadSummaryRequest): Promise<ThreadSummaryReport> {
  const { asks } = request;
  const summary = asks.summary ? await askForThreadSummary(request).catch(asAiFailure) : null;
  // What the model wrote is what is translated; where it failed, the embedded summary is.
  const translation = asks.translation ? await translateThreadSummary(request).catch(asAiFailure) : null;
  return { summary, translation };
}
