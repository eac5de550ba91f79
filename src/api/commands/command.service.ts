import { Injectable } from '@nestjs/common';
import { Database } from '../../adapters/database/database.js';
import { applyCommand } from '../../adapters/runs/commands.js';
import { readMessages, type MessageRecord } from '../../adapters/messages/read-messages.js';
import type { Command, MessageStatus } from '../../domain/status.js';
import type { Viewer } from '../authentication/token-authenticator.js';
import { ApiError } from '../graphql/errors.js';
import { isUuid } from '../graphql/uuid.js';
import { WorkflowUpdates } from './workflow-updates.js';

export interface CommandOutcome {
  message: MessageRecord;
  accepted: boolean;
  status: MessageStatus;
}

@Injectable()
export class CommandService {
  constructor(
    private readonly database: Database,
    private readonly updates: WorkflowUpdates,
  ) {}

  /**
   * Commits a command and tells the run where it waits for one.
   *
   * @throws ApiError NOT_FOUND, or COMMAND_REFUSED with the status and the reason
   */
  async command(viewer: Viewer, messageId: string, command: Command): Promise<CommandOutcome> {
    if (!isUuid(messageId)) throw notFound(messageId);
    const { result, message } = await this.database.withOrganization(viewer.organizationId, async (sql) => ({
      result: await applyCommand(sql, messageId, command, viewer.name),
      message: (await readMessages(sql, [messageId]))[0],
    }));
    if (result.result === 'notFound' || message === undefined) throw notFound(messageId);
    if (result.result === 'refused') {
      throw new ApiError('COMMAND_REFUSED', `${command} is refused: ${result.reason}`, {
        reason: result.reason,
        status: result.status,
      });
    }
    if (result.result === 'accepted' && result.told) await this.updates.tell(result.workflowId, command, viewer.name);
    return { message, accepted: result.result === 'accepted', status: message.status };
  }
}

const notFound = (messageId: string) => new ApiError('NOT_FOUND', `there is no message ${messageId}`);
