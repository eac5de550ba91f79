import { Injectable } from '@nestjs/common';
import { Database } from '../../adapters/database/database.js';
import { readThreadMails, type ThreadMails } from '../../adapters/messages/read-thread-mails.js';
import { embeddedAnswer } from '../../domain/ai.js';
import { foreignSentences } from '../../domain/thread-answer.js';
import { SUMMARY_MAILS, SUMMARY_WORDS, type SummarySentence } from '../../domain/thread-summary.js';
import { wrongInput } from '../graphql/errors.js';
import { isUuid } from '../graphql/uuid.js';
import { EmbeddedSummaries, type EmbeddedSummary } from './embedded-summaries.js';
import { ProvidedSummaries, type ProvidedSummary } from './provided-summaries.js';
import type { ThreadSummary } from './summary.types.js';

export interface SummaryWish {
  maxWords: number | null;
  /** ISO 639-1. */
  language: string | null;
}

const LANGUAGE = /^[a-z]{2}$/;

/** Summaries of threads: the embedded one at once, a model's and a translation where they are there in time. */
@Injectable()
export class ThreadSummaryService {
  constructor(
    private readonly database: Database,
    private readonly embedded: EmbeddedSummaries,
    private readonly providers: ProvidedSummaries,
  ) {}

  /**
   * @returns null where the organization has no such thread
   * @throws ApiError BAD_USER_INPUT, SERVICE_UNAVAILABLE
   */
  async summarise(organizationId: string, threadId: string, wish: SummaryWish): Promise<ThreadSummary | null> {
    const maxWords = wish.maxWords ?? SUMMARY_WORDS.usual;
    checkWish(maxWords, wish.language);
    const thread = isUuid(threadId)
      ? await this.database.withOrganization(organizationId, (sql) => readThreadMails(sql, threadId, SUMMARY_MAILS))
      : null;
    if (thread === null) return null;
    const made = await this.embedded.of(organizationId, thread.mails, maxWords);
    const language = wish.language?.toLowerCase() ?? thread.readingLanguage;
    const provided = await this.providers.of(organizationId, thread.mails, made, { maxWords, language });
    return summaryOf(thread, made, provided, language);
  }
}

function summaryOf(
  thread: ThreadMails,
  made: EmbeddedSummary,
  { model, insteadOf, translation, untranslated }: ProvidedSummary,
  language: string,
): ThreadSummary {
  const stands = model?.answer.summary ?? made.summary;
  const foreign = foreignSentences(stands.sentences, language);
  const sentences = stands.sentences.map((sentence: SummarySentence) => {
    const text = translation?.texts[foreign.indexOf(sentence)] ?? null;
    return text === null ? { ...sentence, translated: false } : { ...sentence, text, language, translated: true };
  });
  const isTranslated = sentences.some(({ translated }) => translated);
  const left = sentences.some((sentence) => sentence.language !== language);
  return {
    summary: isTranslated ? sentences.map(({ text }) => text).join(' ') : stands.summary,
    sentences,
    language: isTranslated ? language : stands.language,
    translated: isTranslated && !left,
    untranslated: left ? (untranslated ?? 'the language of a sentence is not known') : null,
    translatedBy: isTranslated ? (translation?.answeredBy ?? null) : null,
    confidence: stands.confidence,
    answeredBy: model?.answeredBy ?? embeddedAnswer(made.durationMs, insteadOf),
    leftOut: model?.answer.leftOut ?? made.leftOut,
    messagesRead: model?.answer.messagesRead ?? thread.mails.length - made.leftOut.length,
    messages: thread.delivered,
  };
}

function checkWish(maxWords: number, language: string | null): void {
  const problems = [];
  if (maxWords < SUMMARY_WORDS.least || maxWords > SUMMARY_WORDS.most) {
    problems.push({ field: 'maxWords', problem: `must be ${SUMMARY_WORDS.least} to ${SUMMARY_WORDS.most}` });
  }
  if (language !== null && !LANGUAGE.test(language.toLowerCase())) {
    problems.push({ field: 'language', problem: 'must be a code of ISO 639-1' });
  }
  if (problems.length > 0) throw wrongInput(problems);
}
