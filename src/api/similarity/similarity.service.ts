import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Database } from '../../adapters/database/database.js';
import { SimilarMessages, type SimilarMessage } from '../../adapters/embedding/similar-messages.js';
import { readMessages } from '../../adapters/messages/read-messages.js';
import { ApiError } from '../graphql/errors.js';
import { pageSize } from '../graphql/pages.js';
import { isUuid } from '../graphql/uuid.js';

@Injectable()
export class SimilarityService implements OnModuleDestroy {
  readonly #similar: SimilarMessages;

  constructor(private readonly database: Database) {
    this.#similar = new SimilarMessages(database);
  }

  /** @throws ApiError NOT_FOUND; CONFLICT where nothing is known of it; BAD_USER_INPUT for a page size that cannot be */
  async find(organizationId: string, messageId: string, first: number | null): Promise<SimilarMessage[]> {
    const most = pageSize(first, 'messages');
    const [message] = isUuid(messageId)
      ? await this.database.withOrganization(organizationId, (sql) => readMessages(sql, [messageId]))
      : [];
    if (message === undefined) throw new ApiError('NOT_FOUND', `there is no message ${messageId}`);
    const found = await this.#similar.find(organizationId, messageId, most);
    if (found !== null) return found;
    throw new ApiError(
      'CONFLICT',
      'nothing is known yet of what this message is about: wait for its run, or reprocess it',
    );
  }

  onModuleDestroy(): Promise<void> {
    return this.#similar.close();
  }
}
