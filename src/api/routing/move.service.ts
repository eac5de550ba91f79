import { Injectable } from '@nestjs/common';
import { Database } from '../../adapters/database/database.js';
import { moveMessage, type MoveResult } from '../../adapters/messages/move-message.js';
import { readMessages, type MessageRecord } from '../../adapters/messages/read-messages.js';
import type { Viewer } from '../authentication/token-authenticator.js';
import { ApiError, wrongInput } from '../graphql/errors.js';
import { isUuid } from '../graphql/uuid.js';

export interface MoveOutcome {
  message: MessageRecord;
  moved: boolean;
  taught: boolean;
}

@Injectable()
export class MoveService {
  constructor(private readonly database: Database) {}

  /** @throws ApiError NOT_FOUND for the message or the mailbox, BAD_USER_INPUT for a recipient that it does not have */
  async move(
    viewer: Viewer,
    messageId: string,
    mailboxId: string,
    recipients: readonly string[] | null,
  ): Promise<MoveOutcome> {
    if (!isUuid(messageId)) throw noMessage(messageId);
    if (!isUuid(mailboxId)) throw noMailbox(mailboxId);
    return this.database.withOrganization(viewer.organizationId, async (sql) => {
      const result = await moveMessage(sql, { messageId, mailboxId, recipients, by: viewer.name });
      if (result.result === 'noMailbox') throw noMailbox(mailboxId);
      if (result.result === 'noRecipient') throw noRecipient(result);
      const [message] = await readMessages(sql, [messageId]);
      if (result.result === 'noMessage' || message === undefined) throw noMessage(messageId);
      return { message, moved: result.result === 'moved', taught: result.result === 'moved' && result.taught };
    });
  }
}

const noMessage = (id: string) => new ApiError('NOT_FOUND', `there is no incoming message ${id}`);
const noMailbox = (id: string) => new ApiError('NOT_FOUND', `there is no mailbox ${id}`);
const noRecipient = ({ address }: Extract<MoveResult, { result: 'noRecipient' }>) =>
  wrongInput([{ field: 'recipients', problem: `the message was not received for ${JSON.stringify(address)}` }]);
