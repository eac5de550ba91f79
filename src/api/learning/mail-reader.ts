import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Database } from '../../adapters/database/database.js';
import { parsingOf, readCorrectedBytes, type AnsweredMessage } from '../../adapters/learning/answers.js';
import { readMeaning } from '../../adapters/embedding/message-embeddings.js';
import { LearningThreads } from '../../adapters/learning/learning-threads.js';
import { readOpeningKeys } from '../../adapters/mail-keys/mail-keys.js';
import { ParserIsolatedError } from '../../adapters/parser-pool.js';
import type { ParsedMessage } from '../../domain/parsed-message.js';
import { MessageParser } from '../graphql/message-parser.js';
import { SecretKey } from '../secret-key.js';

/** Reads a corrected message for what learning keeps of it: hashes of its words. All of it in threads. */
@Injectable()
export class MailReader implements OnModuleDestroy {
  readonly #threads = new LearningThreads();

  constructor(
    private readonly database: Database,
    private readonly parser: MessageParser,
    private readonly secretKey: SecretKey,
  ) {}

  /** Null where its bytes were deleted, or its parser does not survive it. */
  async features(organizationId: string, messageId: string, message: AnsweredMessage): Promise<Uint8Array | null> {
    const bytes = await this.database.withOrganization(organizationId, (sql) => readCorrectedBytes(sql, messageId));
    const parsed = bytes === null ? null : await this.#parse(organizationId, message, bytes);
    if (parsed === null) return null;
    const { subject, newText, from, to, cc, listId, links, attachments } = parsed;
    const mail = { subject, newText, from, to, cc, listId, links, attachments };
    const meaning = await this.database.withOrganization(organizationId, (sql) => readMeaning(sql, messageId));
    return this.#threads.features({ mail, origin: parsingOf(message)?.origin ?? 'person', meaning });
  }

  async #parse(organizationId: string, message: AnsweredMessage, bytes: Buffer): Promise<ParsedMessage | null> {
    try {
      if (parsingOf(message)?.protection === undefined) return await this.parser.parse(bytes);
      const keys = await readOpeningKeys(this.database, this.secretKey.key, organizationId);
      return await this.parser.parse(bytes, { ...keys, receivedAt: message.receivedAt });
    } catch (error) {
      if (error instanceof ParserIsolatedError) return null;
      throw error;
    }
  }

  onModuleDestroy(): Promise<void> {
    return this.#threads.close();
  }
}
