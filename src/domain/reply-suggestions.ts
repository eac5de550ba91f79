import type { AiReport, AnsweredBy } from './ai.js';
import { MOST_TRUST } from './ai-proposals.js';
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
  /** 0 to 1; those of earlier versions are without. */
  confidence?: number;
  answeredBy: AnsweredBy;
}

/** What a workflow learns of it: the replies themselves are committed under the request. */
export type ReplyReport = { status: 'none'; reason: string } | AiReport;

/**
 * How sure a model's replies are. It does not say itself: that is computed from which part of their words the mail, or
 * the person who wished for them, has too, and from how many came without what had to be taken out.
 *
 * @param borne of each reply that is shown, the part of its telling words that is borne out, 0 to 1
 * @param untouched replies of which nothing was taken out
 * @param proposed replies as the model gave them, those included that are not shown
 * @returns 0 to 1; 0 where none is shown
 */
export function replyConfidence(borne: readonly number[], untouched: number, proposed: number): number {
  if (borne.length === 0 || proposed === 0) return 0;
  const mean = borne.reduce((sum, share) => sum + share, 0) / borne.length;
  return MOST_TRUST * mean * Math.min(1, untouched / proposed);
}

/**
 * How sure it is that the first template is the one to answer with: its score, less half of the next one's. Two that suit
 * a mail alike leave half of it.
 *
 * @param scores of the templates, best first
 * @returns 0 to 1; null without templates
 */
export function templateConfidence([best, next = 0]: readonly number[]): number | null {
  return best === undefined ? null : Math.min(1, Math.max(0, best - next / 2));
}

export const REPLY_WORKFLOW = 'suggestReplies';

export function replyWorkflowId({ requestId }: Pick<ReplyRequest, 'requestId'>): string {
  return `replies-${requestId}`;
}
