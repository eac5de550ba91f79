import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Database } from '../../adapters/database/database.js';
import { readBlob } from '../../adapters/messages/blobs.js';
import type { ThreadMailRecord } from '../../adapters/messages/read-thread-mails.js';
import { ParserIsolatedError } from '../../adapters/parser-pool.js';
import { SummaryThreads, SummaryUnavailable } from '../../adapters/summary/summary-threads.js';
import { notRead, type LeftOutMail } from '../../domain/thread-answer.js';
import type { MailToSummarise, ThreadSummary } from '../../domain/thread-summary.js';
import { ApiError } from '../graphql/errors.js';
import { MessageParser } from '../graphql/message-parser.js';

/** A thread's summary by the embedded engine. */
export interface EmbeddedSummary {
  /** Hexadecimal: names the mails that it is made of, and how many words were wished for. */
  digest: string;
  summary: ThreadSummary;
  leftOut: LeftOutMail[];
  /** Characters of new text, by message. */
  characters: ReadonlyMap<string, number>;
  durationMs: number;
}

const KEPT = 1_000;
const KEPT_MS = 60 * 60_000;
/** Longer texts say nothing more to a summary (src/engines/language/text-bounds.ts). */
const TEXT_CHARACTERS = 20_000;

/**
 * Summaries of threads by the embedded engine, kept by what they were made of: a message that joins, or goes, makes
 * another key. Mail that arrived encrypted is not read for it.
 */
@Injectable()
export class EmbeddedSummaries {
  readonly #kept = new LRUCache<string, Promise<EmbeddedSummary>>({ max: KEPT, ttl: KEPT_MS });

  constructor(
    private readonly database: Database,
    private readonly parser: MessageParser,
    private readonly threads: SummaryThreads,
  ) {}

  /** @throws ApiError SERVICE_UNAVAILABLE */
  of(organizationId: string, mails: readonly ThreadMailRecord[], maxWords: number): Promise<EmbeddedSummary> {
    const digest = digestOf(organizationId, mails, maxWords);
    const known = this.#kept.get(digest);
    if (known !== undefined) return known;
    const making = this.#make(organizationId, mails, maxWords, digest);
    making.catch(() => this.#kept.delete(digest));
    this.#kept.set(digest, making);
    return making;
  }

  async #make(
    organizationId: string,
    mails: readonly ThreadMailRecord[],
    maxWords: number,
    digest: string,
  ): Promise<EmbeddedSummary> {
    const started = performance.now();
    const read: MailToSummarise[] = [];
    const leftOut: LeftOutMail[] = [];
    for (const mail of mails) {
      const { id: messageId, author, subject, language } = mail;
      const withheld = notRead(mail);
      const text = withheld === null ? await this.#textOf(organizationId, mail) : null;
      if (text === null) leftOut.push({ messageId, reason: withheld ?? 'unreadable' });
      else read.push({ messageId, author, subject, language, text });
    }
    try {
      return {
        digest,
        summary: await this.threads.summarise({ mails: read, maxWords }),
        leftOut,
        characters: new Map(read.map(({ messageId, text }) => [messageId, text.length])),
        durationMs: performance.now() - started,
      };
    } catch (error) {
      if (!(error instanceof SummaryUnavailable)) throw error;
      throw new ApiError('SERVICE_UNAVAILABLE', `the thread could not be summarised: ${error.message}`);
    }
  }

  /** New text; null for mail that its parser does not survive. */
  async #textOf(organizationId: string, { sha256 }: ThreadMailRecord): Promise<string | null> {
    const bytes = await this.database.withOrganization(organizationId, (sql) => readBlob(sql, sha256));
    if (bytes === null) return null;
    try {
      return (await this.parser.parse(bytes)).newText.slice(0, TEXT_CHARACTERS);
    } catch (error) {
      if (error instanceof ParserIsolatedError) return null;
      throw error;
    }
  }
}

function digestOf(organizationId: string, mails: readonly ThreadMailRecord[], maxWords: number): string {
  const made = mails.map(({ id, sha256, author, subject, language, encrypted }) => [
    id,
    sha256.toString('hex'),
    author,
    subject,
    language,
    encrypted,
  ]);
  return createHash('sha256')
    .update(JSON.stringify([organizationId, maxWords, made]))
    .digest('hex');
}
