import { Injectable } from '@nestjs/common';
import { recordAudit } from '../../adapters/audit/audit.js';
import { Database, type Sql } from '../../adapters/database/database.js';
import { readMailboxesById, type MailboxRecord } from '../../adapters/organizations/mailboxes.js';
import { removeMailboxPassword, setMailboxPassword } from '../../adapters/submission/mailbox-passwords.js';
import { hashPassword } from '../../adapters/submission/password-hash.js';
import type { Caller } from '../graphql/caller.js';
import { ApiError, wrongInput } from '../graphql/errors.js';
import { isUuid } from '../graphql/uuid.js';

const SHORTEST = 12;
const LONGEST = 256;
const CONTROL = /[\u0000-\u001f\u007f]/;

@Injectable()
export class MailboxPasswordService {
  constructor(private readonly database: Database) {}

  /** @throws ApiError BAD_USER_INPUT for the password, NOT_FOUND for the mailbox */
  async set(caller: Caller, mailboxId: string, password: string): Promise<MailboxRecord> {
    if (password.length < SHORTEST || password.length > LONGEST || CONTROL.test(password)) {
      const problem = `must have ${SHORTEST} to ${LONGEST} characters, no control characters`;
      throw wrongInput([{ field: 'password', problem }]);
    }
    if (!isUuid(mailboxId)) throw noMailbox(mailboxId);
    const hash = await hashPassword(password);
    return this.database.withOrganization(caller.organizationId, async (sql) => {
      const [mailbox] = await readMailboxesById(sql, [mailboxId]);
      const found = mailbox !== undefined && (await setMailboxPassword(sql, mailboxId, hash, actorOf(caller)));
      if (!found) throw noMailbox(mailboxId);
      await audit(sql, caller, 'mailbox.setPassword', mailboxId);
      return mailbox;
    });
  }

  async remove(caller: Caller, mailboxId: string): Promise<boolean> {
    if (!isUuid(mailboxId)) return false;
    return this.database.withOrganization(caller.organizationId, async (sql) => {
      const removed = await removeMailboxPassword(sql, mailboxId);
      if (removed) await audit(sql, caller, 'mailbox.removePassword', mailboxId);
      return removed;
    });
  }
}

const actorOf = (caller: Caller) => `token ${caller.viewer.name}`;

function audit(sql: Sql, caller: Caller, action: string, mailboxId: string): Promise<void> {
  return recordAudit(sql, {
    organizationId: caller.organizationId,
    actor: actorOf(caller),
    address: caller.clientAddress,
    action,
    objectKind: 'mailbox',
    objectId: mailboxId,
  });
}

const noMailbox = (id: string) => new ApiError('NOT_FOUND', `there is no mailbox ${id}`);
