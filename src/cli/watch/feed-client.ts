import { createClient, type Client } from 'graphql-ws';
import { WebSocket } from 'ws';

export interface WatchedEvent {
  cursor: string;
  kind: string;
  at: string;
  messageId: string | null;
  payload: Record<string, unknown>;
}

/** It cannot be watched, and trying again would not help; the message says what to do. */
export class WatchError extends Error {
  override name = 'WatchError';
}

/** The feed was cut; the cause in words. */
export class FeedCut extends Error {
  override name = 'FeedCut';
}

/** The cursor is older than what the API keeps. */
export class CursorExpired extends Error {
  override name = 'CursorExpired';
}

const FORBIDDEN = 4403;
const SUBSCRIPTION = `subscription ($after: String) {
  event: organizationEvents(after: $after) { cursor kind at messageId payload } }`;

/** A client of the API's feed over graphql-ws: one connection, made when it is needed and not kept alive by itself. */
export class FeedClient {
  readonly #client: Client;

  constructor(graphqlUrl: string, token: string) {
    this.#client = createClient({
      url: graphqlUrl.replace(/^http/, 'ws'),
      webSocketImpl: WebSocket,
      retryAttempts: 0, // who calls decides, for it must say so and go on by its cursor
      keepAlive: 10_000,
      connectionParams: { authorization: `Bearer ${token}` },
    });
  }

  /**
   * The organization's events behind a cursor, from its present end where that is null.
   *
   * @throws FeedCut, CursorExpired or WatchError
   */
  async *events(after: string | null): AsyncGenerator<WatchedEvent, void> {
    try {
      for await (const { data, errors } of this.#client.iterate<{ event: WatchedEvent }>({
        query: SUBSCRIPTION,
        variables: { after },
      })) {
        if (errors) throw errors;
        if (data) yield data.event;
      }
    } catch (error) {
      throw explained(error);
    }
    throw new FeedCut('the API ended it');
  }

  /** The feed's present end. */
  async end(): Promise<string> {
    return (await this.#once<{ feedCursor: string }>('{ feedCursor }')).feedCursor;
  }

  async subjectOf(messageId: string): Promise<string | null> {
    const query = 'query ($id: ID!) { message(id: $id) { subject } }';
    return (
      (await this.#once<{ message: { subject: string | null } | null }>(query, { id: messageId })).message?.subject ??
      null
    );
  }

  async close(): Promise<void> {
    await this.#client.dispose();
  }

  async #once<Data>(query: string, variables: Record<string, unknown> = {}): Promise<Data> {
    try {
      for await (const { data, errors } of this.#client.iterate<Data>({ query, variables })) {
        if (errors) throw errors;
        if (data) return data;
      }
    } catch (error) {
      throw explained(error);
    }
    throw new FeedCut('the API gave no answer');
  }
}

/** What graphql-ws throws: a close event, a socket's error event, GraphQL errors. */
function explained(error: unknown): Error {
  if (error instanceof WatchError || error instanceof FeedCut) return error;
  if (Array.isArray(error)) {
    const [first] = error as { message: string; extensions?: { code?: string } }[];
    const code = first?.extensions?.code;
    if (code === 'CURSOR_EXPIRED') return new CursorExpired(first!.message);
    if (code === 'UNAUTHENTICATED') return new WatchError(`the API ended it: ${first!.message}`);
    if (code === 'SERVICE_UNAVAILABLE') return new FeedCut(first!.message);
    return new WatchError(`the API answers: ${first?.message ?? 'an error'}`);
  }
  const { code, reason, message } = (error ?? {}) as { code?: unknown; reason?: unknown; message?: unknown };
  if (code === FORBIDDEN) {
    return new WatchError(
      'the API does not know this token: set EVERPOST_TOKEN, or EVERPOST_HOME to the folder of its admin-token',
    );
  }
  return new FeedCut(
    [reason, message, code].find((text) => text !== undefined && text !== '')?.toString() ?? 'the connection was lost',
  );
}
