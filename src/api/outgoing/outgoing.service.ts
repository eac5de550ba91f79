import { Injectable } from '@nestjs/common';
import { Database } from '../../adapters/database/database.js';
import { readMessages, type MessageRecord, type RecipientRecord } from '../../adapters/messages/read-messages.js';
import { commandOutgoing } from '../../adapters/outgoing/person-commands.js';
import { readRecipientPage } from '../../adapters/outgoing/read-outgoing.js';
import type { OutgoingCommand } from '../../domain/outgoing/outgoing-commands.js';
import type { RecipientStatus } from '../../domain/outgoing/recipient-status.js';
import type { MessageStatus } from '../../domain/status.js';
import type { Caller } from '../graphql/caller.js';
import { idCursor, readIdCursor } from '../graphql/cursors.js';
import { ApiError } from '../graphql/errors.js';
import { pageOf, pageSize, type Page } from '../graphql/pages.js';
import { isUuid } from '../graphql/uuid.js';

@Injectable()
export class OutgoingService {
  constructor(private readonly database: Database) {}

  /**
   * Commits what a person asks of an outgoing message; a worker tells its workflow.
   *
   * @throws ApiError NOT_FOUND, or COMMAND_REFUSED with the status and the reason
   */
  async command(
    caller: Caller,
    messageId: string,
    command: OutgoingCommand,
  ): Promise<{ message: MessageRecord; status: MessageStatus }> {
    if (!isUuid(messageId)) throw notFound(messageId);
    const by = { actor: `token ${caller.viewer.name}`, address: caller.clientAddress };
    const { result, message } = await this.database.withOrganization(caller.organizationId, async (sql) => ({
      result: await commandOutgoing(sql, messageId, command, by, new Date()),
      message: (await readMessages(sql, [messageId]))[0],
    }));
    if (result.result === 'notFound' || message === undefined) throw notFound(messageId);
    if (result.result === 'refused') {
      throw new ApiError('COMMAND_REFUSED', `${command.command} is refused: ${result.reason}`, {
        reason: result.reason,
        status: result.status,
      });
    }
    return { message, status: result.status };
  }

  /** @throws ApiError BAD_USER_INPUT for a page or a cursor that cannot be */
  async recipients(
    caller: Caller,
    messageId: string,
    { first, after, status }: { first: number | null; after: string | null; status: RecipientStatus | null },
  ): Promise<Page<RecipientRecord>> {
    const size = pageSize(first, 'recipients');
    const from = after === null ? null : readIdCursor(after);
    const records = await this.database.withOrganization(caller.organizationId, (sql) =>
      readRecipientPage(sql, messageId, { status, after: from, most: size + 1 }),
    );
    return pageOf(records, size, ({ id }) => idCursor({ id: id ?? '' }), from === null);
  }
}

const notFound = (messageId: string) => new ApiError('NOT_FOUND', `there is no outgoing message ${messageId}`);
