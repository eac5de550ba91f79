import { Injectable } from '@nestjs/common';
import { readChosenAi } from '../../adapters/ai/ai-settings.js';
import { readAnswer } from '../../adapters/ai/answers.js';
import { Database } from '../../adapters/database/database.js';
import { readMessages } from '../../adapters/messages/read-messages.js';
import { readRuns } from '../../adapters/messages/read-runs.js';
import { effectiveAi, type ChosenAi } from '../../domain/ai-settings.js';
import type { TranslationOutcome } from '../../domain/outcomes.js';
import type { RunKey } from '../../domain/run.js';
import { isTranslatable } from '../../domain/translation/language-code.js';
import {
  TRANSLATION_WORKFLOW,
  translationWorkflowId,
  type MessageTranslationInput,
  type MessageTranslationReport,
} from '../../domain/translation/message-translation.js';
import { OperatorProviders } from '../ai/operator-ai.js';
import { ProviderWorkflows } from '../ai/provider-workflows.js';
import { ApiError, wrongInput } from '../graphql/errors.js';
import { isUuid } from '../graphql/uuid.js';
import type { MessageTranslation } from './translation.types.js';

export interface TranslationWish {
  messageId: string;
  from: string | null;
  to: string;
}

type Stored = Omit<TranslationOutcome, 'answeredBy'>;

@Injectable()
export class TranslationService {
  constructor(
    private readonly database: Database,
    private readonly operator: OperatorProviders,
    private readonly workflows: ProviderWorkflows,
  ) {}

  /** @throws ApiError NOT_FOUND, BAD_USER_INPUT for what is no language, SERVICE_UNAVAILABLE without Temporal */
  async translate(organizationId: string, { messageId, from, to }: TranslationWish): Promise<MessageTranslation> {
    check({ from, to });
    const { run, chosen } = await this.#read(organizationId, messageId);
    const nothing = (status: MessageTranslation['status'], reason: string, more: Partial<MessageTranslation> = {}) => ({
      ...NOTHING,
      status,
      reason,
      from,
      to,
      ...more,
    });
    if (run === null) return nothing('notProcessed', 'it is not read yet');
    // Nobody serves the queue where nobody has a provider.
    const { off } = effectiveAi(this.operator.settings, chosen, 'translation');
    if (off !== null) return nothing('noProvider', off);
    const input: MessageTranslationInput = { run, from, to };
    const report = await this.workflows.ask<MessageTranslationReport, MessageTranslationInput>({
      workflow: TRANSLATION_WORKFLOW,
      workflowId: translationWorkflowId(input),
      input,
      summary: 'Translation for a reader',
    });
    if (report === null) return nothing('underWay', 'it takes its time: ask again for it');
    if (report.status === 'none') return nothing(report.why, report.reason, { from: report.from });
    if (report.status === 'failed') {
      const { failure, reason, provider, notBefore } = report;
      return nothing('failed', `${provider} gave no translation: ${reason}`, { failure, notBefore });
    }
    const place = { organizationId, runId: run.runId, capability: 'translation' as const, target: to };
    const stored = await readAnswer(this.database, place);
    if (stored === null) throw noMessage(messageId);
    return translationOf(stored.answer as unknown as Stored, stored.answeredBy);
  }

  async #read(organizationId: string, messageId: string): Promise<{ run: RunKey | null; chosen: ChosenAi[] }> {
    if (!isUuid(messageId)) throw noMessage(messageId);
    return this.database.withOrganization(organizationId, async (sql) => {
      const [[message], runs, chosen] = await Promise.all([
        readMessages(sql, [messageId]),
        readRuns(sql, [messageId]),
        readChosenAi(sql),
      ]);
      if (message === undefined || message.deletedAt !== null) throw noMessage(messageId);
      const newest = runs.at(-1);
      const run = newest ? { organizationId, messageId, runId: newest.id, runNumber: newest.number } : null;
      return { run, chosen };
    });
  }
}

const NOTHING = {
  failure: null,
  notBefore: null,
  quality: null,
  subject: null,
  paragraphs: [],
  cut: false,
  answeredBy: null,
} satisfies Partial<MessageTranslation>;

function check(languages: Pick<TranslationWish, 'from' | 'to'>): void {
  const problems = (['from', 'to'] as const).flatMap((field) => {
    const code = languages[field];
    return code === null || isTranslatable(code)
      ? []
      : [{ field, problem: 'must be the code of a language: de, ast, pt-BR' }];
  });
  if (problems.length > 0) throw wrongInput(problems);
}

function translationOf(answer: Stored, answeredBy: MessageTranslation['answeredBy']): MessageTranslation {
  const asked = answer.paragraphs.filter(({ status }) => status !== 'kept');
  const failed = asked.filter(({ status }) => status === 'failed');
  const partly = failed.length > 0;
  return {
    ...answer,
    status: partly ? 'partly' : 'translated',
    reason: partly ? `${failed.length} of ${asked.length} paragraphs stay as they were` : null,
    failure: null,
    notBefore: null,
    paragraphs: answer.paragraphs.map((paragraph) => ({ ...paragraph, reason: paragraph.reason ?? null })),
    cut: answer.cut ?? false,
    answeredBy,
  };
}

const noMessage = (id: string) => new ApiError('NOT_FOUND', `there is no message ${id}`);
