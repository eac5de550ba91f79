import { Injectable } from '@nestjs/common';
import { readChosenAi } from '../../adapters/ai/ai-settings.js';
import { readReplies, readSuggestedTemplates, writeReplyRequest } from '../../adapters/composition/reply-requests.js';
import { Database } from '../../adapters/database/database.js';
import { readMessages } from '../../adapters/messages/read-messages.js';
import { readRuns } from '../../adapters/messages/read-runs.js';
import { effectiveAi } from '../../domain/ai-settings.js';
import {
  LONGEST_INSTRUCTION,
  REPLY_WORKFLOW,
  replyWorkflowId,
  type ReplyReport,
  type ReplyRequest,
} from '../../domain/reply-suggestions.js';
import { OperatorProviders } from '../ai/operator-ai.js';
import { ProviderWorkflows } from '../ai/provider-workflows.js';
import { ApiError, wrongInput } from '../graphql/errors.js';
import { isUuid } from '../graphql/uuid.js';
import type { ReplySuggestions } from './reply.types.js';

// Postgres stores no NUL, and the others steer whoever prints them; a person may write in several lines.
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

@Injectable()
export class ReplyService {
  constructor(
    private readonly database: Database,
    private readonly operator: OperatorProviders,
    private readonly workflows: ProviderWorkflows,
  ) {}

  /** @throws ApiError NOT_FOUND, BAD_USER_INPUT for the instruction */
  async suggest(organizationId: string, messageId: string, instruction: string | null): Promise<ReplySuggestions> {
    const wish = instruction?.trim() || null;
    if (wish !== null && (wish.length > LONGEST_INSTRUCTION || CONTROL.test(wish)))
      throw wrongInput([
        { field: 'instruction', problem: `must be ${LONGEST_INSTRUCTION} characters of text at most` },
      ]);
    const { templates, request, off } = await this.#request(organizationId, messageId, wish);
    const nothing = (reason: string): ReplySuggestions => ({
      templates,
      replies: [],
      removed: [],
      reason,
      answeredBy: null,
    });
    if (request === null) return nothing(off);
    const report = await this.#report(request);
    if (typeof report === 'string') return nothing(report);
    if (report.status === 'none') return nothing(report.reason);
    if (report.status === 'failed') return nothing(`${report.provider} gave no replies: ${report.reason}`);
    const answer = await readReplies(this.database, request);
    if (answer === null) return nothing('another request took its place');
    return { templates, ...answer, reason: answer.replies.length > 0 ? null : 'the model proposed none' };
  }

  async #request(
    organizationId: string,
    messageId: string,
    wish: string | null,
  ): Promise<{ templates: ReplySuggestions['templates'] } & Wished> {
    if (!isUuid(messageId)) throw noMessage(messageId);
    return this.database.withOrganization(organizationId, async (sql) => {
      const [message] = await readMessages(sql, [messageId]);
      if (message === undefined || message.deletedAt !== null || message.direction !== 'INCOMING')
        throw noMessage(messageId);
      const [newest] = (await readRuns(sql, [messageId])).toReversed();
      const templates = await readSuggestedTemplates(sql, messageId);
      if (newest === undefined) return { templates, request: null, off: 'the message is not read yet' };
      // Nobody serves the queue where nobody has a provider.
      const { off } = effectiveAi(this.operator.settings, await readChosenAi(sql), 'composition');
      if (off !== null) return { templates, request: null, off };
      const requestId = await writeReplyRequest(sql, messageId, wish);
      const run = { organizationId, messageId, runId: newest.id, runNumber: newest.number };
      return { templates, request: { run, requestId }, off };
    });
  }

  /** What cannot be asked for now costs the replies, never the templates. */
  async #report(input: ReplyRequest): Promise<ReplyReport | string> {
    try {
      const report = await this.workflows.ask<ReplyReport, ReplyRequest>({
        workflow: REPLY_WORKFLOW,
        workflowId: replyWorkflowId(input),
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

type Wished = { request: ReplyRequest; off: null } | { request: null; off: string };

const noMessage = (id: string) => new ApiError('NOT_FOUND', `there is no incoming message ${id}`);
