import { Injectable } from '@nestjs/common';
import { Database } from '../../adapters/database/database.js';
import { FeedReader, type FeedRequest } from '../../adapters/feed/feed-reader.js';
import { readHead } from '../../adapters/feed/read-events.js';
import { TokenAuthenticator } from '../authentication/token-authenticator.js';
import type { Caller } from '../graphql/caller.js';
import { feedCursor, readFeedCursor } from '../graphql/cursors.js';
import { ApiError, ErrorMapper } from '../graphql/errors.js';
import { isUuid } from '../graphql/uuid.js';
import { AuthorizedEvents } from './authorized-events.js';

@Injectable()
export class FeedService {
  constructor(
    private readonly database: Database,
    private readonly reader: FeedReader,
    private readonly authenticator: TokenAuthenticator,
    private readonly errors: ErrorMapper,
  ) {}

  /** @throws ApiError NOT_FOUND, BAD_USER_INPUT, CURSOR_EXPIRED */
  async ofMessage(caller: Caller, messageId: string, after: string | null): Promise<AuthorizedEvents> {
    const position = after === null ? 'start' : readFeedCursor(after);
    const message = isUuid(messageId) ? await caller.loaders.message.load(messageId) : null;
    if (message === null) throw new ApiError('NOT_FOUND', `there is no message ${messageId}`);
    return this.#follow(caller, { organizationId: caller.organizationId, messageId: message.id, after: position });
  }

  /** @throws ApiError BAD_USER_INPUT, CURSOR_EXPIRED */
  async ofOrganization(caller: Caller, after: string | null): Promise<AuthorizedEvents> {
    const position = after === null ? 'now' : readFeedCursor(after);
    return this.#follow(caller, { organizationId: caller.organizationId, after: position });
  }

  /** The cursor of the present end. */
  async end(caller: Caller): Promise<string> {
    const { position } = await this.database.withOrganization(caller.organizationId, readHead);
    return feedCursor(position);
  }

  async #follow(caller: Caller, request: FeedRequest): Promise<AuthorizedEvents> {
    return new AuthorizedEvents(await this.reader.subscribe(request), {
      check: async () =>
        (await this.authenticator.authenticate(caller.authorization)) === null
          ? new ApiError('UNAUTHENTICATED', 'the token was revoked or has expired')
          : null,
      everyMs: this.authenticator.cacheMs,
      mapError: this.errors.map,
    });
  }
}
