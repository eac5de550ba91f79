import { Injectable } from '@nestjs/common';
import { Database } from '../../adapters/database/database.js';
import {
  countMessages,
  listMessages,
  type MessageFilter,
  type MessageRecord,
} from '../../adapters/messages/read-messages.js';
import { readRawMessage, type RawForm, type RawMessage } from '../../adapters/messages/read-raw.js';
import type { ParsingOutcome } from '../../domain/outcomes.js';
import { messageCursor, readMessageCursor } from '../graphql/cursors.js';
import { ApiError } from '../graphql/errors.js';
import { pageOf, pageSize, type Page } from '../graphql/pages.js';
import { isUuid } from '../graphql/uuid.js';
import type { MessageConnection } from './message.types.js';

/** Above this the source is read over HTTP, where it is streamed. */
const MAX_INLINE_SOURCE = 10 * 1024 * 1024;

@Injectable()
export class MessageService {
  constructor(private readonly database: Database) {}

  /** @throws ApiError BAD_USER_INPUT for a page size or a cursor that cannot be */
  async list(
    organizationId: string,
    first: number | null,
    after: string | null,
    filter: MessageFilter,
  ): Promise<Page<MessageRecord> & Pick<MessageConnection, 'filter'>> {
    const size = pageSize(first, 'messages');
    if (filter.mailboxId != null && !isUuid(filter.mailboxId)) {
      throw new ApiError('NOT_FOUND', `there is no mailbox ${filter.mailboxId}`);
    }
    const position = after === null ? null : readMessageCursor(after);
    const records = await this.database.withOrganization(organizationId, (sql) =>
      listMessages(sql, filter, position, size + 1),
    );
    return { ...pageOf(records, size, messageCursor, position === null), filter };
  }

  count(organizationId: string, filter: MessageFilter): Promise<number> {
    return this.database.withOrganization(organizationId, (sql) => countMessages(sql, filter));
  }

  /** Null where the organization has no such message. */
  async raw(organizationId: string, id: string, form: RawForm): Promise<RawMessage | null> {
    return isUuid(id) ? readRawMessage(this.database, organizationId, id, form) : null;
  }

  /** @throws ApiError BAD_USER_INPUT for a message that is too large for a field */
  async rawSource(organizationId: string, id: string): Promise<string | null> {
    const raw = await this.raw(organizationId, id, 'delivered');
    if (raw === null) return null;
    if (raw.size > MAX_INLINE_SOURCE) {
      throw new ApiError('BAD_USER_INPUT', `the message has ${raw.size} bytes: read it from GET /messages/${id}/raw`);
    }
    const chunks: Buffer[] = [];
    for await (const chunk of raw.chunks()) chunks.push(chunk);
    return Buffer.concat(chunks).toString('base64');
  }
}

/** What parsing found; none before it, or where it failed. */
export function attachmentsOf(parsing: { outcome: unknown } | null): ParsingOutcome['attachments'] {
  const outcome = parsing?.outcome as Partial<ParsingOutcome> | null | undefined;
  return outcome?.attachments ?? [];
}
