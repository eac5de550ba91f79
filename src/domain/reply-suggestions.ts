import type { AiReport, AnsweredBy } from './ai.js';
import type { RunKey } from './run.js';

export const LONGEST_INSTRUCTION = 500;

/** A person's wish for replies by a model: ids alone; what they want of them is kept under the request. */
export interface ReplyRequest {
  run: RunKey;
  requestId: string;
}

/** What a model proposed: text for a person, who chooses, changes and sends it or not. */
export interface SuggestedReplies {
  replies: string[];
  /** Links and addresses that were taken out of them, since neither the mail nor the person named them. */
  removed: string[];
  answeredBy: AnsweredBy;
}

/** What a workflow learns of it: the replies themselves are committed under the request. */
export type ReplyReport = { status: 'none'; reason: string } | AiReport;

export const REPLY_WORKFLOW = 'suggestReplies';

export function replyWorkflowId({ requestId }: Pick<ReplyRequest, 'requestId'>): string {
  return `replies-${requestId}`;
}
