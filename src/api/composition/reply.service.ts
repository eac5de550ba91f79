import { Injectable } from '@nestjs/common';
import { readChosenAi } from '../../adapters/ai/ai-settings.js';
import {
  ReplyStore,
  readSuggestedTemplates,
  writeReplyRequest,
  type SuggestedTemplates,
} from '../../adapters/composition/reply-requests.js';
import { Database } from '../../adapters/database/database.js';
import { readMessages } from '../../adapters/messages/read-messages.js';
import { readRuns } from '../../adapters/messages/read-runs.js';
import { embeddedAnswer } from '../../domain/ai.js';
import { effectiveAi } from '../../domain/ai-settings.js';
import {
  LONGEST_INSTRUCTION,
  REPLY_WORKFLOW,
  replyWorkflowId,
  templateConfidence,
  type ReplyReport,
  type ReplyRequest,
  type SuggestedReplies,
} from '../../domain/reply-suggestions.js';
import { OperatorProviders } from '../ai/operator-ai.js';
import { ProviderWorkflows } from '../ai/provider-workflows.js';
import { ApiError, wrongInput } from '../graphql/errors.js';
import { isUuid } from '../graphql/uuid.js';
import { SecretKey } from '../secret-key.js';
import type { ReplySuggestions } from './reply.types.js';

// Postgres stores no NUL, and the others steer whoever prints them; a person may write in several lines.
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

@Injectable()
export class ReplyService {
  readonly #replies: ReplyStore;

  constructor(
    private readonly database: Database,
    private readonly operator: OperatorProviders,
    private readonly workflows: ProviderWorkflows,
    secretKey: SecretKey,
  ) {
    this.#replies = new ReplyStore(database, secretKey.key);
  }

  /** @throws ApiError NOT_FOUND, BAD_USER_INPUT for the instruction */
  async suggest(organizationId: string, messageId: string, instruction: string | null): Promise<ReplySuggestions> {
    const wish = instruction?.trim() || null;
    if (wish !== null && (wish.length > LONGEST_INSTRUCTION || CONTROL.test(wish)))
      throw wrongInput([
        { field: 'instruction', problem: `must be ${LONGEST_INSTRUCTION} characters of text at most` },
      ]);
    const { suggested, request, off } = await this.#request(organizationId, messageId, wish);
    const nothing = (reason: string): ReplySuggestions => ({
      ...suggested,
      replies: [],
      removed: [],
      confidence: null,
      reason,
      answeredBy: null,
    });
    if (request === null) return nothing(off);
    let report = await this.#report(request);
    let answer = await this.#answerTo(request, report);
    if (isAnswered(report) && answer === null) {
      if ((await this.#replies.request(request)) === null) return nothing('another request took its place');
      // What is kept cannot be read: whoever asks the model takes it for none, and asks anew.
      report = await this.#report(request);
      answer = await this.#answerTo(request, report);
    }
    if (typeof report === 'string') return nothing(report);
    if (report.status === 'none') return nothing(report.reason);
    if (report.status === 'failed') return nothing(`${report.provider} gave no replies: ${report.reason}`);
    if (answer === null) return nothing('what the model answered cannot be read here: ask again for its replies');
    const isAny = answer.replies.length > 0;
    const confidence = isAny ? (answer.confidence ?? null) : null;
    return { ...suggested, ...answer, confidence, reason: isAny ? null : 'the model proposed none' };
  }

  async #answerTo(request: ReplyRequest, report: ReplyReport | string): Promise<SuggestedReplies | null> {
    return isAnswered(report) ? this.#replies.replies(request) : null;
  }

  async #request(
    organizationId: string,
    messageId: string,
    wish: string | null,
  ): Promise<{ suggested: Suggested } & Wished> {
    if (!isUuid(messageId)) throw noMessage(messageId);
    return this.database.withOrganization(organizationId, async (sql) => {
      const [message] = await readMessages(sql, [messageId]);
      if (message === undefined || message.deletedAt !== null || message.direction !== 'INCOMING')
        throw noMessage(messageId);
      const [newest] = (await readRuns(sql, [messageId])).toReversed();
      const suggested = suggestedBy(await readSuggestedTemplates(sql, messageId));
      if (newest === undefined) return { suggested, request: null, off: 'the message is not read yet' };
      // Nobody serves the queue where nobody has a provider.
      const { off } = effectiveAi(this.operator.settings, await readChosenAi(sql), 'composition');
      if (off !== null) return { suggested, request: null, off };
      const requestId = await writeReplyRequest(sql, messageId, wish);
      const run = { organizationId, messageId, runId: newest.id, runNumber: newest.number };
      return { suggested, request: { run, requestId }, off };
    });
  }

  /** What cannot be asked for now costs the replies, never the templates. */
  async #report(input: ReplyRequest): Promise<ReplyReport | string> {
    try {
      const report = await this.workflows.ask<ReplyReport, ReplyRequest>({
        workflow: REPLY_WORKFLOW,
        workflowId: replyWorkflowId(input),
        about: input.run,
        input,
        summary: 'Replies by a model',
      });
      return report ?? 'the model takes its time: ask again for its replies';
    } catch (error) {
      if (error instanceof ApiError) return error.message;
      throw error;
    }
  }
}

type Suggested = Pick<ReplySuggestions, 'templates' | 'templatesConfidence' | 'templatesAnsweredBy'>;

function suggestedBy({ templates, durationMs }: SuggestedTemplates): Suggested {
  return {
    templates,
    templatesConfidence: templateConfidence(templates.map(({ score }) => score)),
    templatesAnsweredBy: durationMs === null ? null : embeddedAnswer(durationMs),
  };
}

type Wished = { request: ReplyRequest; off: null } | { request: null; off: string };

const isAnswered = (report: ReplyReport | string) => typeof report !== 'string' && report.status === 'answered';

const noMessage = (id: string) => new ApiError('NOT_FOUND', `there is no incoming message ${id}`);
