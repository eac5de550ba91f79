import type { AiSession } from '../adapters/ai/ai-access.js';
import type { KeptRequest } from '../adapters/composition/reply-requests.js';
import type { ReplyReport, ReplyRequest, SuggestedReplies } from '../domain/reply-suggestions.js';
import { beating, reportOf, type AiActivityDeps } from './ai.activities.js';
import { isWorthAnswering, replyHash, replyQuestion } from './ai-questions.js';

export interface ReplyActivityDeps extends Pick<
  AiActivityDeps,
  'readRun' | 'access' | 'isProviderFailure' | 'heartbeat' | 'cancellation'
> {
  requests: {
    /** Null where another request took its place, or the message was deleted. */
    request(request: ReplyRequest): Promise<KeptRequest | null>;
    /** @param sealed the message arrived encrypted: they are kept under the secret key */
    keep(request: ReplyRequest, inputHash: Buffer, replies: SuggestedReplies, sealed: boolean): Promise<void>;
  };
}

/** Replies that a language model proposes to a person: on the queue `ai`, by the provider of their organization. */
export function createReplyActivities(deps: ReplyActivityDeps) {
  return {
    /** Safe to run twice: what is committed for the same wish is not asked for again, and each request is reserved first. */
    askForReplies(request: ReplyRequest): Promise<ReplyReport> {
      return beating(deps.heartbeat, () => ask(deps, request));
    },
  };
}

export type ReplyActivities = ReturnType<typeof createReplyActivities>;

async function ask(deps: ReplyActivityDeps, request: ReplyRequest): Promise<ReplyReport> {
  const { organizationId, messageId } = request.run;
  const [kept, context] = await Promise.all([deps.requests.request(request), deps.readRun(request.run)]);
  if (kept === null) return none('another request took its place');
  if (context === null || !context.isParsed) return none('the message is not read yet');
  if (!isWorthAnswering(context)) return none('to such mail nobody answers: it is spam, dangerous or empty');
  const { applies, off } = deps.access.standing(await deps.access.chosen(organizationId), 'composition');
  if (applies === null) return none(off);
  const { instruction } = kept;
  const inputHash = replyHash(context, applies, instruction);
  if (kept.inputHash?.equals(inputHash)) return { status: 'answered' };
  let session: AiSession | null = null;
  try {
    session = await deps.access.open(organizationId, messageId, applies, context.contentHash);
    const question = await replyQuestion(context, applies, instruction);
    const { replies, removed, confidence } = await session.ask(question, deps.cancellation());
    const answeredBy = session.answeredBy();
    const sealed = context.arrivedEncrypted;
    await deps.requests.keep(request, inputHash, { replies, removed, confidence, answeredBy }, sealed);
    return { status: 'answered' };
  } catch (error) {
    if (!deps.isProviderFailure(error)) throw error;
    return reportOf(error, applies, session?.asked ?? false);
  }
}

function none(reason: string): ReplyReport {
  return { status: 'none', reason };
}
