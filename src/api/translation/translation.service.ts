import { Injectable } from '@nestjs/common';
import { readChosenAi } from '../../adapters/ai/ai-settings.js';
import { ProviderAnswerStore } from '../../adapters/ai/answers.js';
import { Database } from '../../adapters/database/database.js';
import { readLanguageConfidence } from '../../adapters/messages/language-confidence.js';
import { readMessages } from '../../adapters/messages/read-messages.js';
import { readRuns } from '../../adapters/messages/read-runs.js';
import { effectiveAi, type ChosenAi } from '../../domain/ai-settings.js';
import type { StoredAnswer, StoredTranslation } from '../../domain/ai-answers.js';
import type { RunKey } from '../../domain/run.js';
import { isTranslatable } from '../../domain/translation/language-code.js';
import {
  TRANSLATION_WORKFLOW,
  translationTarget,
  translationWorkflowId,
  type MessageTranslationInput,
  type MessageTranslationReport,
} from '../../domain/translation/message-translation.js';
import { translationConfidence } from '../../domain/translation/translation-confidence.js';
import { OperatorProviders } from '../ai/operator-ai.js';
import { ProviderWorkflows } from '../ai/provider-workflows.js';
import { ApiError, wrongInput } from '../graphql/errors.js';
import { isUuid } from '../graphql/uuid.js';
import { SecretKey } from '../secret-key.js';
import type { MessageTranslation } from './translation.types.js';

export interface TranslationWish {
  messageId: string;
  from: string | null;
  to: string;
}

@Injectable()
export class TranslationService {
  readonly #answers: ProviderAnswerStore;

  constructor(
    private readonly database: Database,
    private readonly operator: OperatorProviders,
    private readonly workflows: ProviderWorkflows,
    secretKey: SecretKey,
  ) {
    this.#answers = new ProviderAnswerStore(database, secretKey.key);
  }

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
    let { report, stored } = await this.#ask({ run, from, to });
    if (report?.status === 'answered' && stored === null) {
      // Its message was deleted meanwhile; else what is kept of it was harmed or replaced, and whoever translates asks anew.
      await this.#read(organizationId, messageId);
      ({ report, stored } = await this.#ask({ run, from, to }));
    }
    if (report === null) return nothing('underWay', 'it takes its time: ask again for it');
    if (report.status === 'none') return nothing(report.why, report.reason, { from: report.from });
    if (report.status === 'failed') {
      const { failure, reason, provider, notBefore } = report;
      return nothing('failed', `${provider} gave no translation: ${reason}`, { failure, notBefore });
    }
    if (stored === null || 'unsupported' in stored.answer) {
      await this.#read(organizationId, messageId);
      return nothing('failed', UNREADABLE);
    }
    // Who says which language it is knows.
    const known =
      from === null
        ? await this.database.withOrganization(organizationId, (sql) => readLanguageConfidence(sql, run.runId))
        : 1;
    return {
      ...translationOf(stored.answer, stored.answeredBy),
      confidence: translationConfidence(stored.answer, known),
    };
  }

  /** Has it translated; `stored` is null where there is no translation, or none that can be read. */
  async #ask(input: MessageTranslationInput): Promise<Asked> {
    const { run, from, to } = input;
    const report = await this.workflows.ask<MessageTranslationReport, MessageTranslationInput>({
      workflow: TRANSLATION_WORKFLOW,
      workflowId: translationWorkflowId(input),
      about: run,
      input,
      summary: 'Translation for a reader',
    });
    if (report?.status !== 'answered') return { report, stored: null };
    const { organizationId, runId } = run;
    const place = {
      organizationId,
      runId,
      capability: 'translation' as const,
      target: translationTarget({ from, to }),
    };
    return { report, stored: await this.#answers.one(place) };
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

interface Asked {
  /** Null: it is under way. */
  report: MessageTranslationReport | null;
  stored: StoredAnswer<'translation'> | null;
}

const UNREADABLE =
  'it was translated, and what is kept of it cannot be read here: it was changed meanwhile, or API and workers hold different secret keys';

const NOTHING = {
  failure: null,
  notBefore: null,
  quality: null,
  confidence: null,
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

function translationOf(
  answer: StoredTranslation,
  answeredBy: MessageTranslation['answeredBy'],
): Omit<MessageTranslation, 'confidence'> {
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
