import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Database } from '../../adapters/database/database.js';
import { readBlob } from '../../adapters/messages/blobs.js';
import { readThreadMails, type ThreadMailRecord, type ThreadMails } from '../../adapters/messages/read-thread-mails.js';
import { ParserIsolatedError } from '../../adapters/parser-pool.js';
import { SummaryThreads, SummaryUnavailable } from '../../adapters/summary/summary-threads.js';
import {
  SUMMARY_MAILS,
  SUMMARY_WORDS,
  type MailToSummarise,
  type ThreadSummary as EngineSummary,
} from '../../domain/thread-summary.js';
import { ApiError, wrongInput } from '../graphql/errors.js';
import { MessageParser } from '../graphql/message-parser.js';
import { isUuid } from '../graphql/uuid.js';
import { SummaryTranslator } from './summary-translator.js';
import type { ThreadSummary } from './summary.types.js';

export interface SummaryWish {
  maxWords: number | null;
  /** ISO 639-1. */
  language: string | null;
}

const KEPT = 1_000;
const KEPT_MS = 60 * 60_000;
/** Longer texts say nothing more to a summary (src/engines/language/text-bounds.ts). */
const TEXT_CHARACTERS = 20_000;
/** Larger messages are mostly files: their text would cost more than it tells. */
const MOST_BYTES = 10 * 1024 * 1024;
const LANGUAGE = /^[a-z]{2}$/;

/**
 * Summaries of threads, kept by what they were made of: a message that joins, or goes, makes another key. Mail that is
 * encrypted is not read for it.
 */
@Injectable()
export class ThreadSummaryService {
  readonly #kept = new LRUCache<string, Promise<EngineSummary>>({ max: KEPT, ttl: KEPT_MS });

  constructor(
    private readonly database: Database,
    private readonly parser: MessageParser,
    private readonly threads: SummaryThreads,
    private readonly translator: SummaryTranslator,
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
    const made = await this.#made(organizationId, thread, maxWords);
    const asked = wish.language?.toLowerCase() ?? thread.readingLanguage;
    const translation = await this.translator.translate(organizationId, made, asked);
    return {
      ...translation,
      confidence: made.confidence,
      messagesRead: thread.mails.length,
      messages: thread.delivered,
    };
  }

  #made(organizationId: string, thread: ThreadMails, maxWords: number): Promise<EngineSummary> {
    const key = keyOf(organizationId, thread, maxWords);
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    const making = this.#make(organizationId, thread, maxWords);
    making.catch(() => this.#kept.delete(key));
    this.#kept.set(key, making);
    return making;
  }

  async #make(organizationId: string, { mails }: ThreadMails, maxWords: number): Promise<EngineSummary> {
    const read: MailToSummarise[] = [];
    for (const mail of mails) {
      const { id: messageId, author, subject, language } = mail;
      read.push({ messageId, author, subject, language, text: await this.#textOf(organizationId, mail) });
    }
    try {
      return await this.threads.summarise({ mails: read, maxWords });
    } catch (error) {
      if (!(error instanceof SummaryUnavailable)) throw error;
      throw new ApiError('SERVICE_UNAVAILABLE', `the thread could not be summarised: ${error.message}`);
    }
  }

  /** New text; empty for mail that is encrypted, that is very large or that its parser does not survive. */
  async #textOf(organizationId: string, { sha256, size }: ThreadMailRecord): Promise<string> {
    if (size > MOST_BYTES) return '';
    const bytes = await this.database.withOrganization(organizationId, (sql) => readBlob(sql, sha256));
    if (bytes === null) return '';
    try {
      const parsed = await this.parser.parse(bytes);
      return parsed.protection?.encrypted === true ? '' : parsed.newText.slice(0, TEXT_CHARACTERS);
    } catch (error) {
      if (error instanceof ParserIsolatedError) return '';
      throw error;
    }
  }
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

function keyOf(organizationId: string, { mails }: ThreadMails, maxWords: number): string {
  const made = mails.map(({ id, sha256, author, subject, language }) => [
    id,
    sha256.toString('hex'),
    author,
    subject,
    language,
  ]);
  return createHash('sha256')
    .update(JSON.stringify([organizationId, maxWords, made]))
    .digest('base64');
}
