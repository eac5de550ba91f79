import { Injectable } from '@nestjs/common';
import { Database } from '../../adapters/database/database.js';
import { applyCommand } from '../../adapters/runs/commands.js';
import { readMessages, type MessageRecord } from '../../adapters/messages/read-messages.js';
import type { OutgoingCommand } from '../../domain/outgoing/outgoing-commands.js';
import type { Command, MessageStatus } from '../../domain/status.js';
import type { Caller } from '../graphql/caller.js';
import { ApiError } from '../graphql/errors.js';
import { isUuid } from '../graphql/uuid.js';
import { OutgoingService } from '../outgoing/outgoing.service.js';
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
    private readonly outgoing: OutgoingService,
  ) {}

  /**
   * Commits a command and tells the run where it waits for one.
   *
   * @throws ApiError NOT_FOUND, or COMMAND_REFUSED with the status and the reason
   */
  async command(caller: Caller, messageId: string, command: Command): Promise<CommandOutcome> {
    const { viewer } = caller;
    if (!isUuid(messageId)) throw notFound(messageId);
    const outgoing = OUTGOING[command];
    if (outgoing !== undefined && (await this.#isOutgoing(viewer.organizationId, messageId))) {
      const { message, status } = await this.outgoing.command(caller, messageId, outgoing);
      return { message, accepted: true, status };
    }
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

  async #isOutgoing(organizationId: string, messageId: string): Promise<boolean> {
    const rows = await this.database.oneOfOrganization(
      organizationId,
      'select from outgoing_messages where message_id = $1',
      [messageId],
    );
    return rows.length > 0;
  }
}

/** What these ask of outgoing mail; what is missing asks nothing of it. */
const OUTGOING: Partial<Record<Command, OutgoingCommand>> = {
  pause: { command: 'hold', reason: '' },
  resume: { command: 'approve' },
  release: { command: 'approve' },
  reject: { command: 'reject', reason: '' },
  cancel: { command: 'cancel' },
};

const notFound = (messageId: string) => new ApiError('NOT_FOUND', `there is no message ${messageId}`);
