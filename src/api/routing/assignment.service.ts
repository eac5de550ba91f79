import { Injectable } from '@nestjs/common';
import { Database, type Sql } from '../../adapters/database/database.js';
import { readMessages, type MessageRecord } from '../../adapters/messages/read-messages.js';
import { assignMessage, completeAssignment, unassignMessage } from '../../adapters/staff/assignments.js';
import type { Assignee } from '../../domain/staff.js';
import type { Viewer } from '../authentication/token-authenticator.js';
import { ApiError, wrongInput } from '../graphql/errors.js';
import { isUuid } from '../graphql/uuid.js';

export interface AssignmentOutcome {
  message: MessageRecord;
  changed: boolean;
  taught: boolean;
}

@Injectable()
export class AssignmentService {
  constructor(private readonly database: Database) {}

  /** @throws ApiError NOT_FOUND for the message, the team or the person, BAD_USER_INPUT where neither is named */
  async assign(viewer: Viewer, messageId: string, assignee: Assignee): Promise<AssignmentOutcome> {
    const { teamId, personId } = assignee;
    if (teamId !== null && !isUuid(teamId)) throw noTeam(teamId);
    if (personId !== null && !isUuid(personId)) throw noPerson(personId);
    return this.#change(viewer, messageId, async (sql) => {
      const outcome = await assignMessage(sql, messageId, assignee, viewer.name);
      switch (outcome.result) {
        case 'noMessage':
          return null;
        case 'noTeam':
          throw noTeam(teamId ?? '');
        case 'noPerson':
          throw noPerson(personId ?? '');
        case 'nobody':
          throw wrongInput([{ field: 'personId', problem: 'name a team, a person, or both' }]);
        case 'unchanged':
          return { changed: false, taught: false };
        case 'assigned':
          return { changed: true, taught: outcome.taught };
      }
    });
  }

  /** @throws ApiError NOT_FOUND */
  unassign(viewer: Viewer, messageId: string): Promise<AssignmentOutcome> {
    return this.#change(viewer, messageId, async (sql) => changeOf(await unassignMessage(sql, messageId, viewer.name)));
  }

  /** @throws ApiError NOT_FOUND */
  complete(viewer: Viewer, messageId: string): Promise<AssignmentOutcome> {
    return this.#change(viewer, messageId, async (sql) =>
      changeOf(await completeAssignment(sql, messageId, viewer.name)),
    );
  }

  async #change(
    { organizationId }: Viewer,
    messageId: string,
    change: (sql: Sql) => Promise<Omit<AssignmentOutcome, 'message'> | null>,
  ): Promise<AssignmentOutcome> {
    if (!isUuid(messageId)) throw noMessage(messageId);
    return this.database.withOrganization(organizationId, async (sql) => {
      const changed = await change(sql);
      const [message] = changed === null ? [] : await readMessages(sql, [messageId]);
      if (changed === null || message === undefined) throw noMessage(messageId);
      return { message, ...changed };
    });
  }
}

function changeOf(result: 'done' | 'unchanged' | 'noMessage') {
  return result === 'noMessage' ? null : { changed: result === 'done', taught: false };
}

const noMessage = (id: string) => new ApiError('NOT_FOUND', `there is no incoming message ${id}`);
const noTeam = (id: string) => new ApiError('NOT_FOUND', `there is no team ${id}`);
const noPerson = (id: string) => new ApiError('NOT_FOUND', `there is no person ${id}`);
