import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Database } from '../../adapters/database/database.js';
import { readAnalysis } from '../../adapters/messages/read-analysis.js';
import { ParserIsolatedError } from '../../adapters/parser-pool.js';
import { LONGEST_ANSWERED } from '../../domain/composition.js';
import { ApiError } from '../graphql/errors.js';
import { MessageParser } from '../graphql/message-parser.js';
import { isUuid } from '../graphql/uuid.js';

export interface AnsweredMail {
  /** New text; empty for mail that is encrypted or that its parser does not survive. */
  text: string;
  /** Author and recipients, lower case. */
  participants: string[];
  /** Words of their names. */
  names: string[];
}

const KEPT = 500;
const KEPT_MS = 10 * 60_000;

/** Mails that people answer while they write: read once, not at every key. */
@Injectable()
export class AnsweredMails {
  readonly #kept = new LRUCache<string, Promise<AnsweredMail>>({ max: KEPT, ttl: KEPT_MS });

  constructor(
    private readonly database: Database,
    private readonly parser: MessageParser,
  ) {}

  /** @throws ApiError NOT_FOUND */
  read(organizationId: string, messageId: string): Promise<AnsweredMail> {
    const key = `${organizationId} ${messageId}`;
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    const reading = this.#read(organizationId, messageId);
    reading.catch(() => this.#kept.delete(key));
    this.#kept.set(key, reading);
    return reading;
  }

  async #read(organizationId: string, messageId: string): Promise<AnsweredMail> {
    const analysis = isUuid(messageId)
      ? await this.database.withOrganization(organizationId, (sql) => readAnalysis(sql, messageId))
      : null;
    if (analysis === null) throw new ApiError('NOT_FOUND', `there is no message ${messageId}`);
    const parsed = analysis.bytes === null ? null : await this.parser.parse(analysis.bytes).catch(unparsed);
    if (parsed === null) return { text: '', participants: [], names: [] };
    const people = [...parsed.from, ...parsed.replyTo, ...parsed.to, ...parsed.cc];
    return {
      text: parsed.protection === undefined ? parsed.newText.slice(0, LONGEST_ANSWERED) : '',
      participants: [...new Set(people.map(({ address }) => address.toLowerCase()))].slice(0, 500),
      names: [...new Set(people.flatMap(({ name }) => namesIn(name)))].slice(0, 500),
    };
  }
}

/** Words of a name, in lower case. */
export function namesIn(name: string): string[] {
  return (
    name
      .slice(0, 200)
      .toLowerCase()
      .match(/[\p{L}\p{M}'’-]+/gu) ?? []
  );
}

function unparsed(error: unknown): null {
  if (error instanceof ParserIsolatedError) return null;
  throw error;
}
