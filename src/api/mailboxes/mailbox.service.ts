import { domainToASCII } from 'node:url';
import { Injectable } from '@nestjs/common';
import { Database } from '../../adapters/database/database.js';
import { readDomains } from '../../adapters/organizations/domains.js';
import {
  countMailboxMessages,
  isPatternTaken,
  isReferenced,
  readMailboxes,
  removeMailbox,
  saveMailbox,
  type MailboxRecord,
} from '../../adapters/organizations/mailboxes.js';
import { readStaff } from '../../adapters/staff/staff.js';
import { mailboxProblems } from '../../domain/mailbox.js';
import { ApiError, wrongInput } from '../graphql/errors.js';
import { isUuid } from '../graphql/uuid.js';
import type { SaveMailboxInput } from './mailbox.types.js';

@Injectable()
export class MailboxService {
  constructor(private readonly database: Database) {}

  list(organizationId: string): Promise<MailboxRecord[]> {
    return this.database.withOrganization(organizationId, readMailboxes);
  }

  /** @throws ApiError NOT_FOUND, BAD_USER_INPUT that names every wrong field, CONFLICT for a pattern that is taken */
  async save(organizationId: string, input: SaveMailboxInput): Promise<MailboxRecord> {
    const id = input.id ?? null;
    if (id !== null && !isUuid(id)) throw noMailbox(id);
    try {
      return await this.database.withOrganization(organizationId, async (sql) => {
        const [domains, mailboxes, staff] = await Promise.all([readDomains(sql), readMailboxes(sql), readStaff(sql)]);
        const before = mailboxes.find((mailbox) => mailbox.id === id);
        if (id !== null && before === undefined) throw noMailbox(id);
        const names = domains.map(({ name }) => name);
        const draft = {
          name: input.name.trim(),
          pattern: patternIn(names, input.pattern),
          members: input.members ? distinct(input.members.map((member) => member.trim())) : (before?.members ?? []),
          rules: input.rules ?? before?.rules ?? [],
        };
        const mailboxIds = mailboxes.map((mailbox) => mailbox.id);
        const [teamIds, personIds] = [staff.teams, staff.people].map((rows) => rows.map((row) => row.id)) as [
          string[],
          string[],
        ];
        const problems = mailboxProblems(draft, { domains: names, mailboxIds, teamIds, personIds });
        if (problems.length > 0) throw wrongInput(problems);
        const saved = await saveMailbox(sql, id, draft);
        if (saved.result === 'notFound') throw noMailbox(id ?? '');
        if (saved.result === 'patternTaken') throw patternTaken(draft.pattern);
        return saved.mailbox;
      });
    } catch (error) {
      throw isPatternTaken(error) ? patternTaken(input.pattern) : error;
    }
  }

  /** @throws ApiError NOT_FOUND; CONFLICT while messages or rules refer to it */
  async remove(organizationId: string, id: string, heir: string | null): Promise<MailboxRecord> {
    if (!isUuid(id)) throw noMailbox(id);
    try {
      return await this.database.withOrganization(organizationId, async (sql) => {
        const mailboxes = await readMailboxes(sql);
        if (heir !== null && (heir === id || !mailboxes.some((mailbox) => mailbox.id === heir))) {
          throw wrongInput([{ field: 'moveTo', problem: `there is no other mailbox ${heir}` }]);
        }
        const removed = await removeMailbox(sql, id, heir);
        if (removed.result === 'notFound') throw noMailbox(id);
        if (removed.result === 'namedByRules') throw namedByRules(removed.rules);
        return removed.mailbox;
      });
    } catch (error) {
      if (!isReferenced(error)) throw error;
      const messages = await this.database.withOrganization(organizationId, (sql) => countMailboxMessages(sql, id));
      throw new ApiError(
        'CONFLICT',
        `${messages} messages are in it: name the mailbox that takes them over as moveTo, or move them first`,
        { field: 'moveTo', messages },
      );
    }
  }
}

/** The pattern in lower case, its domain in the organization's own spelling of it. */
function patternIn(domains: readonly string[], written: string): string {
  const pattern = written.trim().toLowerCase();
  const at = pattern.lastIndexOf('@');
  const ascii = domainToASCII(pattern.slice(at + 1));
  const owned = ascii === '' ? undefined : domains.find((name) => domainToASCII(name) === ascii);
  return owned === undefined ? pattern : `${pattern.slice(0, at + 1)}${owned}`;
}

const distinct = (values: readonly string[]) => [...new Set(values)];

const noMailbox = (id: string) => new ApiError('NOT_FOUND', `there is no mailbox ${id}`);

const patternTaken = (pattern: string) =>
  new ApiError('CONFLICT', `pattern: another mailbox has ${pattern} already`, { field: 'pattern' });

function namedByRules(rules: readonly { mailbox: string; rule: string }[]): ApiError {
  const named = rules.map(({ mailbox, rule }) => `${rule} of ${mailbox}`).join(', ');
  return new ApiError('CONFLICT', `rules send mail on to it, change them first: ${named}`, { rules });
}
