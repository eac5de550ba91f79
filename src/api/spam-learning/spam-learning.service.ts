import { Injectable } from '@nestjs/common';
import { Database, type Sql } from '../../adapters/database/database.js';
import { readMessages, type MessageRecord } from '../../adapters/messages/read-messages.js';
import { readMailboxesById } from '../../adapters/organizations/mailboxes.js';
import { readSpamLearning, type SpamLearningRecord } from '../../adapters/organizations/spam-learning.js';
import { resetSpamLearning, teachSpam, withdrawSpamLesson } from '../../adapters/organizations/spam-lessons.js';
import type { SpamScope } from '../../domain/spam-scope.js';
import type { Viewer } from '../authentication/token-authenticator.js';
import { ApiError, wrongInput } from '../graphql/errors.js';
import { isUuid } from '../graphql/uuid.js';

export interface SpamTarget {
  messageId: string;
  scope: SpamScope;
  mailboxId: string | null;
}

export interface CorrectionOutcome {
  message: MessageRecord;
  changed: boolean;
}

@Injectable()
export class SpamLearningService {
  constructor(private readonly database: Database) {}

  /** @throws ApiError NOT_FOUND for the message or the mailbox, CONFLICT for a message that was not analysed yet */
  async correct(viewer: Viewer, target: SpamTarget, isSpam: boolean): Promise<CorrectionOutcome> {
    checkTarget(target);
    return this.database.withOrganization(viewer.organizationId, async (sql) => {
      const taught = await teachSpam(sql, { ...target, isSpam, by: viewer.name });
      if (taught.result === 'noMessage') throw noMessage(target.messageId);
      if (taught.result === 'noMailbox') throw noMailbox(target.mailboxId);
      if (taught.result === 'notAnalysed') throw new ApiError('CONFLICT', NOT_ANALYSED);
      return { message: await readOne(sql, target.messageId), changed: taught.changed };
    });
  }

  /** @throws ApiError NOT_FOUND */
  async withdraw(viewer: Viewer, target: SpamTarget): Promise<CorrectionOutcome> {
    checkTarget(target);
    return this.database.withOrganization(viewer.organizationId, async (sql) => {
      const message = await readOne(sql, target.messageId);
      return { message, ...(await withdrawSpamLesson(sql, { ...target, by: viewer.name })) };
    });
  }

  list(organizationId: string): Promise<SpamLearningRecord[]> {
    return this.database.withOrganization(organizationId, readSpamLearning);
  }

  /** @throws ApiError NOT_FOUND for the mailbox */
  async reset(viewer: Viewer, scope: SpamScope, mailboxId: string | null): Promise<number> {
    if ((scope === 'MAILBOX') !== (mailboxId !== null)) throw wrongInput([SCOPE_PROBLEM]);
    if (mailboxId !== null && !isUuid(mailboxId)) throw noMailbox(mailboxId);
    return this.database.withOrganization(viewer.organizationId, async (sql) => {
      if (mailboxId !== null && (await readMailboxesById(sql, [mailboxId])).length === 0) throw noMailbox(mailboxId);
      return resetSpamLearning(sql, mailboxId, viewer.name);
    });
  }
}

const NOT_ANALYSED = 'the message was not looked at by this version of the spam filter yet: reprocess it, then correct';
const SCOPE_PROBLEM = { field: 'mailboxId', problem: 'belongs to the scope MAILBOX, and to that alone' };

function checkTarget({ messageId, scope, mailboxId }: SpamTarget): void {
  if (!isUuid(messageId)) throw noMessage(messageId);
  if (scope === 'ORGANIZATION' && mailboxId !== null) throw wrongInput([SCOPE_PROBLEM]);
  if (mailboxId !== null && !isUuid(mailboxId)) throw noMailbox(mailboxId);
}

async function readOne(sql: Sql, messageId: string): Promise<MessageRecord> {
  const [message] = await readMessages(sql, [messageId]);
  if (message === undefined) throw noMessage(messageId);
  return message;
}

const noMessage = (id: string) => new ApiError('NOT_FOUND', `there is no incoming message ${id}`);
const noMailbox = (id: string | null) =>
  new ApiError('NOT_FOUND', id === null ? 'the message came to no mailbox' : `the message is in no mailbox ${id}`);
