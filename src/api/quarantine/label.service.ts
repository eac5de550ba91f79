import { Injectable } from '@nestjs/common';
import { Database } from '../../adapters/database/database.js';
import { changeLabels, MOST_LABELS_OF_A_MESSAGE } from '../../adapters/messages/labels.js';
import { readMessages, type MessageRecord } from '../../adapters/messages/read-messages.js';
import { isLabel, LONGEST_LABEL } from '../../domain/rules.js';
import type { Viewer } from '../authentication/token-authenticator.js';
import { ApiError, wrongInput } from '../graphql/errors.js';
import { isUuid } from '../graphql/uuid.js';

const MOST_AT_ONCE = 50;

@Injectable()
export class LabelService {
  constructor(private readonly database: Database) {}

  /** @throws ApiError NOT_FOUND; BAD_USER_INPUT for labels that cannot be, or are too many */
  async change(
    viewer: Viewer,
    messageId: string,
    given: readonly string[],
    remove: readonly string[],
  ): Promise<MessageRecord> {
    if (!isUuid(messageId)) throw noMessage(messageId);
    const add = [...new Set(given.map((label) => label.trim()))];
    if (add.length > MOST_AT_ONCE || remove.length > MOST_AT_ONCE) {
      throw wrongInput([{ field: 'add', problem: `must be at most ${MOST_AT_ONCE}` }]);
    }
    const problems = add.flatMap((label, index) =>
      isLabel(label)
        ? []
        : [{ field: `add[${index}]`, problem: `must be one line of 1 to ${LONGEST_LABEL} characters` }],
    );
    if (problems.length > 0) throw wrongInput(problems);
    return this.database.withOrganization(viewer.organizationId, async (sql) => {
      const { result } = await changeLabels(sql, messageId, { add, remove, by: viewer.name });
      if (result === 'tooMany') {
        throw wrongInput([{ field: 'add', problem: `a message has ${MOST_LABELS_OF_A_MESSAGE} labels at most` }]);
      }
      const [message] = result === 'noMessage' ? [] : await readMessages(sql, [messageId]);
      if (message === undefined) throw noMessage(messageId);
      return message;
    });
  }
}

const noMessage = (id: string) => new ApiError('NOT_FOUND', `there is no message ${id}`);
