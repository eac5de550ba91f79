import { Injectable } from '@nestjs/common';
import { Database, type Sql } from '../../adapters/database/database.js';
import { deleteQuarantined } from '../../adapters/messages/quarantine-delete.js';
import { readMessages, type MessageRecord } from '../../adapters/messages/read-messages.js';
import { teachSpam } from '../../adapters/organizations/spam-lessons.js';
import { applyCommand } from '../../adapters/runs/commands.js';
import type { Viewer } from '../authentication/token-authenticator.js';
import { wrongInput } from '../graphql/errors.js';
import { isUuid } from '../graphql/uuid.js';

const MOST_AT_ONCE = 100;

export interface QuarantineOutcome {
  id: string;
  done: boolean;
  /** Whether the spam filter learned from it. */
  learned: boolean;
  problem: string | null;
  message: MessageRecord | null;
}

@Injectable()
export class QuarantineService {
  constructor(private readonly database: Database) {}

  /**
   * Each message in a transaction of its own: that one cannot be released keeps no other one back.
   *
   * @throws ApiError BAD_USER_INPUT for too many of them
   */
  async release(viewer: Viewer, ids: readonly string[], learn: boolean): Promise<QuarantineOutcome[]> {
    const learned = new Set<string>();
    const outcomes = await this.#each(viewer, ids, async (sql, id, message) => {
      if (message.status !== 'QUARANTINED') return `it is not in the quarantine: it is ${message.status}`;
      const result = await applyCommand(sql, id, 'release', viewer.name);
      if (result.result === 'refused') return result.reason;
      if (!learn) return null;
      const taught = await teachSpam(sql, { messageId: id, isSpam: false, scope: 'ORGANIZATION', by: viewer.name });
      if (taught.result === 'taught') learned.add(id);
      return null;
    });
    return outcomes.map((outcome) => ({ ...outcome, learned: learned.has(outcome.id) }));
  }

  /** @throws ApiError BAD_USER_INPUT for too many of them */
  delete(viewer: Viewer, ids: readonly string[]): Promise<QuarantineOutcome[]> {
    return this.#each(viewer, ids, async (sql, id, message) => {
      if (message.deletedAt !== null) return 'it was deleted before';
      const [deleted] = await deleteQuarantined(sql, [id], viewer.name);
      if (deleted !== undefined) return null;
      if (message.status !== 'QUARANTINED') return `it is not in the quarantine: it is ${message.status}`;
      return 'it is on its way to somebody, or was released just now: cancel its onward deliveries first';
    });
  }

  /** @param work gives what is in the way, null where it was done */
  async #each(
    viewer: Viewer,
    ids: readonly string[],
    work: (sql: Sql, id: string, message: MessageRecord) => Promise<string | null>,
  ): Promise<QuarantineOutcome[]> {
    if (ids.length > MOST_AT_ONCE) throw wrongInput([{ field: 'ids', problem: `must be at most ${MOST_AT_ONCE}` }]);
    const outcomes: QuarantineOutcome[] = [];
    for (const id of new Set(ids)) {
      outcomes.push(
        await this.database.withOrganization(viewer.organizationId, async (sql) => {
          const [before] = isUuid(id) ? await readMessages(sql, [id]) : [];
          if (before === undefined)
            return { id, done: false, learned: false, problem: 'there is no such message', message: null };
          const problem = await work(sql, id, before);
          const [message = null] = await readMessages(sql, [id]);
          return { id, done: problem === null, learned: false, problem, message };
        }),
      );
    }
    return outcomes;
  }
}
