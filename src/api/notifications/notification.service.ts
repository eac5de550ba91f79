import { Injectable } from '@nestjs/common';
import { Database } from '../../adapters/database/database.js';
import {
  countNotifications,
  listNotifications,
  markRead,
  type NotificationRecord,
} from '../../adapters/messages/notifications.js';
import { idCursor, readIdCursor } from '../graphql/cursors.js';
import { ApiError, wrongInput } from '../graphql/errors.js';
import { pageOf, pageSize, type Page } from '../graphql/pages.js';
import { isUuid } from '../graphql/uuid.js';

const MOST_AT_ONCE = 1_000;

@Injectable()
export class NotificationService {
  constructor(private readonly database: Database) {}

  /** @throws ApiError BAD_USER_INPUT for a page size or a cursor that cannot be */
  async list(
    organizationId: string,
    first: number | null,
    after: string | null,
    unreadOnly: boolean,
  ): Promise<Page<NotificationRecord> & { unreadOnly: boolean }> {
    const size = pageSize(first, 'notifications');
    const position = after === null ? null : readIdCursor(after);
    const records = await this.database.withOrganization(organizationId, (sql) =>
      listNotifications(sql, unreadOnly, position, size + 1),
    );
    return { ...pageOf(records, size, idCursor, position === null), unreadOnly };
  }

  count(organizationId: string, unreadOnly: boolean): Promise<number> {
    return this.database.withOrganization(organizationId, (sql) => countNotifications(sql, unreadOnly));
  }

  /** @throws ApiError NOT_FOUND that names the first id that is none; none is marked then */
  async markRead(organizationId: string, ids: readonly string[]): Promise<NotificationRecord[]> {
    if (ids.length > MOST_AT_ONCE) throw wrongInput([{ field: 'ids', problem: `must be at most ${MOST_AT_ONCE}` }]);
    const malformed = ids.find((id) => !isUuid(id));
    if (malformed !== undefined) throw unknown(malformed);
    return this.database.withOrganization(organizationId, async (sql) => {
      const marked = new Map((await markRead(sql, ids)).map((notification) => [notification.id, notification]));
      return [...new Set(ids.map((id) => id.toLowerCase()))].map((id) => {
        const notification = marked.get(id);
        if (notification === undefined) throw unknown(id);
        return notification;
      });
    });
  }
}

const unknown = (id: string) => new ApiError('NOT_FOUND', `there is no notification ${id}`);
